using Tactus.Engine.Protocols.Gasper;
using Tactus.Engine.Protocols.Gasper.Devnet;
using Tactus.Engine.Protocols.Gasper.Presets;
using Tactus.Engine.Protocols.Gasper.Ssz;
using Tactus.Engine.Protocols.Gasper.State;
using Tactus.Engine.Protocols.Gasper.Transition;
using Tactus.Engine.Tests.Gasper.Vectors;
using Tactus.TestSupport;
using Xunit.Abstractions;

namespace Tactus.Engine.Tests.Gasper;

/// <summary>
/// The other end of an inactivity leak than <see cref="TraceTests"/> has: from the last state of the oracle's leak, in
/// which 40 % have been offline for 72 epochs, the offline come back.</summary>
public sealed class LeakReturnTests(ITestOutputHelper output)
{
    private const int Online = 38;

    [DataFact]
    public void Finality_returns_when_the_offline_come_back()
    {
        GasperContext context = VectorSet.Context("btc20-minimal");
        string post = TestData.PathOf("gasper", "btc20-oracle", "traces", "leak40_minimal", "post.ssz_snappy");
        BeaconState state = BeaconState.Decode(context, SnappyBlock.Decode(File.ReadAllBytes(post)));
        int last = state.Validators.Count - 1;
        ulong start = state.CurrentEpoch;
        Assert.Equal(0UL, state.Finalized.Epoch);
        Assert.True(GasperDevnet.IsLeaking(state));

        // still away for one epoch, whose end takes for the votes missed in the one before
        ulong away = state.Balances[last];
        RunEpoch(state, start, Online);
        away -= state.Balances[last];
        Assert.True(GasperDevnet.IsLeaking(state));
        Assert.Equal(0UL, state.Finalized.Epoch);

        // everybody votes: the first epoch is justified, the second finalises it
        RunEpoch(state, start + 1, last + 1);
        Assert.Equal(start + 1, state.CurrentJustified.Epoch);
        Assert.Equal(0UL, state.Finalized.Epoch);
        RunEpoch(state, start + 2, last + 1);
        Assert.Equal(start + 1, state.Finalized.Epoch);
        Assert.False(GasperDevnet.IsLeaking(state));

        // from here on balances grow, of those who stayed and of those who came back, and finality keeps up
        for (ulong epoch = start + 3; epoch < start + 8; epoch++)
        {
            ulong stayed = state.Balances[0];
            ulong returned = state.Balances[last];
            RunEpoch(state, epoch, last + 1);
            Assert.True(state.Balances[0] > stayed && state.Balances[last] > returned, $"epoch {epoch}");
            Assert.Equal(epoch - 1, state.Finalized.Epoch);
        }

        // away for one epoch without a leak costs less
        RunEpoch(state, start + 8, Online);
        ulong missed = state.Balances[last];
        RunEpoch(state, start + 9, last + 1);
        missed -= state.Balances[last];
        output.WriteLine($"an epoch away costs {away} in the leak, {missed} after it");
        Assert.InRange(missed, 1UL, away - 1);
    }

    private static void RunEpoch(BeaconState state, ulong epoch, int offlineFrom)
    {
        GasperPreset preset = state.Context.Preset;
        SlotProcessing.ProcessSlots(state, preset.StartSlot(epoch + 1) - 1);
        SlotProcessing.ProcessSlot(state);
        state.SetCurrentAttestations(WholeCommittees.Votes(state, epoch, offlineFrom));
        EpochProcessing.ProcessEpoch(state);
        state.Slot++;
    }
}
