using System.Buffers.Binary;
using Tactus.Engine.ForkTree;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Consensus;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Kernels;
using Tactus.TestSupport;

namespace Tactus.Engine.Tests.Antelope.Consensus;

/// <summary>nodeos' own fork_db.dat: its root state equals the one that the block log leads to, its reversible block
/// follows.</summary>
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
        ForkDatabaseFile? file = ForkDatabaseFile.TryRead(bytes, out Verdict verdict);
        Assert.True(file is not null, verdict.ToString());
        Assert.Equal(rootNumber, file.Root.Number);
        Assert.Equal(Replay(name), file.Root);
        ForkDatabaseBlock reversible = Assert.Single(file.Blocks);
        Assert.True(reversible.Validated);
        Assert.Equal(rootNumber + 1, reversible.State.Number);

        // The same bytes again, from what was read.
        var writer = new ByteWriter();
        writer.WriteUInt32(ForkDatabaseFile.Magic);
        writer.WriteUInt32(ForkDatabaseFile.FormatVersion);
        file.Root.Write(writer);
        writer.WriteVarUInt32(1);
        reversible.State.Write(writer);
        writer.WriteBool(true);
        reversible.Block.Write(writer);
        writer.WriteBool(reversible.Validated);
        writer.WriteHash256(file.HeadId);
        Assert.Equal(bytes, writer.ToArray());

        BlockTree<HeaderState>? tree = file.ToTree(out verdict);
        Assert.True(tree is not null, verdict.ToString());
        Assert.Equal(file.HeadId, tree.Head.Id);
        Assert.Equal(rootNumber + 1, tree.Head.Number);
        var batch = new BlockSignatureBatch(KernelRegistry.Default.Choose());
        batch.Add(file.Root);
        batch.Add(reversible.State);
        Assert.True(batch.Check(out _).Accepted);
    }

    [DataFact]
    public void A_damaged_file_is_refused_or_still_links()
    {
        byte[] bytes = File.ReadAllBytes(
            TestData.PathOf("antelope", "blockslog", "telosdevnet-7fe82c0-1001", "fork_db.dat"));
        for (int i = 0; i < bytes.Length; i++)
        {
            Assert.Null(ForkDatabaseFile.TryRead(bytes.AsSpan(0, i), out Verdict verdict));
            Assert.Equal(RejectReason.Malformed, verdict.Reason);
            byte[] changed = [.. bytes];
            changed[i] ^= 0x21;
            ForkDatabaseFile? file = ForkDatabaseFile.TryRead(changed, out verdict);
            Assert.Equal(verdict.Accepted, file is not null);
            Assert.True(file is not null || !string.IsNullOrEmpty(verdict.Detail));
            Assert.Equal(file?.ToTree(out verdict) is not null, verdict.Accepted);
        }
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
