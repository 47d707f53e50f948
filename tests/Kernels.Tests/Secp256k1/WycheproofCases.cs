using System.Security.Cryptography;
using System.Text.Json;
using Tactus.TestSupport;

namespace Tactus.Kernels.Tests.Secp256k1;

/// <summary>One ECDSA case of Project Wycheproof, its signature parsed to r|s where its encoding is right.</summary>
/// <param name="Id">tcId, for messages.</param>
/// <param name="Key">x|y, 64 bytes.</param>
/// <param name="Digest">SHA-256 of the message.</param>
/// <param name="Signature">r|s, 64 bytes; null where the encoding itself is at fault.</param>
/// <param name="IsValid">What Wycheproof says.</param>
internal sealed record WycheproofCase(int Id, byte[] Key, byte[] Digest, byte[]? Signature, bool IsValid)
{
    /// <summary>Cases of a file in the data folder, such as "ecdsa_secp256k1_sha256_test.json".</summary>
    public static List<WycheproofCase> Read(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(TestData.PathOf("wycheproof", file)));
        bool isDer = !file.Contains("p1363", StringComparison.Ordinal);
        var cases = new List<WycheproofCase>();
        foreach (JsonElement group in document.RootElement.GetProperty("testGroups").EnumerateArray())
        {
            byte[] key = Convert.FromHexString(group.GetProperty("publicKey").GetProperty("uncompressed").GetString()!)[1..];
            foreach (JsonElement test in group.GetProperty("tests").EnumerateArray())
            {
                byte[] encoded = Convert.FromHexString(test.GetProperty("sig").GetString()!);
                cases.Add(new WycheproofCase(
                    test.GetProperty("tcId").GetInt32(),
                    key,
                    SHA256.HashData(Convert.FromHexString(test.GetProperty("msg").GetString()!)),
                    isDer ? StrictDer.Parse(encoded) : encoded.Length == 64 ? encoded : null,
                    string.Equals(test.GetProperty("result").GetString(), "valid", StringComparison.Ordinal)));
            }
        }

        Assert.Equal(document.RootElement.GetProperty("numberOfTests").GetInt32(), cases.Count);
        return cases;
    }
}
