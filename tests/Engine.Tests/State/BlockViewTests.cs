using Tactus.Engine.State;

namespace Tactus.Engine.Tests.State;

public sealed class BlockViewTests
{
    private const int Keys = 400;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Random_blocks_with_nested_rollbacks_equal_the_model(int seed)
    {
        var random = new Random(seed);
        using var store = new MemoryStateStore();
        using var view = new BlockView(store);
        var model = new StateModel();
        var writes = new BlockWrites();
        var before = new BlockWrites();
        for (int block = 0; block < 60; block++)
        {
            model = RunBlock(random, view, model);
            view.Collect(writes, before);
            store.Commit(writes);
            view.Reset();
            model.CompareAll(store, Keys);
        }
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public void Before_images_take_every_block_back_exactly(int seed)
    {
        var random = new Random(seed);
        using var store = new MemoryStateStore();
        IStateStore state = store;
        using var view = new BlockView(store);
        var model = new StateModel();
        var undo = new Stack<(BlockWrites Before, StateModel Model, Primitives.Hash256 Hash)>();
        for (int block = 0; block < 40; block++)
        {
            StateModel was = model.Clone();
            Primitives.Hash256 hash = state.ComputeStateHash();
            model = RunBlock(random, view, model);
            var writes = new BlockWrites();
            var before = new BlockWrites();
            view.Collect(writes, before);
            store.Commit(writes);
            view.Reset();
            undo.Push((before, was, hash));
        }

        while (undo.TryPop(out var last))
        {
            store.Commit(last.Before);
            Assert.Equal(last.Hash, state.ComputeStateHash());
            last.Model.CompareAll(store, Keys);
        }

        Assert.Equal(0, store.CellCount);
        Assert.Equal(0, store.BlobCount);
    }

    [Fact]
    public void A_block_that_ends_as_it_began_writes_nothing()
    {
        using var store = new MemoryStateStore();
        var key = StateKey.Of(1, 2);
        var cell = StateCell.Of(7L);
        using var view = new BlockView(store);
        var writes = new BlockWrites();
        var before = new BlockWrites();
        view.Put(key, cell);
        view.PutBlob(key, [1, 2]);
        view.Collect(writes, before);
        store.Commit(writes);
        view.Reset();

        view.Put(key, StateCell.Of(8L));
        view.Put(key, cell);
        view.RemoveBlob(key);
        view.PutBlob(key, [1, 2]);
        view.Put(StateKey.Of(1, 3), cell);
        view.Remove(StateKey.Of(1, 3));
        view.Remove(StateKey.Of(1, 4));
        view.Collect(writes, before);

        Assert.Equal(0, writes.CellCount + writes.BlobCount + before.CellCount + before.BlobCount);
    }

    [Fact]
    public void Each_key_is_read_from_the_store_once_per_block()
    {
        using var store = new CountingStore(new MemoryStateStore());
        using var view = new BlockView(store);
        var keys = new StateKey[600];
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = StateKey.Of(1, (ulong)(i / 2));
        }

        view.Load(keys);
        Assert.InRange(store.Reads, 300, 600);
        long reads = store.Reads;
        foreach (StateKey key in keys)
        {
            view.TryGet(key, out _);
            view.Put(key, default);
            view.TryGet(key, out _);
        }

        Assert.Equal(reads, store.Reads);
        view.Reset();
        view.TryGet(keys[0], out _);
        Assert.Equal(reads + 1, store.Reads);
    }

    [Fact]
    public void A_blob_over_the_limit_and_a_void_mark_are_refused()
    {
        using var store = new MemoryStateStore();
        using var view = new BlockView(store);
        var e = Assert.Throws<ArgumentException>(() => view.PutBlob(StateKey.Of(1, 1), new byte[StateLimits.BlobBytesMax + 1]));
        Assert.Contains("1048577", e.Message, StringComparison.Ordinal);
        view.PutBlob(StateKey.Of(1, 1), new byte[StateLimits.BlobBytesMax]);
        Assert.Throws<ArgumentOutOfRangeException>(() => view.RollbackTo(2));
        view.Settle();
        Assert.Equal(0, view.Mark());
    }

