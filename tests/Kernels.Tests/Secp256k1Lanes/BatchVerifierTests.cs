using System.Buffers.Binary;
using Tactus.Kernels.Secp256k1;
using Tactus.Kernels.Tests.Secp256k1;
using static Tactus.Kernels.Tests.Secp256k1Lanes.LaneRows;

namespace Tactus.Kernels.Tests.Secp256k1Lanes;

/// <summary>Goal: a batch's verdicts are those of recovery item by item, whichever and however many items are
/// bad.</summary>
public sealed class BatchVerifierTests
{
    [KernelTheory]
    [MemberData(nameof(All), MemberType = typeof(LaneRows))]
    public void Good_batches_of_every_size(string kernel)
    {
        var verifier = new BatchVerifier(EntryOf(kernel), Seeded(1));
        Signed all = new(330, distinctKeys: 330);
        int lanes = KernelCases.Secp256k1Of(kernel).Lanes;
        foreach (int count in Enumerable.Range(0, (2 * lanes) + 2).Concat([95, 96, 97, 98, 128, 255, 256, 257, 330]))
        {
            AssertBad(verifier, all.Take(count), []);
        }
    }

    [KernelTheory]
    [MemberData(nameof(All), MemberType = typeof(LaneRows))]
    public void The_bad_ones_are_found_exactly(string kernel)
    {
        var verifier = new BatchVerifier(EntryOf(kernel), Seeded(2));
        var random = new Random(2);
        foreach (int bad in new[] { 1, 2, 10, 100, 600 })
        {
            Signed set = new(1200, distinctKeys: bad == 10 ? 40 : 1200);
            var places = new HashSet<int>();
            while (places.Count < bad)
            {
                places.Add(random.Next(set.Count));
            }

            foreach (int place in places)
            {
                set.Spoil(place, random.Next(4));
            }

            AssertBad(verifier, set, places);
        }
    }

    [KernelTheory]
    [MemberData(nameof(All), MemberType = typeof(LaneRows))]
    public void The_one_bad_item_in_every_lane(string kernel)
    {
        var verifier = new BatchVerifier(EntryOf(kernel), Seeded(3));
        for (int place = 0; place < 2 * KernelCases.Secp256k1Of(kernel).Lanes; place++)
        {
            Signed set = new(130, distinctKeys: 130);
            set.Spoil(60 + place, place % 4);
            AssertBad(verifier, set, [60 + place]);
        }
    }

    [KernelTheory]
    [MemberData(nameof(All), MemberType = typeof(LaneRows))]
    public void Edge_biased_items_get_the_verdicts_of_recovery(string kernel)
    {
        var verifier = new BatchVerifier(EntryOf(kernel), Seeded(4));
        for (ulong seed = 100; seed < 104; seed++)
        {
            Secp256k1Cases cases = new Secp256k1CaseGenerator(seed).NextForVerify(300);
            var verdicts = new SignatureVerdict[300];
            verifier.Verify(cases.Digests, cases.Signatures, cases.RecoveryIds, cases.Keys, verdicts);
            var expected = new SignatureVerdict[300];
            new BatchVerifier("scalar").Verify(cases.Digests, cases.Signatures, cases.RecoveryIds, cases.Keys,
                expected);
            for (int i = 0; i < 300; i++)
            {
                Assert.True(expected[i] == verdicts[i],
                    $"seed {seed}, item {i}: {verdicts[i]}, recovery says {expected[i]}");
            }
        }
    }

    [KernelTheory]
    [MemberData(nameof(All), MemberType = typeof(LaneRows))]
    public void Repeated_signatures_are_right_though_their_sums_have_no_meaning(string kernel)
    {
        var verifier = new BatchVerifier(EntryOf(kernel), Seeded(5));
        Signed set = new(400, distinctKeys: 400);
        for (int i = 0; i < 400; i++)
        {
            set.Copy(i % 3, i);
        }

        AssertBad(verifier, set, []);
        set.Spoil(399, 0);
        AssertBad(verifier, set, [399]);

        // two copies only: the equal points meet in a bucket now and then, and the scalar code adds them
        set = new(400, distinctKeys: 400);
        for (int i = 0; i < 200; i++)
        {
            set.Copy(i, 200 + i);
        }

        AssertBad(verifier, set, []);
    }

