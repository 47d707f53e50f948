using Tactus.Kernels.Secp256k1;
using Tactus.Kernels.Secp256r1;
using Tactus.Kernels.Tests.Secp256k1;
using Tactus.TestSupport;

namespace Tactus.Kernels.Tests.Secp256r1;

/// <summary>P-256 against Wycheproof and the platform's own ECDSA.</summary>
public sealed class EcdsaR1Tests
{
    [DataTheory]
    [InlineData("ecdsa_secp256r1_sha256_p1363_test.json")]
    [InlineData("ecdsa_secp256r1_sha256_test.json")]
    public void Wycheproof(string file)
    {
        byte[] recovered = new byte[64];
        int valid = 0;
        foreach (WycheproofCase c in WycheproofCase.Read(file))
        {
            if (c.Signature is null)
            {
                Assert.False(c.IsValid, $"tcId {c.Id}: valid, but its encoding was refused");
                continue;
            }

            SignatureVerdict verdict = EcdsaR1.Verify(c.Digest, c.Signature, c.Key);
            Assert.True(
                (verdict == SignatureVerdict.Valid) == c.IsValid,
                $"tcId {c.Id}: {verdict}, expected valid = {c.IsValid}");
            if (c.IsValid && valid++ % 4 == 0)
            {
                int hits = 0;
                for (byte id = 0; id < 4; id++)
                {
                    SignatureVerdict found = EcdsaR1.Recover(c.Digest, c.Signature, id, recovered);
                    hits += found == SignatureVerdict.Valid && recovered.AsSpan().SequenceEqual(c.Key) ? 1 : 0;
                }

                Assert.True(hits > 0, $"tcId {c.Id}: no recovery id gives the key");
            }
        }

        Assert.True(valid > 50);
    }

    [Fact]
    public void Platform_signatures_verify_and_recover()
    {
        byte[] digest = new byte[32];
        byte[] recovered = new byte[64];
        byte[] decompressed = new byte[64];
        for (int i = 0; i < 8; i++)
        {
            using var platform = System.Security.Cryptography.ECDsa.Create(
                System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
            System.Security.Cryptography.ECPoint q = platform.ExportParameters(false).Q;
            byte[] key = [.. q.X!, .. q.Y!];
            digest[i] = (byte)(i + 1);
            byte[] signature = platform.SignHash(digest);
            Assert.Equal(SignatureVerdict.Valid, EcdsaR1.Verify(digest, signature, key));
            Assert.Contains(
                Enumerable.Range(0, 4),
                id => EcdsaR1.Recover(digest, signature, (byte)id, recovered) == SignatureVerdict.Valid
                    && recovered.AsSpan().SequenceEqual(key));
            Assert.True(EcdsaR1.TryDecompress([(byte)(2 + (key[63] & 1)), .. key[..32]], decompressed));
            Assert.Equal(key, decompressed);
            digest[0] ^= 0x80;
            Assert.Equal(SignatureVerdict.Mismatch, EcdsaR1.Verify(digest, signature, key));
            key[63] ^= 1;
            Assert.Equal(SignatureVerdict.BadKey, EcdsaR1.Verify(digest, signature, key));
        }
    }

    [Fact]
    public void Recovery_refuses_what_names_no_point()
    {
        byte[] key = new byte[64];
        byte[] signature = new byte[64];
        Assert.Equal(SignatureVerdict.OutOfRange, EcdsaR1.Recover(new byte[32], signature, 0, key)); // r = 0
        signature.AsSpan(0, 32).Fill(0xFF);
        Assert.Equal(SignatureVerdict.OutOfRange, EcdsaR1.Recover(new byte[32], signature, 0, key)); // r above p
        signature.AsSpan(0, 32).Clear();
        signature[31] = 5;
        signature[63] = 1;
        Assert.Equal(SignatureVerdict.OutOfRange, EcdsaR1.Recover(new byte[32], signature, 4, key));
        SignatureVerdict even = EcdsaR1.Recover(new byte[32], signature, 0, key);
        Assert.Equal(even, EcdsaR1.Recover(new byte[32], signature, 1, key));
        Assert.True(EcdsaR1.IsLowS(signature));
        signature.AsSpan(32, 32).Fill(0x80);
        Assert.False(EcdsaR1.IsLowS(signature));
    }
}
