using System.IO.Compression;
using System.Text.Json;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper;
using Tactus.Engine.Protocols.Gasper.Blocks;
using Tactus.Engine.Protocols.Gasper.ForkChoice;
using Tactus.Engine.Protocols.Gasper.State;
using Tactus.Engine.Protocols.Gasper.Transition;
using Tactus.Engine.Tests.Gasper.Vectors;
using Tactus.TestSupport;
using Xunit.Abstractions;

namespace Tactus.Engine.Tests.Gasper;

/// <summary>How chains start: the genesis vectors, and the real genesis of Ethereum's mainnet.</summary>
public sealed class GenesisTests(ITestOutputHelper output)
{
    private const string Archive = "pyspec-v1.5.0/minimal/phase0-genesis.tar.xz";

    [DataFact]
    public void Initialization()
    {
        GasperContext context = VectorSet.Context("minimal");
        var tally = new VectorTally("genesis/initialization/minimal");
        foreach (VectorCase c in VectorSet.ArchiveCases(Archive, "genesis/initialization"))
        {
            Dictionary<string, object> eth1 = Yaml.Map(c.Yaml("eth1"));
            int count = (int)c.Meta("deposits_count")!.Value;
            Deposit[] deposits = [.. Enumerable.Range(0, count).Select(i => Deposit.Decode(c.Ssz($"deposits_{i}")!))];
            Verdict verdict = Genesis.TryInitialize(
                context,
                VectorSet.Root(eth1["eth1_block_hash"]),
                Yaml.Number(eth1["eth1_timestamp"]),
                deposits,
                VectorSignatures.For(context, c),
                out BeaconState? state);
            if (!verdict.Accepted || !state!.Encode().AsSpan().SequenceEqual(c.Ssz("state")!))
            {
                tally.Fail(c, verdict.Accepted ? "the state differs" : verdict.ToString());
                continue;
            }

            tally.Pass();
        }

        tally.Report(output, 5);
    }

    [DataFact]
    public void Validity()
    {
        GasperContext context = VectorSet.Context("minimal");
        var tally = new VectorTally("genesis/validity/minimal");
        foreach (VectorCase c in VectorSet.ArchiveCases(Archive, "genesis/validity"))
        {
            bool isValid = Genesis.IsValid(BeaconState.Decode(context, c.Ssz("genesis")!));
            if (isValid != string.Equals((string)c.Yaml("is_valid"), "true", StringComparison.Ordinal))
            {
                tally.Fail(c, $"validity is {isValid}");
                continue;
            }

            tally.Pass();
        }

        tally.Report(output, 5);
    }

    [DataFact]
    public void Mainnet_genesis_equals_the_facts()
    {
        BeaconState state = MainnetGenesis();
        using JsonDocument document = JsonDocument.Parse(
            File.ReadAllText(TestData.PathOf("gasper", "mainnet-genesis", "genesis_facts.json")));
        JsonElement facts = document.RootElement;
        Hash256 stateRoot = state.HashTreeRoot();
        Assert.Equal(Root(facts, "state_root"), stateRoot);
        Assert.Equal(Root(facts, "genesis_validators_root"), state.GenesisValidatorsRoot);
        Assert.Equal(
            Root(facts, "genesis_block_root"),
            (state.LatestBlockHeader with { StateRoot = stateRoot }).HashTreeRoot(state.Context.Hasher));
        Assert.Equal(facts.GetProperty("genesis_time").GetUInt64(), state.GenesisTime);
        Assert.Equal(facts.GetProperty("validators").GetInt32(), state.Validators.Count);
        Assert.Equal(facts.GetProperty("total_active_balance").GetUInt64(), Accessors.TotalActiveBalance(state));
        Assert.Equal(Root(facts, "seed_attester_epoch0"), Seeds.SeedOf(state, 0, Domain.BeaconAttester));

        EpochCommittees committees = Accessors.CommitteesOf(state, 0);
        Assert.Equal(facts.GetProperty("active").GetInt32(), committees.Active.Length);
        Assert.Equal(facts.GetProperty("committees_per_slot").GetInt32(), committees.PerSlot);
        Assert.Equal(Numbers(facts, "committee_slot0_index0"), committees.Committee(0, 0).ToArray());
        Assert.Equal(
            Numbers(facts, "committee_slot31_last"), committees.Committee(31, committees.PerSlot - 1).ToArray());
        Assert.Equal(
            Numbers(facts, "proposers_epoch0_from_genesis_state"),
            Enumerable.Range(0, 32).Select(slot => Accessors.ProposerIndex(state, (ulong)slot)));
        output.WriteLine("mainnet-genesis: 1 case");
    }

