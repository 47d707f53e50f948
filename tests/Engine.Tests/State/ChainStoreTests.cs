using Tactus.Engine.Primitives;
using Tactus.Engine.State;
using Tactus.Engine.Storage;

namespace Tactus.Engine.Tests.State;

public sealed class ChainStoreTests
{
    [Theory]
    [InlineData(CrashLoss.Everything, 1)]
    [InlineData(CrashLoss.Nothing, 1)]
    [InlineData(CrashLoss.Torn, 1)]
    [InlineData(CrashLoss.Torn, 2)]
    [InlineData(CrashLoss.Scattered, 1)]
    [InlineData(CrashLoss.Scattered, 2)]
    public void A_crash_at_every_operation_loses_no_committed_block(CrashLoss loss, int seed)
    {
        var straight = new ChainScript(seed);
        long operations = straight.Run(new SimulatedDisk(), flushEveryBlocks: 1);
        Assert.InRange(operations, 150, 2_000);
        for (long crash = 1; crash <= operations; crash++)
        {
            var script = new ChainScript(seed, straight);
            var disk = new SimulatedDisk();
            disk.CrashAfter(crash);
            Assert.Throws<DiskCrashException>(() => script.Run(disk, flushEveryBlocks: 1));
            SimulatedDisk found = disk.Restart(loss, (seed * 100_000) + (int)crash);
            script.CheckRestart(found, $"loss {loss}, seed {seed}, crash at operation {crash}", mayLoseUnflushed: false);
        }
    }

    [Fact]
    public void A_second_crash_inside_recovery_loses_no_committed_block()
    {
        const int Seed = 3;
        var straight = new ChainScript(Seed);
        long operations = straight.Run(new SimulatedDisk(), flushEveryBlocks: 1);
        for (long crash = 5; crash <= operations; crash += 11)
        {
            for (int second = 1; second <= 12; second++)
            {
                var script = new ChainScript(Seed, straight);
                var disk = new SimulatedDisk();
                disk.CrashAfter(crash);
                Assert.Throws<DiskCrashException>(() => script.Run(disk, flushEveryBlocks: 1));
                SimulatedDisk found = disk.Restart(CrashLoss.Torn, (int)crash);
                found.CrashAfter(second);
                try
                {
                    using ChainStore chain = script.Open(found, 1, out _);
                    found.CrashNever();
                }
                catch (DiskCrashException)
                {
                    found = found.Restart(CrashLoss.Scattered, second);
                }

                script.CheckRestart(found, $"crash at operation {crash}, then at {second}", mayLoseUnflushed: false);
            }
        }
    }

    [Fact]
    public void The_crash_test_sees_a_missing_flush()
    {
        // The known-bad variant: nothing is flushed per block, yet the strict promise is asked for.
        const int Seed = 4;
        var straight = new ChainScript(Seed);
        long operations = straight.Run(new SimulatedDisk(), flushEveryBlocks: 0);
        int caught = 0;
        for (long crash = 1; crash <= operations; crash++)
        {
            var script = new ChainScript(Seed, straight);
            var disk = new SimulatedDisk();
            disk.CrashAfter(crash);
            Assert.Throws<DiskCrashException>(() => script.Run(disk, flushEveryBlocks: 0));
            try
            {
                script.CheckRestart(disk.Restart(CrashLoss.Everything, (int)crash), "known bad", mayLoseUnflushed: false);
            }
            catch (Xunit.Sdk.TrueException)
            {
                caught++;
            }
        }

        Assert.InRange(caught, 10, operations);
    }

    [Theory]
    [InlineData(CrashLoss.Everything)]
    [InlineData(CrashLoss.Nothing)]
    [InlineData(CrashLoss.Scattered)]
    public void Blocks_that_were_not_flushed_may_go_in_a_power_failure_but_never_leave_a_gap(CrashLoss loss)
    {
        const int Seed = 4;
        var straight = new ChainScript(Seed);
        long operations = straight.Run(new SimulatedDisk(), flushEveryBlocks: 0);
        for (long crash = 1; crash <= operations; crash++)
        {
            var script = new ChainScript(Seed, straight);
            var disk = new SimulatedDisk();
            disk.CrashAfter(crash);
            Assert.Throws<DiskCrashException>(() => script.Run(disk, flushEveryBlocks: 0));
            SimulatedDisk found = disk.Restart(loss, (int)crash);

            // A killed process is the loss of nothing: then even unflushed blocks must be there.
            script.CheckRestart(found, $"loss {loss}, crash at operation {crash}", mayLoseUnflushed: loss != CrashLoss.Nothing);
        }
    }

