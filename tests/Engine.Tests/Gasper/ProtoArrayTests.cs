using System.Text.Json;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper.Blocks;
using Tactus.Engine.Protocols.Gasper.ForkChoice;
using Tactus.Engine.Protocols.Gasper.Presets;
using Tactus.Engine.Protocols.Gasper.Transition;
using Tactus.TestSupport;
using Xunit.Abstractions;

namespace Tactus.Engine.Tests.Gasper;

/// <summary>The block tree alone: Lighthouse's scenarios, and random trees against the specification's recursive
/// form.</summary>
public sealed class ProtoArrayTests(ITestOutputHelper output)
{
    private static readonly GasperPreset Mainnet = PresetLoader.BuiltIn("mainnet");

    /// <summary>Columns: file, and its checks (heads, weights, lengths) up to the first payload invalidation.</summary>
    [DataTheory]
    [InlineData("votes", 22)]
    [InlineData("no_votes", 9)]
    [InlineData("ffg_case_01", 4)]
    [InlineData("ffg_case_02", 16)]
    [InlineData("execution_status_01", 21)]
    [InlineData("execution_status_02", 21)]
    [InlineData("execution_status_03", 16)]
    public void Lighthouse_scenario(string file, int expectedChecks)
    {
        using JsonDocument document = JsonDocument.Parse(
            File.ReadAllText(TestData.PathOf("gasper", "proto-array", "lighthouse", file + ".json")));
        JsonElement scenario = document.RootElement;
        var tree = new ProtoArray(Mainnet);
        var votes = new VoteTracker();
        Checkpoint finalized = CheckpointOf(scenario, "finalized_checkpoint");
        tree.Add(new ProtoNode
        {
            Root = finalized.Root,
            ParentRoot = new Hash256(Enumerable.Repeat((byte)0xff, 32).ToArray()),
            Slot = scenario.GetProperty("finalized_block_slot").GetUInt64(),
            Justified = CheckpointOf(scenario, "justified_checkpoint"),
            Finalized = finalized,
        });
        int checks = 0;
        int number = 0;
        foreach (JsonElement op in scenario.GetProperty("operations").EnumerateArray())
        {
            string name = op.GetProperty("op").GetString()!;
            if (string.Equals(name, "InvalidatePayload", StringComparison.Ordinal))
            {
                break; // payloads came after phase 0
            }

            checks += Run(tree, votes, op, name, $"{file}, operation {number++} {name}") ? 1 : 0;
        }

        output.WriteLine($"proto-array/{file}: {checks} checks");
        Assert.Equal(expectedChecks, checks);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Random_trees_have_the_head_of_the_recursive_definition(int seed)
    {
        var random = new Random(seed);
        for (int round = 0; round < 60; round++)
        {
            var tree = new ProtoArray(Mainnet);
            var votes = new VoteTracker();
            var model = new RecursiveForkChoice(Mainnet);
            ulong[] balances = [.. Enumerable.Range(0, 40).Select(_ => (ulong)random.Next(4))];
            int blocks = random.Next(1, 25);
            for (int i = 0; i < blocks; i++)
            {
                ProtoNode node = RandomNode(random, tree, i);
                tree.Add(node);
                model.Blocks.Add(node);
            }

            for (int step = 0; step < 6; step++)
            {
                for (int i = 0; i < 15; i++)
                {
                    int validator = random.Next(balances.Length);
                    int block = random.Next(blocks);
                    ulong epoch = (ulong)random.Next(6);
                    votes.Vote(validator, block, epoch);
                    model.Vote(validator, tree[block].Root, epoch);
                }

                int equivocator = random.Next(balances.Length * 2);
                if (equivocator < balances.Length)
                {
                    votes.Discard(equivocator);
                    model.Equivocating.Add(equivocator);
                }

                balances[random.Next(balances.Length)] = (ulong)random.Next(5);
                Hash256 boosted = random.Next(2) == 0 ? default : tree[random.Next(blocks)].Root;
                HeadFilter filter = RandomFilter(random, model.Blocks);
                Hash256 head = tree.FindHead(votes, balances, filter, boosted, 3);
                Assert.True(
                    model.Head(balances, filter, boosted, 3) == head, $"seed {seed}, round {round}, step {step}: head {head}");
            }
        }
    }

    /// <summary>A block whose checkpoints are not older than its parent's, as in every chain.</summary>
    private static ProtoNode RandomNode(Random random, ProtoArray tree, int i)
    {
        ProtoNode parent = i == 0 ? default : tree[random.Next(i)];
        ulong slot = (ulong)i * 8;
        ulong inherited = Mainnet.EpochOf(parent.Slot) < Mainnet.EpochOf(slot)
            ? parent.UnrealizedJustified.Epoch
            : parent.Justified.Epoch;
        ulong unrealized = Math.Max(inherited, parent.UnrealizedJustified.Epoch) + (ulong)random.Next(2);
        return new ProtoNode
        {
            Root = Seeds.RootOf((ulong)random.Next() << 8 | (byte)(i + 1)),
            ParentRoot = parent.Root,
            Slot = slot,
            Justified = new Checkpoint(inherited, default),
            UnrealizedJustified = new Checkpoint(unrealized, default),
        };
    }

    /// <summary>A store's view: its clock is past every block and it knows the newest justified checkpoint.</summary>
    private static HeadFilter RandomFilter(Random random, List<ProtoNode> blocks)
    {
        ulong epoch = blocks.Max(b => Mainnet.EpochOf(b.Slot)) + (ulong)random.Next(3);
        ulong justified = blocks.Max(
            b => Mainnet.EpochOf(b.Slot) < epoch ? b.UnrealizedJustified.Epoch : b.Justified.Epoch);
        return new HeadFilter(new Checkpoint(justified, blocks[0].Root), new Checkpoint(0, blocks[0].Root), epoch);
    }

    /// <summary>Performs an operation; true where it was a check.</summary>
    private static bool Run(ProtoArray tree, VoteTracker votes, JsonElement op, string name, string where)
    {
        switch (name)
        {
            case "ProcessBlock":
                Checkpoint justified = CheckpointOf(op, "justified_checkpoint");
                tree.Add(new ProtoNode
                {
                    Root = RootOf(op, "root"),
                    ParentRoot = RootOf(op, "parent_root"),
                    Slot = op.GetProperty("slot").GetUInt64(),
                    Justified = justified,
                    UnrealizedJustified = justified,
                    Finalized = CheckpointOf(op, "finalized_checkpoint"),
                });
                return false;
            case "ProcessAttestation":
                votes.Vote(
                    op.GetProperty("validator_index").GetInt32(),
                    tree.IndexOf(RootOf(op, "block_root")),
                    op.GetProperty("target_epoch").GetUInt64());
                return false;
            case "FindHead" or "ProposerBoostFindHead":
                ulong[] balances =
                    [.. op.GetProperty("justified_state_balances").EnumerateArray().Select(e => e.GetUInt64())];
                ulong total = balances.Aggregate(0UL, (sum, balance) => sum + balance);
                Hash256 boosted = op.TryGetProperty("proposer_boost_root", out _)
                    ? RootOf(op, "proposer_boost_root")
                    : default;
                Hash256 head = tree.FindHead(
                    votes,
                    balances,
                    new HeadFilter(
                        CheckpointOf(op, "justified_checkpoint"), CheckpointOf(op, "finalized_checkpoint"), 0),
                    boosted,
                    total / 32 * 50 / 100);
                Assert.True(RootOf(op, "expected_head") == head, $"{where}: head {head}");
                return true;
            case "AssertWeight":
                ulong weight = tree[tree.IndexOf(RootOf(op, "block_root"))].Weight;
                Assert.True(op.GetProperty("weight").GetUInt64() == weight, $"{where}: weight {weight}");
                return true;
            case "Prune":
                ulong threshold = op.GetProperty("prune_threshold").GetUInt64();
                tree.Prune(RootOf(op, "finalized_root"), (int)Math.Min(threshold, int.MaxValue), votes);
                Assert.True(op.GetProperty("expected_len").GetInt32() == tree.Count, $"{where}: {tree.Count} blocks");
                return true;
            default:
                throw new FormatException($"{where} is not known");
        }
    }

    private static Hash256 RootOf(JsonElement element, string name) =>
        new(Convert.FromHexString(element.GetProperty(name).GetString().AsSpan(2)));

    private static Checkpoint CheckpointOf(JsonElement element, string name) =>
        new(element.GetProperty(name).GetProperty("epoch").GetUInt64(), RootOf(element.GetProperty(name), "root"));
}

/// <summary>get_head as the specification writes it, by recursion over the tree and over all votes: the
/// oracle.</summary>
internal sealed class RecursiveForkChoice(GasperPreset preset)
{
    private readonly Dictionary<int, (Hash256 Root, ulong Epoch)> _messages = [];

