using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Keys;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Kernels;
using Tactus.TestSupport;

namespace Tactus.Engine.Tests.Antelope.Keys;

/// <summary>Recovery of K1, R1 and WebAuthn keys from published signatures.</summary>
public sealed class KeyRecoveryTests
{
    private static readonly KernelSet Kernels = KernelRegistry.Default.Choose("secp256k1:scalar");

    [DataFact]
    public void Published_signatures_name_their_keys()
    {
        using JsonDocument document = JsonDocument.Parse(
            File.ReadAllBytes(TestData.PathOf("antelope", "vectors", "signatures.json")));
        var types = new List<KeyType>();
        foreach (JsonElement vector in document.RootElement.GetProperty("recover").EnumerateArray())
        {
            types.Add(AssertRecovers(vector, "recovers_to"));
        }

        foreach (JsonElement vector in document.RootElement.GetProperty("keypairs").EnumerateArray())
        {
            types.Add(AssertRecovers(vector, "public_key"));
        }

        Assert.Equal([KeyType.K1, KeyType.R1, KeyType.WebAuthn], types.Distinct().Order());
    }

    [Theory]
    [InlineData("unchanged", null)]
    [InlineData("type", "type in the client JSON is not webauthn.get")]
    [InlineData("challenge", "challenge in the client JSON is not the digest")]
    [InlineData("origin", "origin in the client JSON does not begin with https://")]
    [InlineData("party", "another relying party")]
    [InlineData("short", "authenticator data has 36 bytes")]
    [InlineData("json", "client JSON is not an object")]
    [InlineData("array", "client JSON is not an object")]
    [InlineData("number", "client JSON is not an object")]
    [InlineData("trailing", "client JSON is not an object")]
    [InlineData("header", "header byte 30")]
    [InlineData("truncated", "")]
    public void WebAuthn_refuses_what_breaks_a_rule(string change, string? reason)
    {
        Hash256 digest = new(SHA256.HashData("digest"u8));
        string challenge = Convert.ToBase64String(digest.Bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        string origin = change == "origin" ? "http://example.com" : "https://example.com:8080";
        string json = $$$"""{"type":"webauthn.{{{(change == "type" ? "create" : "get")}}}","extra":{"type":[1,{"origin":"x"}]},"""
            + $"\"challenge\":\"{(change == "challenge" ? "A" + challenge[1..] + "AAAA" : challenge)}\",\"origin\":\"{origin}\"}}";
        json = change switch
        {
            "json" => json[..^1],
            "array" => $"[{json}]",
            "number" => json.Replace("\"webauthn.get\"", "7", StringComparison.Ordinal),
            "trailing" => json + "x",
            _ => json + " \n",
        };
        byte[] authenticator =
        [
            .. SHA256.HashData(Encoding.UTF8.GetBytes(change == "party" ? "example.org" : "example.com")),
            0x05, 0, 0, 0, 1,
        ];
        authenticator = change == "short" ? authenticator[..36] : authenticator;
        byte[] text = Encoding.UTF8.GetBytes(json);

        using var signer = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        ECPoint q = signer.ExportParameters(false).Q;
        byte[] rs = signer.SignHash(SHA256.HashData([.. authenticator, .. SHA256.HashData(text)]));
        byte[] expected = [(byte)(2 + (q.Y![31] & 1)), .. q.X!, 2, 11, .. "example.com"u8];

        int hits = 0;
        for (byte id = 0; id < 4; id++)
        {
            byte[] data = [(byte)(change == "header" ? 30 : 31 + id), .. rs, .. Bytes(authenticator), .. Bytes(text)];
            data = change == "truncated" ? data[..^1] : data;
            PublicKey? key = WebAuthn.TryRecover(
                in digest, new KeySignature(KeyType.WebAuthn, data), out Verdict verdict);
            if (reason is not null)
            {
                Assert.Null(key);
                Assert.Contains(reason, verdict.ToString(), StringComparison.Ordinal);
            }

            hits += key is not null && key.Data.SequenceEqual(expected) ? 1 : 0;
        }

        Assert.Equal(reason is null ? 1 : 0, hits);
    }

    private static KeyType AssertRecovers(JsonElement vector, string expected)
    {
        KeySignature signature = KeyText.ParseSignature(vector.GetProperty("signature").GetString()!);
        PublicKey wanted = KeyText.ParsePublicKey(vector.GetProperty(expected).GetString()!);
        Hash256 digest = Hash256.FromHex(vector.GetProperty("digest").GetString()!);
        PublicKey? key = KeyRecovery.TryRecover(Kernels, in digest, signature, out Verdict verdict);
        Assert.True(wanted.Equals(key), $"{vector.GetProperty("signature").GetString()}: {verdict}");
        return signature.Type;
    }

    private static byte[] Bytes(byte[] bytes)
    {
        var writer = new ByteWriter();
        writer.WriteVarUInt32((uint)bytes.Length);
        writer.WriteSpan(bytes);
        return writer.ToArray();
    }
}
