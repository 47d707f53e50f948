namespace Tactus.Kernels.Tests.Sha256;

/// <summary>Reads NIST CAVP response files: lines "Len = bits", "Msg = hex", "MD = hex".</summary>
internal static class CavpVectors
{
    public static IEnumerable<(byte[] Message, string Digest)> Read(string path)
    {
        int bytes = 0;
        byte[] message = [];
        foreach (string line in File.ReadLines(path))
        {
            if (Value(line, "Len") is { } bits)
            {
                bytes = int.Parse(bits, System.Globalization.CultureInfo.InvariantCulture) / 8;
            }
            else if (Value(line, "Msg") is { } hex)
            {
                // The empty message is written as one zero byte.
                message = bytes == 0 ? [] : Convert.FromHexString(hex);
                Assert.Equal(bytes, message.Length);
            }
            else if (Value(line, "MD") is { } digest)
            {
                yield return (message, digest.ToLowerInvariant());
            }
        }
    }

    public static (byte[] Seed, string[] Checkpoints) ReadMonteCarlo(string path)
    {
        string[] lines = File.ReadAllLines(path);
        string seed = lines.Select(line => Value(line, "Seed")).First(value => value is not null)!;
        return (Convert.FromHexString(seed), [.. lines.Select(line => Value(line, "MD")).OfType<string>()]);
    }

    private static string? Value(string line, string key)
    {
        string[] parts = line.Split('=', StringSplitOptions.TrimEntries);
        return parts.Length == 2 && string.Equals(parts[0], key, StringComparison.Ordinal) ? parts[1] : null;
    }
}
