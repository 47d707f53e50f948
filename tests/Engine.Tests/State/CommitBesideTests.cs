using Tactus.Engine.Primitives;
using Tactus.Engine.State;
using Tactus.Engine.Storage;

namespace Tactus.Engine.Tests.State;

/// <summary>Large blocks that are written to the log while the state changes.</summary>
public sealed class CommitBesideTests
{
    private static readonly byte[] Block = [.. Enumerable.Range(0, 400_000).Select(i => (byte)(i * 31))];

    [Fact]
    public void The_block_is_in_the_log_and_in_the_state_on_return()
    {
        var disk = new SimulatedDisk();
        using (ChainStore chain = Open(disk, out BlockView view))
        {
            Commit(chain, view, 1);
            Commit(chain, view, 2);
            Assert.Equal(2, chain.State.CellCount);
            chain.Unwind(1);
            Assert.Equal(1, chain.State.CellCount);
            Commit(chain, view, 2);
        }

        byte[] buffer = [];
        using BlockLog log = BlockLog.Open(disk.Restart(CrashLoss.Everything, 1));
        Assert.Equal(2UL, log.Head);
        Assert.True(log.TryRead(2, ref buffer, out int length, out _));
        Assert.Equal(Block, buffer.AsSpan(0, length));
    }

    [Fact]
    public void A_disk_that_fails_leaves_the_state_as_it_was()
    {
        for (int operation = 1; operation <= 3; operation++)
        {
            var disk = new SimulatedDisk();
            using ChainStore chain = Open(disk, out BlockView view);
            Commit(chain, view, 1);
            Hash256 before = chain.State.ComputeStateHash();
            disk.CrashAfter(operation);
            Assert.ThrowsAny<Exception>(() => Commit(chain, view, 2));
            Assert.Equal(before, chain.State.ComputeStateHash());
            Assert.Equal(1UL, chain.Head!.Value.Number);
            disk.CrashNever();
        }
    }

    private static ChainStore Open(SimulatedDisk disk, out BlockView view)
    {
        var store = new MemoryStateStore();
        ChainStore chain = ChainStore.Open(disk, new MemoryCheckpoints(store, disk));
        view = new BlockView(store);
        chain.CommitGenesis(new ChainPoint(0, default), view);
        return chain;
    }

    private static void Commit(ChainStore chain, BlockView view, ulong number)
    {
        view.Put(StateKey.Of(1, number), StateCell.Of(number));
        chain.CommitBeside(new ChainPoint(number, new Hash256([(byte)number])), Block, view);
    }
}