    public List<ProtoNode> Blocks { get; } = [];

    public HashSet<int> Equivocating { get; } = [];

    public void Vote(int validator, Hash256 root, ulong epoch)
    {
        bool isNewer = !_messages.TryGetValue(validator, out (Hash256 Root, ulong Epoch) known) || epoch > known.Epoch;
        if (isNewer && !Equivocating.Contains(validator))
        {
            _messages[validator] = (root, epoch);
        }
    }

    public Hash256 Head(ulong[] balances, HeadFilter filter, Hash256 boosted, ulong boost)
    {
        var viable = new HashSet<Hash256>();
        Filter(filter.Justified.Root, filter, viable);
        Hash256 head = filter.Justified.Root;
        while (Blocks.Where(b => b.ParentRoot == head && viable.Contains(b.Root)).Select(b => b.Root).ToList() is { Count: > 0 } children)
        {
            head = children.OrderBy(r => Weight(r, balances, boosted, boost)).ThenBy(r => r).Last();
        }

        return head;
    }

    private bool Filter(Hash256 root, HeadFilter filter, HashSet<Hash256> viable)
    {
        List<ProtoNode> children = [.. Blocks.Where(b => b.ParentRoot == root)];
        bool isViable = children.Count > 0
            ? children.Select(c => Filter(c.Root, filter, viable)).ToList().Contains(true)
            : IsViable(Blocks.Single(b => b.Root == root), filter);
        if (isViable)
        {
            viable.Add(root);
        }

        return isViable;
    }

    private bool IsViable(ProtoNode leaf, HeadFilter filter)
    {
        ulong source = preset.EpochOf(leaf.Slot) < filter.CurrentEpoch
            ? leaf.UnrealizedJustified.Epoch
            : leaf.Justified.Epoch;
        return filter.Justified.Epoch == 0 || source == filter.Justified.Epoch || source + 2 >= filter.CurrentEpoch;
    }

    private ulong Weight(Hash256 root, ulong[] balances, Hash256 boosted, ulong boost)
    {
        ulong weight = _messages.Where(m => !Equivocating.Contains(m.Key) && Descends(m.Value.Root, root))
            .Aggregate(0UL, (sum, m) => sum + balances[m.Key]);
        return weight + (!boosted.IsZero && Descends(boosted, root) ? boost : 0);
    }

    private bool Descends(Hash256 root, Hash256 ancestor)
    {
        while (root != ancestor && Blocks.Any(b => b.Root == root))
        {
            root = Blocks.Single(b => b.Root == root).ParentRoot;
        }

        return root == ancestor;
    }
}
