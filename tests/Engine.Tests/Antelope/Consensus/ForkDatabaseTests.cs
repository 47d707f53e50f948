using System.Buffers.Binary;
using Tactus.Engine.ForkTree;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Consensus;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Kernels;
using Tactus.TestSupport;

namespace Tactus.Engine.Tests.Antelope.Consensus;

/// <summary>nodeos' own fork_db.dat: its root state equals the one that the block log leads to, its reversible block follows.</summary>
public class ForkDatabaseTests
{
    [DataTheory]
    [InlineData("telosdevnet-7c7fbb7-88", 88u)]
    [InlineData("telosdevnet-e890aa9-87", 87u)]
    [InlineData("telosdevnet-7fe82c0-1001", 1001u)]
    [InlineData("telosdevnet-98041f4-1002", 1002u)]
    public void Its_states_are_those_of_the_log(string name, uint rootNumber)
    {
        byte[] bytes = File.ReadAllBytes(TestData.PathOf("antelope", "blockslog", name, "fork_db.dat"));
        var reader = new ByteReader(bytes);
        Assert.Equal(0x30510FDBu, reader.ReadUInt32());
        Assert.Equal(1u, reader.ReadUInt32());
        HeaderState root = HeaderState.Read(ref reader);
        Assert.False(reader.Failed, reader.FailReason);
        Assert.Equal(rootNumber, root.Number);
        Assert.Equal(Replay(name), root);

        var tree = new BlockTree<HeaderState>(root.Id, root.Header.Previous, root.Number, root.Slot, root, HeaderPreference.Instance);
        var batch = new BlockSignatureBatch(KernelRegistry.Default.Choose());
        uint count = reader.ReadVarUInt32();
        for (uint i = 0; i < count; i++)
        {
            int start = reader.Position;
            HeaderState state = HeaderState.Read(ref reader);
            Assert.False(reader.Failed, reader.FailReason);
            Assert.Equal(bytes[start..reader.Position], state.ToBytes());
            Assert.True(reader.ReadBool());
            SignedBlock block = SignedBlock.Read(ref reader);
            bool validated = reader.ReadBool();
            Assert.Equal(state.Id, block.Id());
            ForkNode<HeaderState> parent = tree.Find(block.Header.Previous)!;
            Verdict verdict = parent.State.Next(block.Header, block.ProducerSignature, [], out HeaderState? next);
            Assert.True(verdict.Accepted, verdict.ToString());
            Assert.Equal(state, next);
            batch.Add(state);
            Assert.Equal(ForkAdd.Added, tree.Add(state.Id, block.Header.Previous, state.Number, state.Slot, state, out ForkNode<HeaderState>? node));
            if (validated)
            {
                tree.MarkValidated(node!);
            }
        }

        Hash256 head = reader.ReadHash256();
        Assert.False(reader.Failed, reader.FailReason);
        Assert.Equal(0, reader.Remaining);
        Assert.Equal(1u, count);
        Assert.Equal(head, tree.Head.Id);
        Assert.True(batch.Check(out _).Accepted);
    }

    private static HeaderState Replay(string name)
    {
        byte[] log = File.ReadAllBytes(TestData.PathOf("antelope", "blockslog", name, "blocks.log"));
        byte[] index = File.ReadAllBytes(TestData.PathOf("antelope", "blockslog", name, "blocks.index"));
        var preamble = new ByteReader(log, 8);
        GenesisState genesis = GenesisState.Read(ref preamble);
        HeaderState state = HeaderState.Genesis(genesis.InitialSlot, genesis.InitialKey, genesis.ChainId());
        for (int i = 1; i < index.Length / 8; i++)
        {
            var reader = new ByteReader(log, (int)BinaryPrimitives.ReadUInt64LittleEndian(index.AsSpan(8 * i)));
            BlockHeader header = BlockHeader.Read(ref reader);
            Assert.True(state.Next(header, KeySignature.Read(ref reader), [], out HeaderState? next).Accepted);
            state = next!;
        }

        return state;
    }
}
