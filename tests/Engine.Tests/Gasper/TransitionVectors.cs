using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper;
using Tactus.Engine.Protocols.Gasper.Blocks;
using Tactus.Engine.Protocols.Gasper.Signatures;
using Tactus.Engine.Protocols.Gasper.Ssz;
using Tactus.Engine.Protocols.Gasper.State;
using Tactus.Engine.Protocols.Gasper.Transition;
using Tactus.Engine.Tests.Gasper.Vectors;

namespace Tactus.Engine.Tests.Gasper;

/// <summary>Runs cases of the state-transition formats (consensus-specs tests/formats) against the rules.</summary>
internal static class TransitionVectors
{
    /// <summary>Runs one case of a runner; its handler is the first part of its name.</summary>
    public static void RunCase(GasperContext context, string runner, VectorCase c, VectorTally tally)
    {
        string handler = c.Name.Split('/', Path.DirectorySeparatorChar)[0];
        switch (runner)
        {
            case "epoch_processing":
                Run(context, c, tally, EpochStep(handler));
                break;
            case "operations":
                Run(context, c, tally, Operation(handler));
                break;
            case "rewards":
                RunRewards(context, c, tally);
                break;
            case "sanity" when string.Equals(handler, "slots", StringComparison.Ordinal):
                Run(context, c, tally, (s, x, _) => SlotProcessing.ProcessSlots(s, s.Slot + SlotsOf(x)));
                break;
            default:
                RunBlocks(context, c, tally);
                break;
        }
    }

    /// <summary>pre, one step, post; no post: the step must be refused.</summary>
    public static void Run(
        GasperContext context, VectorCase c, VectorTally tally, Action<BeaconState, VectorCase, ISignatureChecks> step)
    {
        BeaconState before = BeaconState.Decode(context, c.Ssz("pre")!);
        Hash256 root = before.HashTreeRoot();
        BeaconState state = before.Clone();
        ISignatureChecks signatures = VectorSignatures.For(context, c);
        Verdict verdict = GasperException.Guard(() => step(state, c, signatures));
        if (verdict.Accepted)
        {
            verdict = signatures.Complete();
        }

        Judge(context, c, tally, verdict, state);
        if (before.HashTreeRoot() != root)
        {
            tally.Fail(c, "the state before has changed");
        }
    }

    /// <summary>pre, blocks_0.., post.</summary>
    public static void RunBlocks(GasperContext context, VectorCase c, VectorTally tally)
    {
        BeaconState state = BeaconState.Decode(context, c.Ssz("pre")!);
        Verdict verdict = Verdict.Ok;
        for (int i = 0; verdict.Accepted && c.Ssz($"blocks_{i}") is { } bytes; i++)
        {
            SignedBeaconBlock block = SignedBeaconBlock.Decode(context.Schemas, bytes);
            verdict = StateTransition.Apply(state, block, VectorSignatures.For(context, c), out BeaconState? after);
            state = after ?? state;
        }

        Judge(context, c, tally, verdict, state);
    }

    /// <summary>The step of a sub-transition, by the name of its folder.</summary>
    public static Action<BeaconState, VectorCase, ISignatureChecks> EpochStep(string handler) => handler switch
    {
        "justification_and_finalization" => (s, _, _) =>
            Justification.AtEpochEnd(s, ParticipationTotals.Of(s)).ApplyTo(s),
        "rewards_and_penalties" => (s, _, _) => Rewards.Process(s, ParticipationTotals.Of(s)),
        "registry_updates" => (s, _, _) => EpochProcessing.RegistryUpdates(s),
        "slashings" => (s, _, _) => EpochProcessing.Slashings(s),
        "eth1_data_reset" => (s, _, _) => EpochProcessing.Eth1DataReset(s),
        "effective_balance_updates" => (s, _, _) => EpochProcessing.EffectiveBalanceUpdates(s),
        "slashings_reset" => (s, _, _) => EpochProcessing.SlashingsReset(s),
        "randao_mixes_reset" => (s, _, _) => EpochProcessing.RandaoMixesReset(s),
        "historical_roots_update" => (s, _, _) => EpochProcessing.HistoricalRootsUpdate(s),
        "participation_record_updates" => (s, _, _) => s.RotateAttestations(),
        _ => throw new ArgumentException($"no epoch step {handler}", nameof(handler)),
    };

