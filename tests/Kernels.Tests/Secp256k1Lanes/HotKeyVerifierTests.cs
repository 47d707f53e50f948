using Tactus.Kernels.Secp256k1;
using Tactus.Kernels.Secp256k1.Lanes;
using Tactus.Kernels.Tests.Secp256k1;
using static Tactus.Kernels.Tests.Secp256k1Lanes.LaneRows;

namespace Tactus.Kernels.Tests.Secp256k1Lanes;

/// <summary>Goal: with a table for the key, verdicts are the scalar kernel's; memory stays bounded and the idle table
/// gives way.</summary>
public sealed class HotKeyVerifierTests
{
    private static readonly long OneTable = CombTable.BytesOf(HotKeyTables.Width);

    [KernelTheory]
    [MemberData(nameof(All), MemberType = typeof(LaneRows))]
    public void Verdicts_are_the_scalar_kernels(string kernel)
    {
        var hot = new HotKeyVerifier(sightingsMin: 1, entry: EntryOf(kernel));
        var scalar = new Secp256k1Scalar();
        Signed set = new(600, distinctKeys: 5);
        var random = new Random(1);
        for (int i = 0; i < 200; i++)
        {
            set.Spoil(i, random.Next(3));
        }

        // r or s out of range; r + n; edge digests
        set.Signatures.AsSpan(64 * 201, 32).Clear();
        set.Signatures.AsSpan(64 * 202, 64).Fill(0xFF);
        set.Digests.AsSpan(32 * 203, 32).Clear();
        set.Digests.AsSpan(32 * 204, 32).Fill(0xFF);
        set.RecoveryIds[205] = 3;
        set.RecoveryIds[206] = 200;
        var expected = new SignatureVerdict[600];
        var actual = new SignatureVerdict[600];
        scalar.Verify(set.Digests, set.Signatures, set.Keys, expected);
        Assert.Equal(600, hot.VerifyHot(set.Digests, set.Signatures, [], set.Keys, actual));
        Assert.Equal(expected, actual);
        new BatchVerifier("scalar").Verify(set.Digests, set.Signatures, set.RecoveryIds, set.Keys, expected);
        Assert.Equal(600, hot.VerifyHot(set.Digests, set.Signatures, set.RecoveryIds, set.Keys, actual));
        Assert.Equal(expected, actual);
        Assert.Equal(5, hot.Count);
    }

    [KernelTheory]
    [MemberData(nameof(All), MemberType = typeof(LaneRows))]
    public void Keys_that_coincide_with_the_generators_table(string kernel)
    {
        // Q = k G for small k of either sign: table points of Q and G meet as equal and opposite points.
        var hot = new HotKeyVerifier(sightingsMin: 1, entry: EntryOf(kernel));
        ISecp256k1Kernel entry = KernelCases.Secp256k1Of(kernel);
        var scalar = new Secp256k1Scalar();
        const int Count = 144;
        byte[] digests = new byte[32 * Count], signatures = new byte[64 * Count], keys = new byte[64 * Count];
        for (int i = 0; i < Count; i++)
        {
            // u1 and u2 small or equal or opposite, so that digits coincide too; s = r / u2, e = u1 s
            AffinePoint key = Multiple((ulong)(1 + (i % 6)));
            key = i % 12 < 6 ? key : key.Negate();
            ScalarN u1 = new((ulong)(1 + (i / 12)), 0, 0, (ulong)(i % 5)), u2 = i % 3 == 0 ? u1 : i % 3 == 1
                ? u1.Negate() : ScalarN.Lambda * u1;
            AffinePoint point = StraussScalar<ScalarN>.Combine(key, u2, u1).ToAffine();
            Span<byte> signature = signatures.AsSpan(64 * i, 64);
            if (!point.IsInfinity)
            {
                point.X.Normalize().Write(signature);
            }

            ScalarN r = ScalarN.ReadReduced(signature);
            r = r.IsZero ? ScalarN.One : r;
            r.Write(signature);
            ScalarN s = r * u2.Inverse();
            s.Write(signature[32..]);
            (u1 * s).Write(digests.AsSpan(32 * i, 32));
            key.X.Normalize().Write(keys.AsSpan(64 * i, 32));
            key.Y.Normalize().Write(keys.AsSpan((64 * i) + 32, 32));
        }

        var expected = new SignatureVerdict[Count];
        var actual = new SignatureVerdict[Count];
        scalar.Verify(digests, signatures, keys, expected);
        Assert.Contains(SignatureVerdict.Valid, expected);
        Assert.Contains(SignatureVerdict.Mismatch, expected);
        hot.VerifyHot(digests, signatures, [], keys, actual);
        hot.VerifyHot(digests, signatures, [], keys, actual);
        Assert.Equal(expected, actual);
        entry.Verify(digests, signatures, keys, actual);
        Assert.Equal(expected, actual);
    }

