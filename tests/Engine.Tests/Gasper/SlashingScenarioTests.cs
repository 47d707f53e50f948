using Tactus.Engine.Protocols.Gasper;
using Tactus.Engine.Protocols.Gasper.Presets;
using Tactus.Engine.Protocols.Gasper.State;
using Tactus.Engine.Protocols.Gasper.Transition;
using Tactus.Engine.Tests.Gasper.Vectors;
using Xunit.Abstractions;

namespace Tactus.Engine.Tests.Gasper;

/// <summary>
/// What BTC20's document says of slashing, with its own constants: a lone slashed validator loses about one percent
/// among about 2000; a third that is slashed together loses everything; both over the 36 days of the slashing vector.
/// </summary>
public sealed class SlashingScenarioTests(ITestOutputHelper output)
{
    private const ulong Coin = 1_000_000_000;
    private const ulong SlashedIn = 4;

    // 32 slots an epoch without blocks: only epochs matter to balances, so the scenario steps from epoch end to epoch
    // end.
    private static readonly GasperContext Context = VectorSet.Context("btc20");

    /// <summary>
    /// Lost hundredths of a coin by the closed formula: 1 + 3 * 8192 base rewards + the whole coins of the correlation.
    /// The chain takes up to 1.3 coins less: the effective balance has sunk by the time of each, and whole coins are
    /// rounded down.</summary>
    [Theory]
    [InlineData(500, 2460)]
    [InlineData(1000, 1640)]
    [InlineData(1909, 1100)]
    [InlineData(2000, 1080)]
    public void A_lone_slashed_validator_loses_about_one_percent(int validators, int lostHundredths)
    {
        BeaconState state = Run(validators, slashed: 1, out ulong before);
        ulong lost = before - state.Balances[0];
        output.WriteLine($"{validators} validators: {lost / (double)Coin:F2} of {before / (double)Coin:F2} coins lost");
        Assert.InRange(lost, (ulong)(lostHundredths - 130) * Coin / 100, (ulong)lostHundredths * Coin / 100);
        Assert.False(state.Validators.IsActive(0, state.CurrentEpoch));
        Assert.True(state.CurrentEpoch >= state.Validators.WithdrawableEpoch(0));
    }

    [Fact]
    public void A_third_slashed_together_loses_everything()
    {
        BeaconState state = Run(300, slashed: 100, out ulong before);
        for (int i = 0; i < 100; i++)
        {
            Assert.True(state.Balances[i] < Coin, $"validator {i} keeps {state.Balances[i]} of {before}");
        }

        Assert.True(state.Balances[200] > before);
        output.WriteLine($"of {before / (double)Coin:F2} coins {state.Balances[0] / (double)Coin:F3} are left");
    }

    [Fact]
    public void A_tenth_slashed_together_loses_three_tenths()
    {
        BeaconState state = Run(300, slashed: 30, out ulong before);
        double share = (before - state.Balances[0]) / (double)before;

        // 3 * 30 / 270 of the effective balance, and the missed votes of 8192 epochs.
        Assert.InRange(share, 0.33, 0.37);
        output.WriteLine($"{share:P1} of the balance is lost");
    }

    [Fact]
    public void A_slashed_validator_is_ejected_on_day_36()
    {
        BeaconState state = Run(500, slashed: 1, out _);
        ulong epochs = state.Validators.WithdrawableEpoch(0) - SlashedIn;
        double days = epochs * Context.Preset.SlotsPerEpoch * Context.Preset.SecondsPerSlot / 86_400.0;
        output.WriteLine(
            $"withdrawable after {epochs} epochs, {days:F2} days; the correlation penalty comes after half of them");
        Assert.Equal(8192UL, epochs);
        Assert.Equal(36.4, days, precision: 1);
        Assert.True(state.Validators.ExitEpoch(0) < state.Validators.WithdrawableEpoch(0));
    }

    private static BeaconState Active(int validators)
    {
        var state = new BeaconState(Context);
        for (int i = 0; i < validators; i++)
        {
            var key = default(PublicKey48);
            BitConverter.TryWriteBytes(((Span<byte>)key)[8..], i);
            state.Validators.Add(key, default, Context.Preset.MaxEffectiveBalance);
            state.Balances.Add(Context.Preset.MaxEffectiveBalance);
        }

        Genesis.ActivateAll(state);
        return state;
    }

    /// <summary>Everybody who is not slashed votes right; the epoch ends.</summary>
    private static void End(BeaconState state, int validators)
    {
        state.Slot = Context.Preset.StartSlot(state.CurrentEpoch + 1) - 1;
        EpochParticipation participation = state.Caches.Current(state);
        for (int i = 0; i < validators; i++)
        {
            if (!state.Validators.IsSlashed(i))
            {
                participation.Include(i, Votes.Source | Votes.Target | Votes.Head, new Inclusion(1, validators - 1));
            }
        }

        EpochProcessing.ProcessEpoch(state);
        state.Slot++;
    }

    private static BeaconState Run(int validators, int slashed, out ulong before)
    {
        GasperPreset preset = Context.Preset;
        BeaconState state = Active(validators);
        before = 0;
        ulong last = SlashedIn + preset.EpochsPerSlashingsVector + 2;
        for (ulong epoch = 0; epoch <= last; epoch++)
        {
            state.Slot = preset.StartSlot(epoch + 1) - 1;
            if (epoch == SlashedIn)
            {
                before = state.Balances[0];
                for (int i = 0; i < slashed; i++)
                {
                    RegistryActions.Slash(state, i, validators - 1);
                }
            }

            End(state, validators);
        }

        return state;
    }
}
