using Tactus.Kernels.Secp256k1;

namespace Tactus.Kernels.Tests.Secp256k1;

/// <summary>
/// Every entry of the registry against the scalar one: batch sizes, the one bad item, edge-biased inputs.
/// </summary>
public sealed class KernelEquivalenceTests
{
    private static readonly Secp256k1Scalar Scalar = new();

    [KernelTheory]
    [MemberData(nameof(KernelCases.Secp256k1), MemberType = typeof(KernelCases))]
    public void Self_test_passes(string kernel) => Assert.Null(KernelCases.Secp256k1Of(kernel).SelfTest());

    [KernelTheory]
    [MemberData(nameof(KernelCases.Secp256k1), MemberType = typeof(KernelCases))]
    public void Same_answers_at_every_batch_size(string kernel)
    {
        ISecp256k1Kernel entry = KernelCases.Secp256k1Of(kernel);
        var generator = new Secp256k1CaseGenerator(0x5EED_0001);
        for (int count = 0; count <= (2 * entry.Lanes) + 1; count++)
        {
            AssertSame(entry, generator.NextForVerify(count), $"seed 5EED_0001, batch of {count}");
        }
    }

    [KernelTheory]
    [MemberData(nameof(KernelCases.Secp256k1), MemberType = typeof(KernelCases))]
    public void Same_answers_on_edge_biased_items(string kernel)
    {
        ISecp256k1Kernel entry = KernelCases.Secp256k1Of(kernel);
        for (ulong seed = 1; seed <= 8; seed++)
        {
            AssertSame(entry, new Secp256k1CaseGenerator(seed).NextForVerify(256), $"seed {seed}");
        }
    }

    [KernelTheory]
    [MemberData(nameof(KernelCases.Secp256k1), MemberType = typeof(KernelCases))]
    public void The_one_bad_item_is_found_in_every_lane(string kernel)
    {
        ISecp256k1Kernel entry = KernelCases.Secp256k1Of(kernel);
        int count = 2 * entry.Lanes;
        Secp256k1Cases good = Valid(count);
        var verdicts = new SignatureVerdict[count];
        for (int bad = 0; bad < count; bad++)
        {
            byte[] digests = [.. good.Digests];
            byte[] signatures = [.. good.Signatures];
            byte[] keys = [.. good.Keys];
            digests[(32 * bad) + 31] ^= 1;
            AssertOnly(bad, SignatureVerdict.Mismatch);
            digests[(32 * bad) + 31] ^= 1;
            signatures.AsSpan(64 * bad, 32).Clear();
            AssertOnly(bad, SignatureVerdict.OutOfRange);
            good.Signatures.CopyTo(signatures, 0);
            keys[(64 * bad) + 63] ^= 1;
            AssertOnly(bad, SignatureVerdict.BadKey);

            void AssertOnly(int index, SignatureVerdict expected)
            {
                entry.Verify(digests, signatures, keys, verdicts);
                for (int i = 0; i < count; i++)
                {
                    Assert.True(
                        verdicts[i] == (i == index ? expected : SignatureVerdict.Valid),
                        $"bad item {index}, item {i}: {verdicts[i]}");
                }
            }
        }
    }

    [KernelTheory]
    [MemberData(nameof(KernelCases.Secp256k1), MemberType = typeof(KernelCases))]
    public void Spans_that_do_not_fit_are_refused(string kernel)
    {
        ISecp256k1Kernel entry = KernelCases.Secp256k1Of(kernel);
        var verdicts = new SignatureVerdict[2];
        Assert.Throws<ArgumentException>(() => entry.Verify(new byte[63], new byte[128], new byte[128], verdicts));
        Assert.Throws<ArgumentException>(() => entry.Verify(new byte[64], new byte[127], new byte[128], verdicts));
        Assert.Throws<ArgumentException>(() => entry.Verify(new byte[64], new byte[128], new byte[129], verdicts));
        Assert.Throws<ArgumentException>(() => entry.Recover(new byte[64], new byte[128], new byte[1], new byte[128], verdicts));
        Assert.Throws<ArgumentException>(() => entry.Recover(new byte[64], new byte[128], new byte[2], new byte[64], verdicts));
        Assert.Throws<ArgumentException>(() => entry.Decompress(new byte[65], new byte[128], verdicts));
    }

