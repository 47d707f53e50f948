using Tactus.Engine.Pipeline;
using Tactus.Engine.Signatures;
using Tactus.Kernels;
using Tactus.Kernels.Secp256k1;

namespace Tactus.Engine.Tests.Signatures;

/// <summary>Every path of the checker against scalar recovery, signature by signature.</summary>
public sealed class SignatureCheckerTests
{
    private const int Count = 300;

    private static readonly Secp256k1Scalar Scalar = new();

    [Theory]
    [InlineData(Count, 1)]
    [InlineData(20, 2)]
    [InlineData(1, 3)]
    public void Every_path_gives_the_verdict_of_scalar_recovery(int keys, int seed)
    {
        KernelSet kernels = KernelRegistry.Default.Choose();
        var admitted = new AdmittedSignatures(1024);
        var checker = new SignatureChecker(kernels, null, admitted, new KnownKeys(64));
        var random = new Random(seed);

        // The second and later rounds meet known keys, tables, and signatures that the round before has admitted.
        for (int round = 0; round < 6; round++)
        {
            BlockWork block = Make(keys, random);
            (SignatureVerdict[] verdicts, byte[] tags) = Recover(block.Signatures);
            if (round > 2)
            {
                Admit(block.Signatures, verdicts, tags, admitted, random);
            }

            checker.TakeAdmitted(block, 0, Count);
            checker.Check(block, 0, 97);
            checker.Check(block, 97, Count - 97);
            for (int i = 0; i < Count; i++)
            {
                Assert.True(
                    verdicts[i] == block.Signatures.Verdicts[i],
                    $"seed {seed} round {round} item {i}: {block.Signatures.Verdicts[i]}, not {verdicts[i]}");
                if (verdicts[i] == SignatureVerdict.Valid)
                {
                    Assert.True(
                        tags.AsSpan(i * 34, 34).SequenceEqual(block.Signatures.KeyTagOf(i)),
                        $"seed {seed} round {round} item {i}: wrong key");
                }
            }
        }
    }

    [Fact]
    public void An_admitted_signature_is_only_the_very_same_one()
    {
        var admitted = new AdmittedSignatures(64);
        byte[] digest = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];
        byte[] signature = [.. Enumerable.Range(40, 64).Select(i => (byte)i)];
        byte[] key = [2, .. Enumerable.Range(100, 32).Select(i => (byte)i)];
        byte[] found = new byte[33];
        Assert.False(admitted.TryGet(digest, signature, 1, found));
        admitted.Add(digest, signature, 1, key);
        Assert.True(admitted.TryGet(digest, signature, 1, found));
        Assert.Equal(key, found);
        Assert.False(admitted.TryGet(digest, signature, 0, found));
        for (int i = 0; i < 96; i++)
        {
            byte[] other = [.. digest, .. signature];
            other[i] ^= 1;
            Assert.False(admitted.TryGet(other.AsSpan(0, 32), other.AsSpan(32, 64), 1, found), $"byte {i}");
        }
    }

    [Fact]
    public void Caches_stay_within_their_bounds_and_forget()
    {
        var admitted = new AdmittedSignatures(64);
        byte[] digest = new byte[32];
        byte[] signature = new byte[64];
        byte[] key = [3, .. new byte[32]];
        int held = 0;
        for (int i = 0; i < 1000; i++)
        {
            BitConverter.TryWriteBytes(digest.AsSpan(8), i * 2654435761u);
            admitted.Add(digest, signature, 0, key);
            Assert.True(admitted.TryGet(digest, signature, 0, new byte[33]));
        }

        for (int i = 0; i < 1000; i++)
        {
            BitConverter.TryWriteBytes(digest.AsSpan(8), i * 2654435761u);
            held += admitted.TryGet(digest, signature, 0, new byte[33]) ? 1 : 0;
        }

        Assert.InRange(held, 1, 64);
    }

    // Good signatures; every seventh is damaged in one of many ways. Expected keys are right, wrong, absent or no
    // points.
    internal static BlockWork Make(int keys, Random random)
    {
        byte[] secrets = new byte[32 * Count];
        byte[] digests = new byte[32 * Count];
        byte[] signatures = new byte[64 * Count];
        byte[] recoveryIds = new byte[Count];
        random.NextBytes(digests);
        for (int i = 0; i < Count; i++)
        {
            new Random(1000 + (i % keys)).NextBytes(secrets.AsSpan(32 * i, 32));
        }

        Secp256k1Signer.SignBatch(digests, secrets, signatures, recoveryIds);
        var block = new BlockWork();
        block.Load(default);
        Span<byte> point = stackalloc byte[64];
        for (int i = 0; i < Count; i++)
        {
            if (i % 7 == 3)
            {
                switch (random.Next(6))
                {
                    case 0: signatures.AsSpan(64 * i, 32).Clear(); break;
                    case 1: signatures.AsSpan((64 * i) + 32, 32).Fill(0xff); break;
                    case 2: signatures[(64 * i) + random.Next(64)] ^= 4; break;
                    case 3: digests[32 * i] ^= 1; break;
                    case 4: recoveryIds[i] ^= 1; break;
                    default: recoveryIds[i] = (byte)random.Next(2, 5); break;
                }
            }

            int at = block.Signatures.Add(i, 0, signatures.AsSpan(64 * i, 64), recoveryIds[i]);
            digests.AsSpan(32 * i, 32).CopyTo(block.Signatures.DigestOf(at));
            int expected = random.Next(12);
            if (expected == 0)
            {
                continue;
            }

            int owner = expected == 1 ? random.Next(Count) : i;
            Assert.True(Secp256k1Signer.TryGetPublicKey(secrets.AsSpan(32 * owner, 32), point));
            Span<byte> key = block.Signatures.ExpectedKeyOf(at);
            key[0] = (byte)(2 | (point[63] & 1));
            point[..32].CopyTo(key[1..]);
            key[0] ^= (byte)(expected == 2 ? 1 : 0);
            key[5] ^= (byte)(expected == 3 ? 1 : 0);
            block.Signatures.HasExpectedKey[at] = true;
        }

        return block;
    }

    internal static (SignatureVerdict[] Verdicts, byte[] Tags) Recover(SignatureLanes lanes)
    {
        var verdicts = new SignatureVerdict[Count];
        byte[] keys = new byte[64 * Count];
        byte[] tags = new byte[34 * Count];
        Scalar.Recover(
            lanes.Digests.AsSpan(0, 32 * Count),
            lanes.Signatures.AsSpan(0, 64 * Count),
            lanes.RecoveryIds.AsSpan(0, Count),
            keys,
            verdicts);
        for (int i = 0; i < Count; i++)
        {
            tags[(34 * i) + 1] = (byte)(2 | (keys[(64 * i) + 63] & 1));
            keys.AsSpan(64 * i, 32).CopyTo(tags.AsSpan((34 * i) + 2));
        }

        return (verdicts, tags);
    }

    private static void Admit(
        SignatureLanes lanes, SignatureVerdict[] verdicts, byte[] tags, AdmittedSignatures admitted, Random random)
    {
        for (int i = 0; i < Count; i++)
        {
            if (verdicts[i] == SignatureVerdict.Valid && random.Next(2) == 0)
            {
                admitted.Add(
                    lanes.DigestOf(i), lanes.Signatures.AsSpan(64 * i, 64), lanes.RecoveryIds[i],
                    tags.AsSpan((34 * i) + 1, 33));
            }
        }
    }
}