    [Fact]
    public void A_damaged_checkpoint_falls_back_to_the_one_before_and_then_to_the_log()
    {
        var script = new ChainScript(5);
        var disk = new SimulatedDisk();
        script.Run(disk, flushEveryBlocks: 1);
        string[] states = [.. disk.List().Where(name => name.StartsWith("state-", StringComparison.Ordinal))];
        Assert.Equal(2, states.Length);
        byte[] newest = disk.Read(states[1]);
        newest[newest.Length / 2] ^= 1;
        disk.Replace(states[1], newest);
        using (ChainStore chain = script.Open(disk, 1, out _))
        {
            Assert.Contains("is not usable", chain.Notes[0], StringComparison.Ordinal);
            Assert.NotNull(chain.RestoredAt);
        }

        script.CheckRestart(disk, "newest checkpoint damaged", mayLoseUnflushed: false);
        disk.Delete("point-" + states[0]["state-".Length..]);
        script.CheckRestart(disk, "both checkpoints damaged", mayLoseUnflushed: false);
    }

    [Fact]
    public void A_lost_log_or_damaged_manifest_stops_with_a_message()
    {
        var script = new ChainScript(5);
        var disk = new SimulatedDisk();
        script.Run(disk, flushEveryBlocks: 1);
        byte[] log = disk.Read("blocks.log");
        disk.Delete("blocks.log");
        var e = Assert.Throws<StorageException>(() => script.Open(disk, 1, out _));
        Assert.Contains("the log was cut or replaced", e.Message, StringComparison.Ordinal);
        disk.Replace("blocks.log", log);
        byte[] manifest = disk.Read("checkpoints");
        for (int i = 0; i < manifest.Length; i++)
        {
            byte[] damaged = [.. manifest];
            damaged[i] ^= 4;
            disk.Replace("checkpoints", damaged);
            e = Assert.Throws<StorageException>(() => script.Open(disk, 1, out _));
            Assert.Contains("checkpoints: line", e.Message, StringComparison.Ordinal);
        }

        disk.Replace("checkpoints", manifest);
        script.CheckRestart(disk, "all mended", mayLoseUnflushed: false);
    }

    [Fact]
    public void A_real_folder_restarts_where_it_stood()
    {
        string folder = Directory.CreateTempSubdirectory("tactus-chain").FullName;
        try
        {
            var script = new ChainScript(6);
            script.Run(new FileDisk(folder), flushEveryBlocks: 1);
            script.CheckRestart(new FileDisk(folder), "real folder", mayLoseUnflushed: false);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_stalled_finality_stops_before_the_block_that_could_not_be_taken_back()
    {
        var disk = new SimulatedDisk();
        using var store = new MemoryStateStore();
        using var view = new BlockView(store);
        using ChainStore chain = ChainStore.Open(disk, new MemoryCheckpoints(store, disk), undoBlocksMax: 10);
        chain.CommitGenesis(new ChainPoint(0, default), view);
        for (ulong n = 1; n <= 10; n++)
        {
            Commit(n);
        }

        Hash256 hash = chain.State.ComputeStateHash();
        var e = Assert.Throws<InvalidOperationException>(() => Commit(11));
        Assert.Contains("10 blocks wait for finality", e.Message, StringComparison.Ordinal);
        Assert.Equal((hash, 10UL), (chain.State.ComputeStateHash(), chain.Log.Head));
        chain.SetIrreversible(1);
        view.Reset();
        Commit(11);
        Assert.Throws<ArgumentOutOfRangeException>(() => chain.Unwind(0));
        chain.Unwind(1);
        Assert.Equal(1, chain.State.CellCount);

        void Commit(ulong n)
        {
            view.Put(StateKey.Of(1, n), StateCell.Of(n));
            chain.Commit(new ChainPoint(n, new Hash256([(byte)n])), [1, 2, 3], view);
        }
    }
}
