using System.Security.Cryptography;
using System.Text;

namespace Tactus.Engine.Tests.Gasper.Vectors;

/// <summary>
/// Small yaml texts that lie in git as LFS pointers name their SHA-256. What a meta.yaml or slots.yaml can say is a
/// short list, so the text is found by its hash: the published text, byte for byte.</summary>
internal static class LfsPointer
{
    // The longest chain of the sets has 160 blocks; the most slots are two epochs of mainnet.
    private const int NumberMax = 256;

    private static readonly Lazy<Dictionary<string, string>> Texts = new(Candidates);

    public static string Resolve(string text)
    {
        if (!text.StartsWith("version https://git-lfs.", StringComparison.Ordinal))
        {
            return text;
        }

        int at = text.IndexOf("sha256:", StringComparison.Ordinal) + "sha256:".Length;
        return Texts.Value.TryGetValue(text.Substring(at, 64), out string? found)
            ? found
            : throw new FormatException($"the text behind the LFS pointer {text.Substring(at, 64)} is not known");
    }

    private static Dictionary<string, string> Candidates()
    {
        var texts = new List<string> { "{bls_setting: 1}\n", "{bls_setting: 2}\n" };
        for (int n = 0; n <= NumberMax; n++)
        {
            texts.Add($"{n}\n...\n");
            texts.Add($"{{blocks_count: {n}}}\n");
            texts.Add($"{{blocks_count: {n}, bls_setting: 1}}\n");
            texts.Add($"{{blocks_count: {n}, reveal_deadlines_setting: 1}}\n");
        }

        return texts.ToDictionary(
            t => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(t))), StringComparer.Ordinal);
    }
}