    [KernelTheory]
    [MemberData(nameof(All), MemberType = typeof(LaneRows))]
    public void Cold_keys_stay_undecided_until_seen_often_enough(string kernel)
    {
        var hot = new HotKeyVerifier(sightingsMin: 3, entry: EntryOf(kernel));
        Signed one = new(1, 1);
        var verdict = new SignatureVerdict[1];
        Assert.Equal(0, hot.VerifyHot(one.Digests, one.Signatures, [], one.Keys, verdict));
        Assert.Equal(SignatureVerdict.Unknown, verdict[0]);
        Assert.Equal(0, hot.VerifyHot(one.Digests, one.Signatures, [], one.Keys, verdict));
        Assert.Equal(1, hot.VerifyHot(one.Digests, one.Signatures, [], one.Keys, verdict));
        Assert.Equal(SignatureVerdict.Valid, verdict[0]);
        Assert.Equal(1, hot.Count);

        // a key off the curve never gets a table
        one.Keys[5] ^= 1;
        for (int i = 0; i < 9; i++)
        {
            Assert.Equal(0, hot.VerifyHot(one.Digests, one.Signatures, [], one.Keys, verdict));
        }

        Assert.Equal(1, hot.Count);
    }

    [KernelTheory]
    [MemberData(nameof(All), MemberType = typeof(LaneRows))]
    public void The_table_not_used_lately_gives_way(string kernel)
    {
        var hot = new HotKeyVerifier(2 * OneTable, sightingsMin: 1, entry: EntryOf(kernel));
        Assert.Equal(2, hot.Capacity);
        Signed set = new(3, 3);
        var verdict = new SignatureVerdict[1];
        int Use(int key) => hot.VerifyHot(
            set.Digests.AsSpan(32 * key, 32), set.Signatures.AsSpan(64 * key, 64), [], set.Keys.AsSpan(64 * key, 64),
                verdict);

        Use(0);
        Use(1);

        // The hand passes both (new tables count as used) and takes the first; 1 stays until its turn.
        Use(2);
        Assert.Equal(2, hot.Count);
        for (int i = 0; i < 10; i++)
        {
            Use(0);
            Use(1);
            Use(2);
            Assert.Equal(2, hot.Count);
            Assert.Equal(SignatureVerdict.Valid, verdict[0]);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => new HotKeyVerifier(OneTable - 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new HotKeyVerifier(OneTable, sightingsMin: 0));
    }

    [KernelTheory]
    [MemberData(nameof(All), MemberType = typeof(LaneRows))]
    public void Threads_share_the_tables(string kernel)
    {
        var hot = new HotKeyVerifier(3 * OneTable, sightingsMin: 2, entry: EntryOf(kernel));
        Signed set = new(120, 6);
        int wrong = 0, decided = 0;
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 4 }, _ =>
        {
            var verdicts = new SignatureVerdict[120];
            for (int i = 0; i < 3; i++)
            {
                Interlocked.Add(ref decided, hot.VerifyHot(set.Digests, set.Signatures, [], set.Keys, verdicts));
                Interlocked.Add(ref wrong,
                    verdicts.Count(v => v is not (SignatureVerdict.Valid or SignatureVerdict.Unknown)));
            }
        });
        Assert.Equal(0, wrong);
        Assert.True(decided > 0);
        Assert.InRange(hot.Count, 1, 3);
    }
}
