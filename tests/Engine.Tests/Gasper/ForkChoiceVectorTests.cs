using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper;
using Tactus.Engine.Protocols.Gasper.Blocks;
using Tactus.Engine.Protocols.Gasper.ForkChoice;
using Tactus.Engine.Protocols.Gasper.Signatures;
using Tactus.Engine.Protocols.Gasper.State;
using Tactus.Engine.Tests.Gasper.Vectors;
using Tactus.TestSupport;
using Xunit.Abstractions;

namespace Tactus.Engine.Tests.Gasper;

/// <summary>The fork-choice scenarios: ticks, blocks, attestations and slashings, and what the store must then
/// say.</summary>
public sealed class ForkChoiceVectorTests(ITestOutputHelper output)
{
    /// <summary>Columns: folder, cases, and whether everything that finality drops is pruned after each step.</summary>
    [DataTheory]
    [InlineData("get_head", 10, false)]
    [InlineData("on_block", 23, false)]
    [InlineData("ex_ante", 3, false)]
    [InlineData("reorg", 8, false)]
    [InlineData("withholding", 2, false)]
    [InlineData("get_proposer_head", 2, false)]
    [InlineData("on_block", 23, true)]
    [InlineData("reorg", 8, true)]
    public void Steps_hold(string handler, int cases, bool isPruned)
    {
        GasperContext context = VectorSet.Context("minimal");
        var tally = new VectorTally($"fork_choice/{handler}/minimal{(isPruned ? ", pruned" : "")}");
        int checks = 0;
        foreach (VectorCase c in VectorSet.Cases($"pyspec-v1.5.0/minimal/phase0/fork_choice/{handler}"))
        {
            string? failure = Run(context, c, isPruned, ref checks);
            if (failure is not null)
            {
                tally.Fail(c, failure);
                continue;
            }

            tally.Pass();
        }

        output.WriteLine($"{checks} checks of the store");
        tally.Report(output, cases);
    }

    private static string? Run(GasperContext context, VectorCase c, bool isPruned, ref int checks)
    {
        var store = new ForkChoiceStore(
            BeaconState.Decode(context, c.Ssz("anchor_state")!),
            BeaconBlock.Decode(context.Schemas, c.Ssz("anchor_block")!));
        int number = 0;
        foreach (object node in Yaml.List(c.Yaml("steps")))
        {
            Dictionary<string, object> step = Yaml.Map(node);
            string? failure = step.ContainsKey("checks")
                ? Check(store, Yaml.Map(step["checks"]))
                : Apply(context, c, store, step);
            if (failure is not null)
            {
                return $"step {number}: {failure}";
            }

            checks += step.ContainsKey("checks") ? 1 : 0;
            number++;
            if (isPruned)
            {
                // And what a restart makes of it: saved, loaded, damaged saves refused.
                store.Prune(threshold: 1);
                store = Reload(context, store);
            }
        }

        return null;
    }

    private static ForkChoiceStore Reload(GasperContext context, ForkChoiceStore store)
    {
        byte[] save = store.Save();
        Verdict verdict = ForkChoiceStore.TryLoad(context, save, r => store.StateOf(r), out ForkChoiceStore? loaded);
        Assert.True(verdict.Accepted, verdict.ToString());
        Assert.Equal(save, loaded!.Save());
        foreach (int length in (int[])[0, 1, 100, save.Length / 2, save.Length - 1])
        {
            Assert.False(
                ForkChoiceStore.TryLoad(context, save.AsSpan(0, length), r => store.StateOf(r), out _).Accepted);
        }

        Assert.False(ForkChoiceStore.TryLoad(context, save, _ => null, out _).Accepted);
        return loaded;
    }

