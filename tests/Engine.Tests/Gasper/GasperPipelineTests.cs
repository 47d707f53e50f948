using Tactus.Engine.Devnet;
using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper;
using Tactus.Engine.Protocols.Gasper.Blocks;
using Tactus.Engine.Protocols.Gasper.Devnet;
using Tactus.Engine.Protocols.Gasper.State;
using Tactus.Engine.State;
using Tactus.Engine.Storage;

namespace Tactus.Engine.Tests.Gasper;

/// <summary>Beacon blocks through the block pipeline, with real BLS signatures, state in the store.</summary>
public sealed class GasperPipelineTests
{
    private const int SlotsPerEpoch = 8;

    private static readonly DevnetParameters Parameters = new()
    {
        Protocol = "gasper",
        Seed = 3,
        Producers = 16,
        SlotMs = 12_000,
    };

    [Fact]
    public void Finality_advances_and_the_store_holds_what_the_state_says()
    {
        using var node = new GasperNode(new SimulatedDisk(), Parameters);
        node.Run(slots: 5 * SlotsPerEpoch);
        Assert.Equal((4UL, 3UL), (node.Head.Justified.Epoch, node.Head.Finalized.Epoch));
        Assert.Equal(5U * SlotsPerEpoch, node.Chain.Head.Number);

        // Every slot has a block, so the checkpoint of epoch 3 is block 24, and nothing below it can be unwound.
        Assert.Equal(3U * SlotsPerEpoch, node.Chain.Root.Number);
        Assert.Equal(node.Chain.Root.Id, node.Head.Finalized.Root);
        Assert.Equal(node.Chain.Root.Number, node.Store.Irreversible);
        Assert.Contains(
            "epoch 5 justified 4 finalized 3 participation 100 % leak no",
            node.Devnet.Status(node.Chain),
            StringComparison.Ordinal);
        AssertRecords(node);
    }

    [Fact]
    public void A_bad_signature_or_state_root_or_frame_is_refused_and_changes_nothing()
    {
        using var node = new GasperNode(new SimulatedDisk(), Parameters);
        node.Run(slots: 10);
        byte[] good = node.Build(11).ToArray();
        Hash256 head = node.Chain.Head.Id;
        Hash256 state = node.StateHash();
        SignedBeaconBlock block = SignedBeaconBlock.Decode(
            node.Context.Schemas, good.AsMemory(GasperBlockDecoder.FrameBytes));

        // The encoding's fixed part: offset of the message, then the proposer's signature; the message lies at byte
        // 100.
        const int MessageAt = GasperBlockDecoder.FrameBytes + 100;
        int vote = good.AsSpan().IndexOf(block.Message.Body.Attestations[0].Signature.Span);
        Refused(RejectReason.BadSignature, Flip(good, GasperBlockDecoder.FrameBytes + 4 + 50));
        Refused(RejectReason.BadSignature, Flip(good, vote + 50));
        Refused(RejectReason.BadSignature, Flip(good, MessageAt + 48)); // the state root is signed
        Refused(RejectReason.WrongProducer, Flip(good, MessageAt + 8));
        Refused(RejectReason.Unlinkable, Flip(good, MessageAt + 16));
        Refused(RejectReason.BadLink, Flip(good, 0));
        for (int length = 0; length < good.Length; length += 61)
        {
            Refused(RejectReason.Malformed, good[..length]);
        }

        // Signed by its proposer, and yet with a wrong state root.
        Refused(RejectReason.WrongStateRoot, node.WithStateRoot(block, Hash256.FromHex(new string('a', 64))));
        Verdict verdict = node.Process(good);
        Assert.True(verdict.Accepted, verdict.ToString());
        Assert.NotEqual(head, node.Chain.Head.Id);
        AssertRecords(node);

        void Refused(RejectReason reason, byte[] bytes)
        {
            Verdict refused = node.Process(bytes);
            Assert.True(reason == refused.Reason, $"expected {reason}: {refused}");
            Assert.Equal(head, node.Chain.Head.Id);
            Assert.Equal(state, node.StateHash());
        }
    }

    [Fact]
    public void A_restart_in_between_gives_the_same_chain_and_state()
    {
        const int Slots = (4 * SlotsPerEpoch) + 3;
        using var whole = new GasperNode(new SimulatedDisk(), Parameters);
        whole.Run(Slots);
        var disk = new SimulatedDisk();
        using (var first = new GasperNode(disk, Parameters))
        {
            first.Run(26);
            first.Store.Checkpoint(ChainOpening.SaveAttachment(first.Chain));
            first.Run(29); // in the log, not in the checkpoint
        }

        using var second = new GasperNode(disk, Parameters);
        Assert.Equal(29U, second.Chain.Head.Number);
        second.Run(Slots);
        Assert.Equal(whole.Chain.Head.Id, second.Chain.Head.Id);
        Assert.Equal(whole.Chain.Root.Id, second.Chain.Root.Id);
        Assert.Equal(whole.StateHash(), second.StateHash());
    }

    [Fact]
    public void Without_a_third_finality_stops_and_the_leak_begins()
    {
        using var node = new GasperNode(new SimulatedDisk(), Parameters with { OfflinePercent = 34, OfflineFromEpoch = 4 });

        // Nothing is justified in the first two epochs; after epoch 3 epochs 2 and 3 are, and 2 is final. The slot
        // after it may be empty.
        node.Run(slots: (5 * SlotsPerEpoch) - 1);
        Assert.Equal((3UL, 2UL), (node.Head.Justified.Epoch, node.Head.Finalized.Epoch));
        Assert.False(GasperDevnet.IsLeaking(node.Head.Copy()));
        int empty = node.Run(slots: 11 * SlotsPerEpoch);
        Assert.True(empty > 0, "no slot belonged to a validator who is offline");
        Assert.Equal((3UL, 2UL), (node.Head.Justified.Epoch, node.Head.Finalized.Epoch));
        BeaconState state = node.Head.Copy();
        Assert.True(GasperDevnet.IsLeaking(state), node.Devnet.Status(node.Chain));
        Assert.True(
            state.Balances[0] > state.Balances[15] + 1_000_000, $"{state.Balances[0]} against {state.Balances[15]}");
        Assert.Contains("leak yes", node.Devnet.Status(node.Chain), StringComparison.Ordinal);

        // Where slots are empty heights run behind slots: the checkpoint's height still names the checkpoint's block.
        Assert.Equal(node.Chain.Root.Id, node.Head.Finalized.Root);
        AssertRecords(node);
    }

    private static byte[] Flip(byte[] bytes, int at)
    {
        byte[] changed = [.. bytes];
        changed[at] ^= 1;
        return changed;
    }

    private static void AssertRecords(GasperNode node)
    {
        BeaconState state = node.Head.Copy();
        using var view = new BlockView(node.Store.State);
        for (int i = 0; i < state.Validators.Count; i++)
        {
            Assert.True(view.TryGet(ValidatorRecords.BalanceKey(i), out StateCell balance));
            Assert.Equal(BalanceRecord.Of(state, i), StateCell.As<BalanceRecord>(ref balance));
            Assert.True(view.TryGet(ValidatorRecords.LifeKey(i), out StateCell life));
            Assert.Equal(LifeRecord.Of(state, i), StateCell.As<LifeRecord>(ref life));
        }
    }
}