    [Fact]
    public void Nothing_is_allocated_per_read_or_write_in_steady_state()
    {
        using var store = new MemoryStateStore(20_000);
        using var view = new BlockView(store);
        var writes = new BlockWrites();
        var before = new BlockWrites();
        long allocated = long.MaxValue; // of the round without a collection of another test's making
        byte[] blob = new byte[300];
        for (int block = 0; block < 6; block++)
        {
            long start = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 20_000; i++)
            {
                int mark = view.Mark();
                var key = StateKey.Of(1, (ulong)(i % 7_000));
                view.TryGet(key, out StateCell cell);
                StateCell.As<long>(ref cell) += (i * (block + 1)) + 1;
                view.Put(key, cell);
                if (i % 100 == 0)
                {
                    view.PutBlob(key, blob);
                    view.TryGetBlob(key, out _);
                }

                if (i % 5 == 0)
                {
                    view.RollbackTo(mark);
                }

                if (i % 64 == 0)
                {
                    view.Settle();
                }
            }

            view.Collect(writes, before);

            // Blobs are rare and the memory store keeps an array for each; here they are rolled back, so none is committed.
            store.Commit(writes);
            view.Reset();
            allocated = Math.Min(allocated, GC.GetAllocatedBytesForCurrentThread() - start);
        }

        Assert.Equal(0, allocated);
        Assert.True(writes.CellCount > 5_000);
    }

    [Fact]
    public void Views_on_disjoint_partitions_share_an_overlay_on_two_threads()
    {
        const int Records = 20_000;
        using var serial = new MemoryStateStore();
        using var parallel = new MemoryStateStore();
        using (var view = new BlockView(serial))
        {
            Fill(view, 0, StatePartitions.Count, Records);
            Commit(view.Overlay, serial);
        }

        var overlay = new BlockOverlay();
        Parallel.For(0, 2, half =>
        {
            using var view = new BlockView(parallel, overlay);
            Fill(view, half * 32, (half * 32) + 32, Records);
        });
        var writes = new BlockWrites();
        overlay.Collect(writes, new BlockWrites());
        Parallel.For(0, 2, half =>
        {
            using IStateSession session = parallel.OpenSession();
            for (int i = half * 32; i < (half * 32) + 32; i++)
            {
                session.ApplyPartition(writes, i);
            }
        });

        Assert.Equal(Records, parallel.CellCount);
        Assert.Equal(((IStateStore)serial).ComputeStateHash(), ((IStateStore)parallel).ComputeStateHash());

        static void Fill(BlockView view, int from, int to, int records)
        {
            for (int i = 0; i < records; i++)
            {
                var key = StateKey.Of(9, (ulong)i);
                int partition = StatePartitions.Of(key);
                if (partition >= from && partition < to)
                {
                    view.Put(key, StateCell.Of((long)i));
                }
            }
        }

        static void Commit(BlockOverlay overlay, IStateStore store)
        {
            var writes = new BlockWrites();
            overlay.Collect(writes, new BlockWrites());
            store.Commit(writes);
        }
    }

    private static StateModel RunBlock(Random random, BlockView view, StateModel model)
    {
        var marks = new Stack<(int Mark, StateModel Model)>();
        int steps = random.Next(400);
        for (int i = 0; i < steps; i++)
        {
            switch (random.Next(20))
            {
                case 0:
                    marks.Push((view.Mark(), model.Clone()));
                    break;
                case 1 when marks.Count > 0:
                    (int mark, model) = marks.Pop();
                    view.RollbackTo(mark);
                    break;
                case 2 when marks.Count == 0:
                    view.Settle();
                    break;
                default:
                    model.Step(random, view, Keys);
                    break;
            }
        }

        return model;
    }

    private sealed class CountingStore(MemoryStateStore inner) : IStateStore
    {
        public long Reads { get; private set; }

        public long CellCount => inner.CellCount;

        public long BlobCount => inner.BlobCount;

        public long MemoryBytes => inner.MemoryBytes;

        public IStateSession OpenSession() => new Session(this, inner.OpenSession());

        public void Commit(BlockWrites writes) => inner.Commit(writes);

        public void Scan(StateHasher hasher) => inner.Scan(hasher);

        public void Dispose() => inner.Dispose();

        private sealed class Session(CountingStore store, IStateSession session) : IStateSession
        {
            public bool TryRead(in StateKey key, out StateCell cell)
            {
                store.Reads++;
                return session.TryRead(key, out cell);
            }

            public void ReadMany(ReadOnlySpan<StateKey> keys, Span<StateCell> cells, Span<bool> present)
            {
                store.Reads += keys.Length;
                session.ReadMany(keys, cells, present);
            }

            public bool TryReadBlob(in StateKey key, ref byte[] buffer, out int length) =>
                session.TryReadBlob(key, ref buffer, out length);

            public void ApplyPartition(BlockWrites writes, int partition) => session.ApplyPartition(writes, partition);

            public void Dispose() => session.Dispose();
        }
    }
}
