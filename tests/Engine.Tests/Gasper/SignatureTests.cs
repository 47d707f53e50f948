using System.Diagnostics;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper;
using Tactus.Engine.Protocols.Gasper.Blocks;
using Tactus.Engine.Protocols.Gasper.Signatures;
using Tactus.Engine.Protocols.Gasper.State;
using Tactus.Engine.Protocols.Gasper.Transition;
using Tactus.Engine.Tests.Gasper.Vectors;
using Tactus.TestSupport;
using Xunit.Abstractions;

namespace Tactus.Engine.Tests.Gasper;

/// <summary>That the vectors' signatures are really looked at: a bit off in any of them is found and named.</summary>
public sealed class SignatureTests(ITestOutputHelper output)
{
    [DataFact]
    public void Every_signature_of_a_chain_is_checked()
    {
        GasperContext context = VectorSet.Context("minimal");
        VectorCase c = VectorSet.Cases("pyspec-v1.5.0/minimal/phase0/finality").First();
        BeaconState state = BeaconState.Decode(context, c.Ssz("pre")!);
        int signatures = 0;
        int refused = 0;
        long ticks = 0;
        for (int i = 0; c.Ssz($"blocks_{i}") is { } bytes; i++)
        {
            SignedBeaconBlock block = SignedBeaconBlock.Decode(context.Schemas, bytes);
            BlsSignatureBatch batch = VectorSignatures.Batch(context);
            long start = Stopwatch.GetTimestamp();
            Assert.True(StateTransition.Apply(state, block, batch, out BeaconState? after).Accepted);
            ticks += Stopwatch.GetTimestamp() - start;
            Assert.Equal(2 + block.Message.Body.Attestations.Count, batch.Count);
            signatures += batch.Count;
            if (i % 8 == 3)
            {
                // The block's own signature: the last 96 bytes before the message.
                byte[] damaged = (byte[])bytes.Clone();
                damaged[SignatureAt + 50] ^= 1;
                Verdict verdict = StateTransition.Apply(
                    state, SignedBeaconBlock.Decode(context.Schemas, damaged), VectorSignatures.Batch(context), out _);
                Assert.Equal(RejectReason.BadSignature, verdict.Reason);
                refused++;
            }

            state = after!;
        }

        output.WriteLine(
            $"{signatures} signatures checked in {Stopwatch.GetElapsedTime(0, ticks).TotalMilliseconds:F0} ms, "
            + $"{refused} damaged ones refused");
        Assert.True(signatures > 32 && refused >= 2);
    }

    // A signed block starts with the offset of its message.
    private const int SignatureAt = 4;
}
