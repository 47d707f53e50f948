using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Asn1.Sec;
using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Tactus.Kernels.Secp256k1;
using Tactus.TestSupport;
using BigInteger = Org.BouncyCastle.Math.BigInteger;

namespace Tactus.Kernels.Tests.Secp256k1;

/// <summary>The signer against published RFC 6979 signatures, BouncyCastle, and its own verifier.</summary>
public sealed class SignerTests
{
    private static readonly Secp256k1Scalar Scalar = new();
    private static readonly X9ECParameters Curve = SecNamedCurves.GetByName("secp256k1");
    private static readonly ECDomainParameters Domain = new(Curve.Curve, Curve.G, Curve.N, Curve.H);

    // Widely published RFC 6979 vectors for secp256k1 with SHA-256 and low s (bitcointalk topic 285142; also in the
    // test suites of several libraries).
    [Theory]
    [InlineData(
        "0000000000000000000000000000000000000000000000000000000000000001",
        "Satoshi Nakamoto",
        "934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d8"
        + "2442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5")]
    [InlineData(
        "0000000000000000000000000000000000000000000000000000000000000001",
        "All those moments will be lost in time, like tears in rain. Time to die...",
        "8600dbd41e348fe5c9465ab92d23e3db8b98b873beecd930736488696438cb6b"
        + "547fe64427496db33bf66019dacbf0039c04199abb0122918601db38a72cfc21")]
    [InlineData(
        "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140",
        "Satoshi Nakamoto",
        "fd567d121db66e382991534ada77a6bd3106f0a1098c231e47993447cd6af2d0"
        + "6b39cd0eb1bc8603e159ef5c20a5c8ad685a45b06ce9bebed3f153d10d93bed5")]
    [InlineData(
        "f8b8af8ce3c7cca5e300d33939540c10d45ce001b8f252bfbc57ba0342904181",
        "Alan Turing",
        "7063ae83e7f62bbb171798131b4a0564b956930092b33b07b395615d9ec7e15c"
        + "58dfcc1e00a35e1572f366ffe34ba0fc47db1e7189759b9fb233c5b05ab388ea")]
    public void Published_signatures_of_RFC_6979(string secret, string message, string expected)
    {
        byte[] signature = new byte[64];
        Secp256k1Signer.Sign(
            SHA256.HashData(Encoding.UTF8.GetBytes(message)), Convert.FromHexString(secret), SignatureForm.LowS, signature);
        Assert.Equal(expected, Convert.ToHexStringLower(signature));
    }

    [Fact]
    public void Signatures_equal_those_of_BouncyCastle()
    {
        var generator = new Secp256k1CaseGenerator(0x5EED_0010);
        byte[] signature = new byte[64];
        for (int i = 0; i < 60; i++)
        {
            (byte[] secret, byte[] digest) = Next(generator);
            byte id = Secp256k1Signer.Sign(digest, secret, SignatureForm.LowS, signature);
            var signer = new ECDsaSigner(new HMacDsaKCalculator(new Sha256Digest()));
            signer.Init(true, new ECPrivateKeyParameters(new BigInteger(1, secret), Domain));
            BigInteger[] rs = signer.GenerateSignature(digest);
            BigInteger low = rs[1].Min(Curve.N.Subtract(rs[1]));
            Assert.Equal(
                Convert.ToHexString(Bytes(rs[0])) + Convert.ToHexString(Bytes(low)),
                Convert.ToHexString(signature));
            AssertRecovers(digest, signature, id, secret);
        }
    }

    /// <summary>
    /// The block logs of leap's own tests are signed with a key made from a word, so every signature in them can be made again:
    /// the same nonce sequence gives the same bytes.
    /// </summary>
    [DataTheory]
    [InlineData("leap-v2-small")]
    [InlineData("leap-v2-prodsched")]
    public void Signatures_equal_those_of_nodeos_in_real_block_logs(string name)
    {
        byte[] secret = SHA256.HashData("eosioactive"u8);
        byte[] log = File.ReadAllBytes(TestData.PathOf("antelope", "blockslog", name, "blocks.log"));
        byte[] signature = new byte[64];
        int found = 0;
        foreach (string row in File.ReadLines(TestData.PathOf("antelope", "expected", name + ".blocks.csv")))
        {
            string[] cells = row.Split(',');
            if (cells[^1] is "EOS5P52UyPoYL7vMiSREPvqxh6WebuMAunCMK4w53J7Gu6zmk4qyN")
            {
                byte id = Secp256k1Signer.Sign(
                    Convert.FromHexString(cells[^2]), secret, SignatureForm.Canonical, signature);
                Assert.True(log.AsSpan().IndexOf([(byte)(31 + id), .. signature]) > 0, $"block {cells[0]}");
                found++;
            }
        }

        Assert.True(found > 0);
    }

    [Fact]
    public void Public_keys_equal_those_of_BouncyCastle()
    {
        var generator = new Secp256k1CaseGenerator(0x5EED_0011);
        byte[] key = new byte[64];
        byte[] secret = new byte[32];
        for (int i = 0; i < 120; i++)
        {
            generator.Number(secret);
            var d = new BigInteger(1, secret);
            bool valid = d.SignValue > 0 && d.CompareTo(Curve.N) < 0;
            Assert.Equal(valid, Secp256k1Signer.TryGetPublicKey(secret, key));
            byte[] expected = valid ? Curve.G.Multiply(d).Normalize().GetEncoded(false)[1..] : new byte[64];
            Assert.True(expected.AsSpan().SequenceEqual(key), $"secret {Convert.ToHexString(secret)}");
        }
    }

