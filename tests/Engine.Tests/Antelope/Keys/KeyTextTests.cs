using System.Text.Json;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Keys;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.TestSupport;

namespace Tactus.Engine.Tests.Antelope.Keys;

public class KeyTextTests
{
    // The key pair that nodeos documents for development chains.
    private const string DevelopmentWif = "5KQwrPbwdL6PhXujxW37FSSQZ1JiwsST4cqQzDeyXtP79zkvFD3";
    private const string DevelopmentKey = "EOS6MRyAjQq8ud7hVNYcfnVPJqcVpscN5So8BhtHuGYqET5GDW5CV";

    [Fact]
    public void DevelopmentKeyPairReadsAndPrints()
    {
        PrivateKey secret = KeyText.ParsePrivateKey(DevelopmentWif);
        PublicKey key = KeyText.ParsePublicKey(DevelopmentKey);
        Assert.Equal(DevelopmentWif, KeyText.ToText(secret));
        Assert.Equal(DevelopmentKey, KeyText.ToText(key));
        Assert.Equal(
            Convert.ToHexString(BouncyCastleSecp256k1.PublicKeyOf(secret.Secret)), Convert.ToHexString(key.Compressed));
        Assert.Equal(key, KeyText.ParsePublicKey(KeyText.ToPrefixedText(key)));
        Assert.Equal(secret.Secret.ToArray(), KeyText.ParsePrivateKey(KeyText.ToPrefixedText(secret)).Secret.ToArray());
        Assert.DoesNotContain(Convert.ToHexStringLower(secret.Secret), secret.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void EveryChangedCharacterIsRefused()
    {
        for (int at = 3; at < DevelopmentKey.Length; at++)
        {
            foreach (char other in "1zA0l")
            {
                if (DevelopmentKey[at] == other)
                {
                    continue;
                }

                string text = DevelopmentKey[..at] + other + DevelopmentKey[(at + 1)..];
                Assert.False(KeyText.TryParsePublicKey(text, out _, out string? error), text);
                Assert.NotNull(error);
            }
        }
    }

    [Theory]
    [InlineData("", "must begin")]
    [InlineData("EOS", "too short")]
    [InlineData("PUB_K2_abc", "must begin")]
    [InlineData("PUB_K1_", "must begin")]
    [InlineData("PUB_K1_0", "position 0")]
    [InlineData("SIG_K1_K4khNaSWpFK6eQ5bDb3NaLJrCqjtUUknmSNY79zm2F2HXRXDhgeEGvDHa2pTd5anPqHqbD8DvKv5MPwiSMwQn2dJHFAiaA", "must begin")]
    [InlineData("PUB_R1_6RrvujLQN1x5Tacbep1KAk8zzKpSThAQXBCKYFfGUYeACcSRFs", "checksum")]
    public void BadTextNamesTheReason(string text, string reason)
    {
        Assert.False(KeyText.TryParsePublicKey(text, out _, out string? error));
        Assert.Contains(reason, error, StringComparison.Ordinal);
    }

    [Fact]
    public void PrivateKeyErrorsDoNotRepeatTheKey()
    {
        string mistyped = DevelopmentWif[..^1] + "4";
        Assert.False(KeyText.TryParsePrivateKey(mistyped, out _, out string? error));
        Assert.DoesNotContain(mistyped[..10], error, StringComparison.Ordinal);
    }

    [Fact]
    public void Base58RoundTripsWithLeadingZeros()
    {
        var random = new Random(58);
        for (int length = 0; length < 80; length++)
        {
            byte[] bytes = new byte[length];
            random.NextBytes(bytes);
            bytes.AsSpan(0, Math.Min(length, length % 4)).Clear();
            Assert.True(Base58.TryDecode(Base58.Encode(bytes), out byte[]? back, out _));
            Assert.Equal(bytes, back);
        }

        Assert.Equal("1112", Base58.Encode([0, 0, 0, 1]));
    }

    [DataFact]
    public void PublishedKeyPairsReadAndPrint()
    {
        using JsonDocument document = Vectors();
        int pairs = 0;
        foreach (JsonElement pair in document.RootElement.GetProperty("keypairs").EnumerateArray())
        {
            string secretText = pair.GetProperty("private_key").GetString()!;
            string publicText = pair.GetProperty("public_key").GetString()!;
            string signatureText = pair.GetProperty("signature").GetString()!;
            PrivateKey secret = KeyText.ParsePrivateKey(secretText);
            PublicKey key = KeyText.ParsePublicKey(publicText);
            KeySignature signature = KeyText.ParseSignature(signatureText);
            Assert.Equal(secretText, KeyText.ToText(secret));
            Assert.Equal(publicText, KeyText.ToPrefixedText(key));
            Assert.Equal(signatureText, KeyText.ToText(signature));
            Assert.Equal(pair.GetProperty("type").GetString(), key.Type.ToString());
            if (pair.GetProperty("legacy_public_key").GetString() is { } legacy)
            {
                Assert.Equal(legacy, KeyText.ToText(key));
                Assert.Equal(key, KeyText.ParsePublicKey(legacy));
            }

            pairs++;
        }

        Assert.Equal(3, pairs);
    }

    [DataFact]
    public void WebAuthnKeyAndSignatureReadAndPrint()
    {
        using JsonDocument document = Vectors();
        JsonElement vector = document.RootElement.GetProperty("recover")[1];
        string keyText = vector.GetProperty("recovers_to").GetString()!;
        string signatureText = vector.GetProperty("signature").GetString()!;
        PublicKey key = KeyText.ParsePublicKey(keyText);
        KeySignature signature = KeyText.ParseSignature(signatureText);
        Assert.Equal(KeyType.WebAuthn, key.Type);
        Assert.Equal(KeyType.WebAuthn, signature.Type);
        Assert.Equal(keyText, KeyText.ToText(key));
        Assert.Equal(signatureText, KeyText.ToText(signature));
    }

    internal static JsonDocument Vectors() =>
        JsonDocument.Parse(File.ReadAllBytes(TestData.PathOf("antelope", "vectors", "signatures.json")));
}