    // Two wrong items made so that their errors cancel when both get the same weight. It shows what the random numbers
    // are for, and that this test can see a batch that accepts bad signatures.
    [KernelTheory]
    [MemberData(nameof(All), MemberType = typeof(LaneRows))]
    public void Errors_that_cancel_pass_only_equal_weights(string kernel)
    {
        Signed set = new(200, distinctKeys: 1);

        // E0 = d G with digest e0 + d s0, E1 = -d G with digest e1 - d s1
        ScalarN d = new(12345, 6789, 0, 1);
        set.ShiftDigest(0, d);
        set.ShiftDigest(1, d.Negate());
        AssertBad(new BatchVerifier(EntryOf(kernel), Seeded(6)), set, [0, 1]);

        var verdicts = new SignatureVerdict[200];
        new BatchVerifier(EntryOf(kernel), bytes => bytes.Fill(0x5A)).Verify(
            set.Digests, set.Signatures, set.RecoveryIds, set.Keys, verdicts);
        Assert.Equal(SignatureVerdict.Valid, verdicts[0]);
    }

    [Fact]
    public void Unknown_entries_and_spans_that_do_not_fit_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new BatchVerifier("avx1024"));
        Assert.Throws<ArgumentException>(
            () => new BatchVerifier().Verify(new byte[32], new byte[64], new byte[2], new byte[64],
                new SignatureVerdict[1]));
    }

    internal static Action<Span<byte>> Seeded(int seed)
    {
        var random = new Random(seed);
        return bytes => random.NextBytes(bytes);
    }

    private static void AssertBad(BatchVerifier verifier, Signed set, IReadOnlyCollection<int> bad)
    {
        var verdicts = new SignatureVerdict[set.Count];
        verifier.Verify(set.Digests, set.Signatures, set.RecoveryIds, set.Keys, verdicts);
        for (int i = 0; i < set.Count; i++)
        {
            Assert.True(
                (verdicts[i] == SignatureVerdict.Valid) == !bad.Contains(i),
                    $"{set.Count} items, {bad.Count} bad, item {i}: {verdicts[i]}");
            Assert.NotEqual(SignatureVerdict.Unknown, verdicts[i]);
        }
    }
}

/// <summary>Good signatures by some keys, and ways to spoil them.</summary>
internal sealed class Signed
{
    public Signed(int count, int distinctKeys)
    {
        Count = count;
        Digests = new byte[32 * count];
        Signatures = new byte[64 * count];
        RecoveryIds = new byte[count];
        Keys = new byte[64 * count];
        byte[] secrets = new byte[32 * count];
        var random = new Random(count + (distinctKeys << 16));
        random.NextBytes(Digests);
        for (int i = 0; i < count; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(secrets.AsSpan((32 * i) + 8), 1 + (i % distinctKeys));
            if (i < distinctKeys)
            {
                Secp256k1Signer.TryGetPublicKey(secrets.AsSpan(32 * i, 32), Keys.AsSpan(64 * i, 64));
            }
            else
            {
                Keys.AsSpan(64 * (i % distinctKeys), 64).CopyTo(Keys.AsSpan(64 * i));
            }
        }

        Secp256k1Signer.SignBatch(Digests, secrets, Signatures, RecoveryIds);
    }

    private Signed(Signed from, int count)
    {
        Count = count;
        Digests = from.Digests[..(32 * count)];
        Signatures = from.Signatures[..(64 * count)];
        RecoveryIds = from.RecoveryIds[..count];
        Keys = from.Keys[..(64 * count)];
    }

    public int Count { get; }

    public byte[] Digests { get; }

    public byte[] Signatures { get; }

    public byte[] RecoveryIds { get; }

    public byte[] Keys { get; }

    public Signed Take(int count) => new(this, count);

    public void Copy(int from, int to)
    {
        Digests.AsSpan(32 * from, 32).CopyTo(Digests.AsSpan(32 * to));
        Signatures.AsSpan(64 * from, 64).CopyTo(Signatures.AsSpan(64 * to));
        RecoveryIds[to] = RecoveryIds[from];
        Keys.AsSpan(64 * from, 64).CopyTo(Keys.AsSpan(64 * to));
    }

    /// <summary>0: digest; 1: s; 2: recovery id; 3: another key.</summary>
    public void Spoil(int item, int how)
    {
        switch (how)
        {
            case 0:
                Digests[(32 * item) + 7] ^= 0x10;
                break;
            case 1:
                Signatures[(64 * item) + 63] ^= 1;
                break;
            case 2:
                RecoveryIds[item] ^= 1;
                break;
            default:
                Secp256k1Signer.TryGetPublicKey([.. new byte[31], 77], Keys.AsSpan(64 * item, 64));
                break;
        }
    }

    /// <summary>Adds d s to the digest, which moves u1 by d.</summary>
    public void ShiftDigest(int item, in ScalarN d)
    {
        ScalarN s = ScalarN.ReadReduced(Signatures.AsSpan((64 * item) + 32, 32));
        (ScalarN.ReadReduced(Digests.AsSpan(32 * item, 32)) + (d * s)).Write(Digests.AsSpan(32 * item, 32));
    }
}