    /// <summary>The operation of a folder.</summary>
    public static Action<BeaconState, VectorCase, ISignatureChecks> Operation(string handler) => handler switch
    {
        "attestation" => (s, c, x) =>
            Operations.ProcessAttestation(s, Attestation.Decode(s.Context.Schemas, c.Ssz("attestation")!), x),
        "attester_slashing" => (s, c, x) => Operations.ProcessAttesterSlashing(
            s, AttesterSlashing.Decode(s.Context.Schemas, c.Ssz("attester_slashing")!), x),
        "proposer_slashing" => (s, c, x) =>
            Operations.ProcessProposerSlashing(s, ProposerSlashing.Decode(c.Ssz("proposer_slashing")!), x),
        "block_header" => (s, c, _) =>
            BlockProcessing.ProcessHeader(s, BeaconBlock.Decode(s.Context.Schemas, c.Ssz("block")!)),
        "deposit" => (s, c, x) => Operations.ProcessDeposit(s, Deposit.Decode(c.Ssz("deposit")!), x),
        "voluntary_exit" => (s, c, x) =>
            Operations.ProcessVoluntaryExit(s, SignedVoluntaryExit.Decode(c.Ssz("voluntary_exit")!), x),
        _ => throw new ArgumentException($"no operation {handler}", nameof(handler)),
    };

    /// <summary>pre and the five components of the deltas.</summary>
    public static void RunRewards(GasperContext context, VectorCase c, VectorTally tally)
    {
        BeaconState state = BeaconState.Decode(context, c.Ssz("pre")!);
        var list = new SszList(SszBasicType.UInt64, context.Preset.ValidatorRegistryLimit);
        var deltas = new SszContainer("Deltas", ("rewards", list), ("penalties", list));
        foreach ((string file, RewardComponents component) in ((string, RewardComponents)[])[
            ("source_deltas", RewardComponents.Source),
            ("target_deltas", RewardComponents.Target),
            ("head_deltas", RewardComponents.Head),
            ("inclusion_delay_deltas", RewardComponents.InclusionDelay),
            ("inactivity_penalty_deltas", RewardComponents.Inactivity)])
        {
            byte[] expected = c.Ssz(file)!;
            deltas.Check(expected);
            (ulong[] rewards, ulong[] penalties) = Rewards.Deltas(state, component);
            if (!System.Runtime.InteropServices.MemoryMarshal.AsBytes<ulong>(rewards).SequenceEqual(
                expected.AsSpan(deltas.FieldAt(expected, 0)))
                || !System.Runtime.InteropServices.MemoryMarshal.AsBytes<ulong>(penalties)
                    .SequenceEqual(expected.AsSpan(deltas.FieldAt(expected, 1))))
            {
                tally.Fail(c, file);
                return;
            }
        }

        tally.Pass();
    }

    private static ulong SlotsOf(VectorCase c) => Yaml.Number(c.Yaml("slots"));

    private static void Judge(
        GasperContext context, VectorCase c, VectorTally tally, Verdict verdict, BeaconState state)
    {
        byte[]? post = c.Ssz("post");
        if (post is null)
        {
            if (verdict.Accepted)
            {
                tally.Fail(c, "accepted; it must be refused");
                return;
            }
        }
        else if (!verdict.Accepted)
        {
            tally.Fail(c, $"refused: {verdict}");
            return;
        }
        else if (!state.Encode().AsSpan().SequenceEqual(post))
        {
            tally.Fail(c, "the state after differs: " + Difference(context, state, post));
            return;
        }
        else if (state.HashTreeRoot() != context.Schemas.BeaconState.Root(post, context.Hasher))
        {
            tally.Fail(c, "the incremental root differs from the root of the bytes");
            return;
        }

        tally.Pass();
    }

    private static string Difference(GasperContext context, BeaconState state, byte[] post)
    {
        byte[] bytes = state.Encode();
        SszContainer type = context.Schemas.BeaconState;
        var fields = Enumerable.Range(0, type.FieldCount).Where(
            i => !bytes.AsSpan(type.FieldAt(bytes, i)).SequenceEqual(post.AsSpan(type.FieldAt(post, i))));
        return "fields " + string.Join(", ", fields);
    }
}