    [Fact]
    public void Generator_reaches_every_verdict()
    {
        Secp256k1Cases cases = new Secp256k1CaseGenerator(1).NextForVerify(512);
        var verified = new SignatureVerdict[512];
        var recovered = new SignatureVerdict[512];
        Scalar.Recover(cases.Digests, cases.Signatures, cases.RecoveryIds, new byte[64 * 512], recovered);
        Scalar.Verify(cases.Digests, cases.Signatures, cases.Keys, verified);
        SignatureVerdict[] ofRecover =
            [SignatureVerdict.Valid, SignatureVerdict.OutOfRange, SignatureVerdict.NoPoint, SignatureVerdict.Infinity];
        SignatureVerdict[] ofVerify =
            [SignatureVerdict.Valid, SignatureVerdict.OutOfRange, SignatureVerdict.BadKey, SignatureVerdict.Mismatch];
        Assert.Equal(ofRecover.Order(), recovered.Distinct().Order());
        Assert.Equal(ofVerify.Order(), verified.Distinct().Order());
        Assert.True(verified.Count(v => v == SignatureVerdict.Valid) > 128);
    }

    private static Secp256k1Cases Valid(int count)
    {
        var generator = new Secp256k1CaseGenerator(0x5EED_0002);
        var valid = new Secp256k1Cases(count);
        var verdict = new SignatureVerdict[1];
        for (int i = 0; i < count;)
        {
            Secp256k1Cases one = generator.Next(1);
            Scalar.Recover(one.Digests, one.Signatures, one.RecoveryIds, one.Keys, verdict);
            if (verdict[0] == SignatureVerdict.Valid)
            {
                one.Digests.CopyTo(valid.Digests, 32 * i);
                one.Signatures.CopyTo(valid.Signatures, 64 * i);
                one.Keys.CopyTo(valid.Keys, 64 * i);
                valid.RecoveryIds[i++] = one.RecoveryIds[0];
            }
        }

        return valid;
    }

    private static void AssertSame(ISecp256k1Kernel entry, Secp256k1Cases cases, string where)
    {
        int count = cases.Count;
        var expected = new SignatureVerdict[count];
        var actual = new SignatureVerdict[count];
        byte[] expectedKeys = new byte[64 * count];
        byte[] actualKeys = new byte[64 * count];
        actualKeys.AsSpan().Fill(0xA5);
        Scalar.Recover(cases.Digests, cases.Signatures, cases.RecoveryIds, expectedKeys, expected);
        entry.Recover(cases.Digests, cases.Signatures, cases.RecoveryIds, actualKeys, actual);
        AssertEqual("recover", expectedKeys, actualKeys);

        Scalar.Verify(cases.Digests, cases.Signatures, cases.Keys, expected);
        entry.Verify(cases.Digests, cases.Signatures, cases.Keys, actual);
        AssertEqual("verify", expectedKeys, actualKeys);

        byte[] compressed = new byte[33 * count];
        for (int i = 0; i < count; i++)
        {
            compressed[33 * i] = (byte)(2 + (cases.Digests[32 * i] % 9 == 0 ? 2 : cases.Digests[32 * i] & 1));
            ((i & 1) == 0 ? cases.Keys.AsSpan(64 * i, 32) : cases.Signatures.AsSpan(64 * i, 32))
                .CopyTo(compressed.AsSpan((33 * i) + 1));
        }

        actualKeys.AsSpan().Fill(0xA5);
        Scalar.Decompress(compressed, expectedKeys, expected);
        entry.Decompress(compressed, actualKeys, actual);
        AssertEqual("decompress", expectedKeys, actualKeys);

        void AssertEqual(string what, byte[] keysExpected, byte[] keysActual)
        {
            for (int i = 0; i < count; i++)
            {
                Assert.True(
                    expected[i] == actual[i]
                    && keysExpected.AsSpan(64 * i, 64).SequenceEqual(keysActual.AsSpan(64 * i, 64)),
                    $"{what}, {where}, item {i}: {actual[i]}, scalar says {expected[i]};"
                    + $" digest {Convert.ToHexString(cases.Digests, 32 * i, 32)}"
                    + $" signature {Convert.ToHexString(cases.Signatures, 64 * i, 64)} id {cases.RecoveryIds[i]}"
                    + $" key {Convert.ToHexString(cases.Keys, 64 * i, 64)}");
            }
        }
    }
}
