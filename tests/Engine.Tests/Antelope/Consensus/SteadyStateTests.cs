using Tactus.Engine.Protocols.Antelope.Consensus;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.TestSupport;

namespace Tactus.Engine.Tests.Antelope.Consensus;

/// <summary>21 producers that miss no slot: the state repeats every round, and equals that of real chains.</summary>
public class SteadyStateTests
{
    private const int Round = 21 * 12;

    [Fact]
    public void Twenty_one_producers_reach_the_known_distances()
    {
        var simulation = new ChainSimulation();
        HeaderState state = simulation.StartWith(21);
        for (int i = 0; i < 4 * Round; i++)
        {
            state = simulation.Extend(state);
        }

        uint proposedMin = uint.MaxValue;
        uint proposedMax = 0;
        uint finalMin = uint.MaxValue;
        uint finalMax = 0;
        var confirmed = new SortedSet<ushort>();
        for (int i = 0; i < Round; i++)
        {
            HeaderState before = state;
            state = simulation.Extend(state);
            Assert.True(state.Irreversible >= before.Irreversible);
            Assert.True(state.ProposedIrreversible >= before.ProposedIrreversible);
            proposedMin = Math.Min(proposedMin, state.Number - state.ProposedIrreversible);
            proposedMax = Math.Max(proposedMax, state.Number - state.ProposedIrreversible);
            finalMin = Math.Min(finalMin, state.Number - state.Irreversible);
            finalMax = Math.Max(finalMax, state.Number - state.Irreversible);
            confirmed.Add(state.Header.Confirmed);
        }

        // specs: antelope.md 2.4.
        Assert.Equal((157u, 168u), (proposedMin, proposedMax));
        Assert.Equal((325u, 336u), (finalMin, finalMax));
        Assert.Equal([(ushort)0, (ushort)240], confirmed);
    }

    [DataTheory]
    [InlineData("telos_mainnet_369358506.json")]
    [InlineData("eos_323978187.json")]
    [InlineData("eos_273457972.json")]
    [InlineData("eos_111162000.blockstate.hex")]
    [InlineData("eos_1500295.json")]
    public void A_simulated_chain_reaches_the_state_of_a_real_one(string file)
    {
        HeaderState real = HeaderStateFileTests.Load(file);
        var simulation = new ChainSimulation();
        HeaderState state = simulation.StartWith(21);
        for (int i = 0; i < 4 * Round || state.Slot % 12 != real.Slot % 12; i++)
        {
            state = simulation.Extend(state);
        }

        Assert.Equal(Profile(real), Profile(state));

        // The real chain carried on by simulation stays what it is, round after round.
        var onward = new ChainSimulation();
        onward.AdoptWatermarks(real);
        HeaderState later = real;
        for (int i = 0; i < 3 * Round; i++)
        {
            later = onward.Extend(later);
            if ((i + 1) % Round == 0)
            {
                Assert.Equal(Profile(real), Profile(later));
            }
        }
    }

    /// <summary>Everything of a state that does not depend on names and numbers, producers taken backwards from the
    /// current one.</summary>
    private static string Profile(HeaderState state)
    {
        IReadOnlyList<ProducerAuthority> producers = state.ActiveSchedule.Producers;
        int turn = (int)(state.Slot % (12 * (uint)producers.Count) / 12);
        var produced = new List<uint>();
        var implied = new List<uint>();
        for (int back = 0; back < producers.Count; back++)
        {
            Name name = producers[(turn - back + producers.Count) % producers.Count].Producer;
            Assert.True(state.LastProduced.TryGet(name, out uint last));
            Assert.True(state.LastImpliedIrreversible.TryGet(name, out uint vote));
            produced.Add(state.Number - last);
            implied.Add(state.Number - vote);
        }

        return $"proposed {state.Number - state.ProposedIrreversible}, final {state.Number - state.Irreversible}, "
            + $"counts {string.Join(' ', state.ConfirmCounts.ToArray())}, produced {string.Join(' ', produced)}, "
            + $"implied {string.Join(' ', implied)}";
    }
}
