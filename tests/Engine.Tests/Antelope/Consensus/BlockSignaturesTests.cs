using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Consensus;
using Tactus.Engine.Protocols.Antelope.Types;

namespace Tactus.Engine.Tests.Antelope.Consensus;

public class BlockSignaturesTests
{
    [Theory]
    [InlineData(new[] { 0 }, RejectReason.BadBlockSignature, "below the threshold")]
    [InlineData(new[] { 1 }, RejectReason.BadBlockSignature, "below the threshold")]
    [InlineData(new[] { 0, 1 }, RejectReason.None, null)]
    [InlineData(new[] { 1, 0 }, RejectReason.None, null)]
    [InlineData(new[] { 2 }, RejectReason.None, null)]
    [InlineData(new[] { 2, 0, 1 }, RejectReason.None, null)]
    [InlineData(new[] { 2, 2 }, RejectReason.BadBlockSignature, "twice")]
    [InlineData(new[] { 0, 0 }, RejectReason.BadBlockSignature, "twice")]
    [InlineData(new[] { 7 }, RejectReason.BadBlockSignature, "does not name")]
    [InlineData(new[] { 2, 7 }, RejectReason.BadBlockSignature, "does not name")]
    [InlineData(new[] { 0, 1, 2, 3 }, RejectReason.BadBlockSignature, "has 3 keys")]
    public void Keys_must_be_named_different_and_heavy_enough(int[] signers, RejectReason reason, string? detail)
    {
        // Weights 2, 1, 3 with a threshold of 3.
        var authority = new BlockSigningAuthority(
            3,
            [
                new KeyWeight(ChainSimulation.KeyOf(0), 2),
                new KeyWeight(ChainSimulation.KeyOf(1), 1),
                new KeyWeight(ChainSimulation.KeyOf(2), 3),
            ]);
        HeaderState state = StateSignedBy(authority, signers.Length);
        Verdict verdict = BlockSignatures.Check(state, [.. signers.Select(ChainSimulation.KeyOf)]);
        Assert.Equal(reason, verdict.Reason);
        if (detail is not null)
        {
            Assert.Contains(detail, verdict.Detail, StringComparison.Ordinal);
        }
    }

    private static HeaderState StateSignedBy(BlockSigningAuthority authority, int signatures)
    {
        var simulation = new ChainSimulation();
        HeaderState state = simulation.Extend(ChainSimulation.Genesis());
        state = simulation.Extend(state, h => h.Extensions =
        [
            new Extension(Extension.ProtocolFeatureActivation, [1, .. ProtocolFeatures.WtmsigBlockSignatures.Bytes]),
        ]);
        var writer = new ByteWriter();
        new ProducerSchedule(1, [new ProducerAuthority(Name.Parse("multi"), authority)]).WriteAuthority(writer);
        state = simulation.Extend(
            state, h => h.Extensions = [new Extension(Extension.ProducerScheduleChange, writer.ToArray())]);
        state = simulation.Extend(state);
        BlockHeader header = simulation.HeaderFor(state, state.Slot + 1, 0);
        KeySignature[] additional = [.. Enumerable.Repeat(KeySignature.Empty, signatures - 1)];
        Assert.True(state.Next(header, KeySignature.Empty, additional, out HeaderState? next).Accepted);
        Assert.Equal(authority, next!.SigningAuthority);
        return next;
    }
}
