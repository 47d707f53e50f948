using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper;
using Tactus.Engine.Protocols.Gasper.Blocks;
using Tactus.Engine.Protocols.Gasper.ForkChoice;
using Tactus.Engine.Protocols.Gasper.Presets;
using Tactus.Engine.Protocols.Gasper.Signatures;
using Tactus.Engine.Protocols.Gasper.Ssz;
using Tactus.Engine.Protocols.Gasper.State;
using Tactus.Engine.Protocols.Gasper.Transition;
using Tactus.Engine.Tests.Gasper.Vectors;
using Tactus.TestSupport;
using Xunit.Abstractions;

namespace Tactus.Engine.Tests.Gasper;

/// <summary>Truncated, flipped and random bytes: a reason, never a crash, and state and store as they were.</summary>
public sealed class DamagedInputTests(ITestOutputHelper output)
{
    private const int Seed = 2026;

    [DataFact]
    public void Damaged_blocks_leave_the_state_unchanged()
    {
        GasperContext context = VectorSet.Context("minimal");
        var random = new Random(Seed);
        int refused = 0;
        int tried = 0;
        foreach (VectorCase c in VectorSet.Cases("pyspec-v1.5.0/minimal/phase0/sanity/blocks").Where(
            c => c.Has("blocks_0.ssz_snappy")))
        {
            BeaconState state = BeaconState.Decode(context, c.Ssz("pre")!);
            Hash256 root = state.HashTreeRoot();
            byte[] block = c.Ssz("blocks_0")!;
            for (int i = 0; i < 12; i++, tried++)
            {
                byte[] damaged = Damage(block, random, i);
                Verdict verdict;
                try
                {
                    verdict = StateTransition.Apply(
                        state, SignedBeaconBlock.Decode(context.Schemas, damaged), SignaturesTrusted.Instance, out _);
                }
                catch (SszException e)
                {
                    verdict = Verdict.Reject(RejectReason.Malformed, e.Message, e.Offset);
                }

                refused += verdict.Accepted ? 0 : 1;
                Assert.True(verdict.Accepted || !string.IsNullOrEmpty(verdict.Detail));
                Assert.True(state.HashTreeRoot() == root, $"{c}, seed {Seed}, {i}: the state has changed");
            }

            Assert.Equal(root, BeaconState.Decode(context, state.Encode()).HashTreeRoot());
        }

        output.WriteLine($"seed {Seed}: {refused} of {tried} damaged blocks refused");

        // Only flips in the block's own signature can pass where signatures are trusted.
        Assert.InRange(refused, tried * 8 / 10, tried - 1);
    }

    [DataFact]
    public void Damaged_operations_and_states_are_refused_with_a_reason()
    {
        GasperContext context = VectorSet.Context("minimal");
        var random = new Random(Seed);
        int refused = 0;
        foreach (string handler in (string[])["attestation", "attester_slashing", "proposer_slashing", "deposit", "voluntary_exit"])
        {
            foreach (VectorCase c in VectorSet.Cases($"pyspec-v1.5.0/minimal/phase0/operations/{handler}").Take(6))
            {
                byte[] item = c.Ssz(handler)!;
                byte[] before = c.Ssz("pre")!;
                for (int i = 0; i < 20; i++)
                {
                    byte[] damaged = Damage(item, random, i);
                    BeaconState state = BeaconState.Decode(context, before);
                    Verdict verdict = GasperException.Guard(() => Perform(state, handler, damaged));
                    refused += verdict.Accepted ? 0 : 1;
                }

                try
                {
                    _ = BeaconState.Decode(context, Damage(before, random, refused)).HashTreeRoot();
                }
                catch (SszException e)
                {
                    Assert.Contains("byte", e.Message, StringComparison.Ordinal);
                }
            }
        }

        output.WriteLine($"seed {Seed}: {refused} damaged operations refused");
        Assert.True(refused > 300);
    }