    [Fact]
    public void Canonical_signatures_are_canonical_low_and_recover_the_key()
    {
        var generator = new Secp256k1CaseGenerator(0x5EED_0012);
        byte[] signature = new byte[64];
        for (int i = 0; i < 100; i++)
        {
            (byte[] secret, byte[] digest) = Next(generator);
            byte id = Secp256k1Signer.Sign(digest, secret, SignatureForm.Canonical, signature);
            Assert.True(CanonicalForm.IsCanonical(signature));
            Assert.True(CanonicalForm.IsLowS(signature));
            AssertRecovers(digest, signature, id, secret);
        }
    }

    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141")]
    [InlineData("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    public void Secrets_out_of_range_are_refused(string secret)
    {
        byte[] bytes = Convert.FromHexString(secret);
        Assert.Throws<ArgumentException>(() => Secp256k1Signer.Sign(new byte[32], bytes, SignatureForm.LowS, new byte[64]));
        Assert.Throws<ArgumentException>(
            () => Secp256k1Signer.SignBatch(new byte[32], bytes, new byte[64], new byte[1]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(700)]
    public void Batches_are_canonical_low_and_recover_the_keys(int count)
    {
        var generator = new Secp256k1CaseGenerator(0x5EED_0013);
        byte[] digests = new byte[32 * count];
        byte[] secrets = new byte[32 * count];
        byte[] signatures = new byte[64 * count];
        byte[] ids = new byte[count];
        for (int i = 0; i < count; i++)
        {
            (byte[] secret, byte[] digest) = Next(generator);
            secret.CopyTo(secrets, 32 * i);
            digest.CopyTo(digests, 32 * i);
        }

        Secp256k1Signer.SignBatch(digests, secrets, signatures, ids);
        byte[] keys = new byte[64 * count];
        var verdicts = new SignatureVerdict[count];
        Scalar.Recover(digests, signatures, ids, keys, verdicts);
        byte[] key = new byte[64];
        for (int i = 0; i < count; i++)
        {
            Assert.Equal(SignatureVerdict.Valid, verdicts[i]);
            Assert.True(CanonicalForm.IsCanonical(signatures.AsSpan(64 * i, 64)), $"item {i}");
            Assert.True(CanonicalForm.IsLowS(signatures.AsSpan(64 * i, 64)), $"item {i}");
            Secp256k1Signer.TryGetPublicKey(secrets.AsSpan(32 * i, 32), key);
            Assert.True(key.AsSpan().SequenceEqual(keys.AsSpan(64 * i, 64)), $"item {i}");
        }

        // the same again gives the same bytes, and batch boundaries do not matter
        byte[] again = new byte[64 * count];
        for (int i = 0; i < Math.Min(count, 40); i++)
        {
            Secp256k1Signer.SignBatch(
                digests.AsSpan(32 * i, 32), secrets.AsSpan(32 * i, 32), again.AsSpan(64 * i, 64), ids.AsSpan(i, 1));
            Assert.True(again.AsSpan(64 * i, 64).SequenceEqual(signatures.AsSpan(64 * i, 64)), $"item {i}");
        }
    }

    [Theory]
    [InlineData("7f", "80", true)]
    [InlineData("80", "00", false)]
    [InlineData("00", "7f", false)]
    [InlineData("00", "80", true)]
    [InlineData("01", "00", true)]
    public void Canonical_byte_test(string first, string second, bool expected)
    {
        byte[] good = [.. Enumerable.Repeat((byte)0x11, 64)];
        Assert.True(CanonicalForm.IsCanonical(good));
        foreach (int at in new[] { 0, 32 })
        {
            byte[] signature = [.. good];
            signature[at] = Convert.FromHexString(first)[0];
            signature[at + 1] = Convert.FromHexString(second)[0];
            Assert.Equal(expected, CanonicalForm.IsCanonical(signature));
        }
    }

    private static (byte[] Secret, byte[] Digest) Next(Secp256k1CaseGenerator generator)
    {
        byte[] secret = new byte[32];
        byte[] digest = new byte[32];
        do
        {
            generator.Number(secret);
        }
        while (!ScalarN.TryRead(secret, out ScalarN d) || d.IsZero);
        generator.Number(digest);
        return (secret, digest);
    }

    private static void AssertRecovers(byte[] digest, byte[] signature, byte id, byte[] secret)
    {
        byte[] expected = new byte[64];
        byte[] key = new byte[64];
        var verdict = new SignatureVerdict[1];
        Assert.True(Secp256k1Signer.TryGetPublicKey(secret, expected));
        Scalar.Recover(digest, signature, [id], key, verdict);
        Assert.Equal(SignatureVerdict.Valid, verdict[0]);
        Assert.Equal(expected, key);
    }

    private static byte[] Bytes(BigInteger value)
    {
        byte[] bytes = value.ToByteArrayUnsigned();
        return [.. new byte[32 - bytes.Length], .. bytes];
    }
}