    private static string? Apply(
        GasperContext context, VectorCase c, ForkChoiceStore store, Dictionary<string, object> step)
    {
        bool isValid = !step.TryGetValue("valid", out object? valid)
            || string.Equals((string)valid, "true", StringComparison.Ordinal);
        ForkChoiceStore before = store.Clone();
        Verdict verdict;
        if (step.TryGetValue("tick", out object? time))
        {
            verdict = store.OnTick(Yaml.Number(time));
        }
        else if (step.TryGetValue("block", out object? block))
        {
            SignedBeaconBlock signed = SignedBeaconBlock.Decode(context.Schemas, c.Ssz((string)block)!);
            verdict = OnBlock(context, store, signed);
        }
        else if (step.TryGetValue("attestation", out object? attestation))
        {
            verdict = store.OnAttestation(
                Attestation.Decode(context.Schemas, c.Ssz((string)attestation)!), false,
                VectorSignatures.Batch(context));
        }
        else
        {
            verdict = store.OnAttesterSlashing(
                AttesterSlashing.Decode(context.Schemas, c.Ssz((string)step["attester_slashing"])!),
                VectorSignatures.Batch(context));
        }

        if (!verdict.Accepted && !IsSame(before, store))
        {
            return "refused, but the store has changed";
        }

        return verdict.Accepted == isValid ? null : $"{string.Join(',', step.Keys)}: {verdict}";
    }

    /// <summary>A block, and then what it carries, as the format demands.</summary>
    private static Verdict OnBlock(GasperContext context, ForkChoiceStore store, SignedBeaconBlock signed)
    {
        Verdict verdict = store.OnBlock(signed, VectorSignatures.Batch(context));
        if (!verdict.Accepted)
        {
            return verdict;
        }

        foreach (Attestation attestation in signed.Message.Body.Attestations)
        {
            Assert.True(store.OnAttestation(attestation, true, SignaturesTrusted.Instance).Accepted);
        }

        foreach (AttesterSlashing slashing in signed.Message.Body.AttesterSlashings)
        {
            Assert.True(store.OnAttesterSlashing(slashing, SignaturesTrusted.Instance).Accepted);
        }

        return verdict;
    }

    private static string? Check(ForkChoiceStore store, Dictionary<string, object> checks)
    {
        foreach ((string what, object expected) in checks)
        {
            string? found = what switch
            {
                "time" => Differs(Yaml.Number(expected), store.Time),
                "genesis_time" => Differs(Yaml.Number(expected), store.GenesisTime),
                "head" => DiffersHead(store, Yaml.Map(expected)),
                "justified_checkpoint" => Differs(CheckpointOf(expected), store.Justified),
                "finalized_checkpoint" => Differs(CheckpointOf(expected), store.Finalized),
                "proposer_boost_root" => Differs(VectorSet.Root(expected), store.ProposerBoostRoot),
                "get_proposer_head" => Differs(
                    VectorSet.Root(expected), store.ProposerHead(store.Head(), store.CurrentSlot)),
                _ => $"no check {what}",
            };
            if (found is not null)
            {
                return $"{what}: {found}";
            }
        }

        return null;
    }

    private static string? DiffersHead(ForkChoiceStore store, Dictionary<string, object> expected)
    {
        Hash256 head = store.Head();
        return Differs(VectorSet.Root(expected["root"]), head)
            ?? Differs(Yaml.Number(expected["slot"]), store.Tree[store.Tree.IndexOf(head)].Slot);
    }

    private static Checkpoint CheckpointOf(object node) =>
        new(Yaml.Number(Yaml.Map(node)["epoch"]), VectorSet.Root(Yaml.Map(node)["root"]));

    private static string? Differs<T>(T expected, T found)
        where T : IEquatable<T> => expected.Equals(found) ? null : $"{found} where {expected} is right";

    private static bool IsSame(ForkChoiceStore x, ForkChoiceStore y) =>
        (x.Time, x.Justified, x.Finalized, x.UnrealizedJustified, x.UnrealizedFinalized, x.ProposerBoostRoot, x.Tree.Count)
        == (y.Time, y.Justified, y.Finalized, y.UnrealizedJustified, y.UnrealizedFinalized, y.ProposerBoostRoot, y.Tree.Count)
        && x.Clone().Head() == y.Clone().Head();
}