    [DataFact]
    public void Fork_choice_refuses_what_it_cannot_place_and_stays_as_it_was()
    {
        GasperContext context = VectorSet.Context("minimal");
        VectorCase c = VectorSet.Cases("pyspec-v1.5.0/minimal/phase0/fork_choice/on_block")
            .First(x => x.Name.Contains("basic", StringComparison.Ordinal));
        var store = new ForkChoiceStore(
            BeaconState.Decode(context, c.Ssz("anchor_state")!),
            BeaconBlock.Decode(context.Schemas, c.Ssz("anchor_block")!));
        store.OnTick(store.Time + 100);
        (Hash256 Head, int Count, Checkpoint Justified) before = (store.Head(), store.Tree.Count, store.Justified);
        var random = new Random(Seed);
        byte[] bytes = new byte[128];
        for (int i = 0; i < 200; i++)
        {
            random.NextBytes(bytes);
            AttestationData data = AttestationData.Read(bytes);
            data = (i & 1) == 0 ? data : data with
            {
                Slot = ulong.MaxValue - (ulong)i,
                Target = new Checkpoint(ulong.MaxValue / 8, before.Head),
                BeaconBlockRoot = before.Head,
            };
            var attestation = new Attestation(Bits.From([true, false]), data, new byte[96]);
            Assert.False(store.OnAttestation(attestation, (i & 2) == 0, SignaturesTrusted.Instance).Accepted);
            ulong[] indices = [(ulong)random.NextInt64(), ulong.MaxValue];
            var indexed = new IndexedAttestation(indices, data, new byte[96]);
            Assert.False(
                store.OnAttesterSlashing(new AttesterSlashing(indexed, indexed), SignaturesTrusted.Instance).Accepted);
        }

        Assert.False(store.OnTick(store.Time - 1).Accepted);
        Assert.Equal(before, (store.Head(), store.Tree.Count, store.Justified));
    }

    [Theory]
    [InlineData("SLOTS_PER_EPOCH", "SLOTS_PER_EPOK")]
    [InlineData("\"SHUFFLE_ROUND_COUNT\": 90", "\"SHUFFLE_ROUND_COUNT\": 900")]
    [InlineData("\"SLOTS_PER_HISTORICAL_ROOT\": 8192", "\"SLOTS_PER_HISTORICAL_ROOT\": 8191")]
    [InlineData("\"GENESIS_FORK_VERSION\": \"0x00000000\"", "\"GENESIS_FORK_VERSION\": \"0x0000zz00\"")]
    public void Presets_with_wrong_constants_are_refused(string what, string with)
    {
        using Stream stream = typeof(PresetLoader).Assembly.GetManifestResourceStream(
            "Tactus.Engine.Protocols.Gasper.Presets.mainnet.json")!;
        using var reader = new StreamReader(stream);
        string json = reader.ReadToEnd();
        Assert.Equal("mainnet", PresetLoader.Parse(json).ConfigName);
        FormatException e = Assert.Throws<FormatException>(
            () => PresetLoader.Parse(json.Replace(what, with, StringComparison.Ordinal)));
        Assert.StartsWith("preset: ", e.Message, StringComparison.Ordinal);
        Assert.Contains(what.Trim('"').Split('"')[0], e.Message, StringComparison.Ordinal);
    }

    private static void Perform(BeaconState state, string handler, byte[] bytes)
    {
        GasperSchemas schemas = state.Context.Schemas;
        ISignatureChecks trusted = SignaturesTrusted.Instance;
        switch (handler)
        {
            case "attestation":
                Operations.ProcessAttestation(state, Attestation.Decode(schemas, bytes), trusted);
                break;
            case "attester_slashing":
                Operations.ProcessAttesterSlashing(state, AttesterSlashing.Decode(schemas, bytes), trusted);
                break;
            case "proposer_slashing":
                Operations.ProcessProposerSlashing(state, ProposerSlashing.Decode(bytes), trusted);
                break;
            case "deposit":
                Operations.ProcessDeposit(state, Deposit.Decode(bytes), trusted);
                break;
            default:
                Operations.ProcessVoluntaryExit(state, SignedVoluntaryExit.Decode(bytes), trusted);
                break;
        }
    }

    /// <summary>Cut short, lengthened, one bit flipped, or bytes at random places replaced.</summary>
    private static byte[] Damage(byte[] bytes, Random random, int how)
    {
        byte[] damaged = (byte[])bytes.Clone();
        switch (how % 4)
        {
            case 0:
                return damaged[..random.Next(damaged.Length)];
            case 1:
                return [.. damaged, (byte)random.Next(256)];
            case 2:
                damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
                return damaged;
            default:
                for (int i = 0; i < 8; i++)
                {
                    damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
                }

                return damaged;
        }
    }
}
