using Tactus.Kernels.Secp256k1;
using Tactus.Kernels.Tests.Secp256k1;
using static Tactus.Kernels.Tests.Secp256k1Lanes.LaneRows;

namespace Tactus.Kernels.Tests.Secp256k1Lanes;

/// <summary>
/// Goal: the wide entries agree with scalar on many random and edge-biased items (10^6 with TACTUS_LONG=1) and touch
/// nothing beyond
/// their buffers. The theories of <see cref="KernelEquivalenceTests"/> run over these entries too.
/// </summary>
public sealed class ExactLanesTests
{
    [KernelTheory]
    [MemberData(nameof(All), MemberType = typeof(LaneRows))]
    public void Same_verdicts_and_keys_as_scalar(string kernel)
    {
        const int Batch = 400;
        ISecp256k1Kernel entry = KernelCases.Secp256k1Of(kernel);
        var scalar = new Secp256k1Scalar();
        var expected = new SignatureVerdict[Batch];
        var actual = new SignatureVerdict[Batch];
        byte[] expectedKeys = new byte[64 * Batch], actualKeys = new byte[64 * Batch];
        for (int done = 0; done < ItemsTotal; done += Batch)
        {
            ulong seed = 0xB16_0000 + (ulong)done;
            Secp256k1Cases cases = new Secp256k1CaseGenerator(seed).NextForVerify(Batch);
            scalar.Verify(cases.Digests, cases.Signatures, cases.Keys, expected);
            entry.Verify(cases.Digests, cases.Signatures, cases.Keys, actual);
            Compare("verify");
            if (done % (4 * Batch) == 0)
            {
                scalar.Recover(cases.Digests, cases.Signatures, cases.RecoveryIds, expectedKeys, expected);
                entry.Recover(cases.Digests, cases.Signatures, cases.RecoveryIds, actualKeys, actual);
                Compare("recover");
                Assert.Equal(expectedKeys, actualKeys);
            }

            void Compare(string what)
            {
                for (int i = 0; i < Batch; i++)
                {
                    Assert.True(expected[i] == actual[i],
                        $"{what}, seed {seed:X}, item {i}: {actual[i]}, scalar says {expected[i]}");
                }
            }
        }
    }

    [KernelTheory]
    [MemberData(nameof(All), MemberType = typeof(LaneRows))]
    public void Buffers_between_guard_pages(string kernel)
    {
        ISecp256k1Kernel entry = KernelCases.Secp256k1Of(kernel);
        foreach (int count in new[] { 1, entry.Lanes - 1, entry.Lanes, (2 * entry.Lanes) + 1, 300 })
        {
            foreach (bool atEnd in new[] { false, true })
            {
                Signed set = new(count, count);
                using GuardedBuffer digests = new(32 * count, atEnd), signatures = new(64 * count, atEnd),
                    keys = new(64 * count, atEnd);
                using GuardedBuffer recovered = new(64 * count, atEnd), ids = new(count, atEnd),
                    verdictBytes = new(count, atEnd);
                set.Digests.CopyTo(digests.Span);
                set.Signatures.CopyTo(signatures.Span);
                set.Keys.CopyTo(keys.Span);
                set.RecoveryIds.CopyTo(ids.Span);
                Span<SignatureVerdict> verdicts =
                    System.Runtime.InteropServices.MemoryMarshal.Cast<byte, SignatureVerdict>(verdictBytes.Span);
                entry.Verify(digests.Span, signatures.Span, keys.Span, verdicts);
                Assert.False(verdicts.ContainsAnyExcept(SignatureVerdict.Valid));
                entry.Recover(digests.Span, signatures.Span, ids.Span, recovered.Span, verdicts);
                Assert.True(recovered.Span.SequenceEqual(keys.Span));
                new BatchVerifier(EntryOf(kernel), BatchVerifierTests.Seeded(9)).Verify(
                    digests.Span, signatures.Span, ids.Span, keys.Span, verdicts);
                Assert.False(verdicts.ContainsAnyExcept(SignatureVerdict.Valid));
                new HotKeyVerifier(sightingsMin: 1, entry: EntryOf(kernel)).VerifyHot(
                    digests.Span, signatures.Span, ids.Span, keys.Span, verdicts);
                Assert.False(verdicts.ContainsAnyExcept(SignatureVerdict.Valid, SignatureVerdict.Unknown));
            }
        }
    }
}