    [DataFact]
    public void Mainnet_genesis_encodes_to_itself_and_roots_stay_right_as_leaves_change()
    {
        BeaconState state = MainnetGenesis();
        byte[] bytes = state.Encode();
        BeaconState again = BeaconState.Decode(state.Context, bytes);
        Assert.Equal(state.HashTreeRoot(), again.HashTreeRoot());
        const int Seed = 11;
        var random = new Random(Seed);
        for (int round = 0; round < 5; round++)
        {
            BeaconState parent = again;
            Hash256 parentRoot = parent.HashTreeRoot();
            again = again.Clone();
            for (int i = 0; i < 20; i++)
            {
                int index = random.Next(again.Validators.Count);
                again.Balances[index] = (ulong)random.NextInt64();
                again.Validators.SetExitEpoch(random.Next(again.Validators.Count), (ulong)random.Next(1000));
                again.RandaoMixes[random.Next(again.RandaoMixes.Count)] = Seeds.RootOf((ulong)i);
            }

            again.Balances.Add(1);
            var key = default(PublicKey48);
            key[8] = (byte)round;
            again.Validators.Add(key, default, 5);
            Assert.True(
                BeaconState.Decode(again.Context, again.Encode()).HashTreeRoot() == again.HashTreeRoot(),
                $"seed {Seed}");
            Assert.Equal(parentRoot, BeaconState.Decode(parent.Context, parent.Encode()).HashTreeRoot());
        }
    }

    [DataFact]
    public void Weak_subjectivity_takes_the_right_state_in_time_only()
    {
        BeaconState state = MainnetGenesis();
        Hash256 root = (state.LatestBlockHeader with { StateRoot = state.HashTreeRoot() })
            .HashTreeRoot(state.Context.Hasher);
        var checkpoint = new Checkpoint(0, root);
        ulong period = WeakSubjectivity.PeriodEpochs(state);
        Assert.True(WeakSubjectivity.Check(state, checkpoint, period).Accepted);
        Assert.Equal(RejectReason.BelowFinality, WeakSubjectivity.Check(state, checkpoint, period + 1).Reason);
        Assert.Equal(RejectReason.BadLink, WeakSubjectivity.Check(state, checkpoint with { Epoch = 1 }, 1).Reason);
        Assert.Equal(RejectReason.BadLink, WeakSubjectivity.Check(state, checkpoint with { Root = default }, 1).Reason);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(3, 1)]
    [InlineData(4, 2)]
    [InlineData(ulong.MaxValue, uint.MaxValue)]
    [InlineData((1UL << 62) - 1, (1UL << 31) - 1)]
    [InlineData(18446744065119617024, 4294967294)]
    [InlineData(18446744065119617025, 4294967295)]
    public void Square_roots_are_floors(ulong n, ulong root) => Assert.Equal(root, IntegerMath.SquareRoot(n));

    private static BeaconState MainnetGenesis()
    {
        using ZipArchive zip = ZipFile.OpenRead(TestData.PathOf("gasper", "mainnet-genesis", "genesis.ssz.zip"));
        using Stream stream = zip.Entries.Single(e => e.Length > 0).Open();
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return BeaconState.Decode(VectorSet.Context("mainnet"), memory.ToArray());
    }

    private static Hash256 Root(JsonElement facts, string name) =>
        new(Convert.FromHexString(facts.GetProperty(name).GetString().AsSpan(2)));

    private static int[] Numbers(JsonElement facts, string name) =>
        [.. facts.GetProperty(name).EnumerateArray().Select(e => e.GetInt32())];
}
