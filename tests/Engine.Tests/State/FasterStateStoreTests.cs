using Tactus.Engine.Primitives;
using Tactus.Engine.State;
using Tactus.Engine.State.Faster;
using Tactus.Engine.Storage;

namespace Tactus.Engine.Tests.State;

public sealed class FasterStateStoreTests : IDisposable
{
    private const int Keys = 3_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("tactus-faster").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(3, 1 << 17)] // 2,048 records of memory: older ones are read back from the log's file
    public void Random_blocks_give_the_state_of_the_memory_store(int seed, long memoryBytes)
    {
        using var faster = new FasterStateStore(Options(memoryBytes));
        using var memory = new MemoryStateStore();
        using var fasterView = new BlockView(faster);
        using var memoryView = new BlockView(memory);
        var undo = new Stack<(BlockWrites Faster, BlockWrites Memory, Hash256 Hash)>();
        var model = new StateModel();
        for (int block = 0; block < 30; block++)
        {
            Hash256 before = ((IStateStore)memory).ComputeStateHash();
            Assert.Equal(before, ((IStateStore)faster).ComputeStateHash());
            var fasterModel = model.Clone();
            RunBlock((seed * 1_000) + block, fasterView, fasterModel);
            RunBlock((seed * 1_000) + block, memoryView, model);
            undo.Push((Commit(faster, fasterView), Commit(memory, memoryView), before));
            Assert.Equal((memory.CellCount, memory.BlobCount), (faster.CellCount, faster.BlobCount));
        }

        model.CompareAll(faster, Keys);
        if (memoryBytes > 0)
        {
            Assert.True(faster.Cells.Log.HeadAddress > faster.Cells.Log.BeginAddress, "nothing spilled");
        }

        while (undo.TryPop(out var last))
        {
            faster.Commit(last.Faster);
            memory.Commit(last.Memory);
            Assert.Equal(last.Hash, ((IStateStore)faster).ComputeStateHash());
            Assert.Equal(memory.CellCount, faster.CellCount);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1 << 17)]
    public void A_checkpoint_holds_the_state_as_it_stood_though_commits_went_on(long memoryBytes)
    {
        var hashes = new List<Hash256>();
        using (var store = new FasterStateStore(Options(memoryBytes)))
        {
            var checkpoints = new FasterCheckpoints(store);
            using var view = new BlockView(store);
            var model = new StateModel();
            for (int round = 0; round < 4; round++)
            {
                RunBlock(round, view, model);
                Commit(store, view);
                hashes.Add(((IStateStore)store).ComputeStateHash());
                IStateSave save = checkpoints.Begin("c" + round);
                for (int block = 0; block < 5; block++)
                {
                    RunBlock((round * 10) + block + 100, view, model);
                    Commit(store, view);
                }

                save.Finish();
            }

            Assert.Equal(["c0", "c1", "c2", "c3"], checkpoints.List());
            checkpoints.Delete("c0");
            Assert.Equal(["c1", "c2", "c3"], checkpoints.List());
        }

        // Each from the folder as the run left it: a restored store writes on in the same log.
        for (int round = 0; round < 4; round++)
        {
            string copy = Path.Combine(_folder, "copy" + round);
            Copy(_folder, copy);
            using var store = new FasterStateStore(Options(memoryBytes) with { Folder = copy });
            var checkpoints = new FasterCheckpoints(store);
            if (round == 0)
            {
                Assert.Throws<StorageException>(() => checkpoints.Restore("c0"));
                Assert.Equal(0, store.CellCount);
                continue;
            }

            checkpoints.Restore("c" + round);
            Assert.True(hashes[round] == ((IStateStore)store).ComputeStateHash(), $"checkpoint c{round} differs");
        }

        static void Copy(string from, string to)
        {
            foreach (string path in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
            {
                string relative = Path.GetRelativePath(from, path);
                if (!relative.StartsWith("copy", StringComparison.Ordinal))
                {
                    string target = Path.Combine(to, relative);
                    Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                    File.Copy(path, target);
                }
            }
        }
    }

    [Fact]
    public void A_damaged_checkpoint_is_a_storage_error_and_leaves_an_empty_store()
    {
        using (var store = new FasterStateStore(Options(0)))
        {
            using var view = new BlockView(store);
            RunBlock(1, view, new StateModel());
            Commit(store, view);
            new FasterCheckpoints(store).Begin("a").Finish();
        }

        // One bit in each file of the checkpoint in turn: FASTER itself would load most of them without a word.
        foreach (string log in (string[])["cells", "blobs"])
        {
            foreach (string path in Directory.GetFiles(Path.Combine(_folder, log), "*", SearchOption.AllDirectories))
            {
                byte[] bytes = File.ReadAllBytes(path);
                bytes[bytes.Length / 2] ^= 8;
                File.WriteAllBytes(path, bytes);
                using (var damaged = new FasterStateStore(Options(0)))
                {
                    Assert.Throws<StorageException>(() => new FasterCheckpoints(damaged).Restore("a"));
                    Assert.Equal((0L, 0L), (damaged.CellCount, damaged.BlobCount));
                }

                bytes[bytes.Length / 2] ^= 8;
                File.WriteAllBytes(path, bytes);
            }
        }

        using var mended = new FasterStateStore(Options(0));
        new FasterCheckpoints(mended).Restore("a");
        Assert.True(mended.CellCount > 0);
    }

    [Fact]
    public void A_checkpoint_is_restored_as_often_as_a_node_fails_before_the_next_one()
    {
        Hash256 hash;
        using (var store = new FasterStateStore(Options(0)))
        {
            using var view = new BlockView(store);
            RunBlock(1, view, new StateModel());
            Commit(store, view);
            hash = ((IStateStore)store).ComputeStateHash();
            new FasterCheckpoints(store).Begin("a").Finish();
        }

        for (int start = 0; start < 3; start++)
        {
            using var store = new FasterStateStore(Options(0));
            new FasterCheckpoints(store).Restore("a");
            Assert.Equal(hash, ((IStateStore)store).ComputeStateHash());
        }
    }

    [Theory]
    [InlineData(7)]
    [InlineData(8)]
    public void A_chain_on_faster_restarts_where_it_stood_and_equals_the_chain_in_memory(int seed)
    {
        var script = new ChainScript(seed);
        script.Run(new FileDisk(Path.Combine(_folder, "memory")), flushEveryBlocks: 1);
        var same = new ChainScript(seed, script) { OpenCheckpoints = OpenFaster };
        same.Run(new FileDisk(_folder), flushEveryBlocks: 1);
        for (int i = 0; i < 2; i++)
        {
            same.CheckRestart(new FileDisk(_folder), "faster", mayLoseUnflushed: false);
        }
    }

    [Fact]
    public void Two_threads_commit_disjoint_partitions_and_read_beside_each_other()
    {
        using var faster = new FasterStateStore(Options(0));
        using var memory = new MemoryStateStore();
        var writes = new BlockWrites();
        using (var view = new BlockView(faster))
        {
            for (int i = 0; i < 20_000; i++)
            {
                view.Put(StateKey.Of(4, (ulong)i), StateCell.Of((long)i));
            }

            view.Collect(writes, new BlockWrites());
        }

        memory.Commit(writes);
        Parallel.For(0, 2, half =>
        {
            using IStateSession session = faster.OpenSession();
            for (int i = half * 32; i < (half * 32) + 32; i++)
            {
                session.ApplyPartition(writes, i);
                foreach (CellWrite write in writes[i].Cells)
                {
                    Assert.True(session.TryRead(write.Key, out StateCell cell) && cell == write.Cell);
                }
            }
        });

        Assert.Equal(((IStateStore)memory).ComputeStateHash(), ((IStateStore)faster).ComputeStateHash());
        Assert.Equal(20_000, faster.CellCount);
    }

    [Fact]
    public void Nothing_is_allocated_per_read_or_write_in_steady_state()
    {
        using var store = new FasterStateStore(Options(0));
        using var view = new BlockView(store);
        var writes = new BlockWrites();
        var before = new BlockWrites();
        long allocated = long.MaxValue; // of the round without a collection of another test's making
        for (int block = 0; block < 5; block++)
        {
            long start = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 5_000; i++)
            {
                var key = StateKey.Of(1, (ulong)i);
                view.TryGet(key, out StateCell cell);
                StateCell.As<long>(ref cell)++;
                view.Put(key, cell);
                view.Settle();
            }

            view.Collect(writes, before);
            store.Commit(writes);
            view.Reset();
            allocated = Math.Min(allocated, GC.GetAllocatedBytesForCurrentThread() - start);
        }

        Assert.Equal(0, allocated);
    }

    private static (IStateCheckpoints, IDisposable) OpenFaster(IDisk disk)
    {
        var store = new FasterStateStore(new FasterStateOptions
        {
            Folder = Path.Combine(((FileDisk)disk).Folder, "faster"),
            CellsExpected = 1_000,
        });
        return (new FasterCheckpoints(store), store);
    }

    private static void RunBlock(int seed, BlockView view, StateModel model)
    {
        var random = new Random(seed);
        for (int i = 0; i < 600; i++)
        {
            model.Step(random, view, Keys);
        }
    }

    private static BlockWrites Commit(IStateStore store, BlockView view)
    {
        var writes = new BlockWrites();
        var before = new BlockWrites();
        view.Collect(writes, before);
        store.Commit(writes);
        view.Reset();
        return before;
    }

    private FasterStateOptions Options(long memoryBytes) =>
        new() { Folder = _folder, CellsExpected = 10_000, CellMemoryBytes = memoryBytes, BlobMemoryBytes = 1 };
}
