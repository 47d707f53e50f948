using Tactus.Engine.State;
using Tactus.Engine.State.Faster;

namespace Tactus.Engine.Tests.State;

/// <summary>Goal: records that are read without FASTER's locks are those that FASTER finds, whole.</summary>
public sealed class FasterReadManyTests : IDisposable
{
    private const int Keys = 3_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("tactus-faster").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(0)]
    [InlineData(1 << 17)] // 2,048 records of memory: older ones lie in the log's file
    public void A_batch_reads_what_single_reads_do(long memoryBytes)
    {
        using FasterStateStore store = Open(memoryBytes);
        using IStateSession session = store.OpenSession();
        var random = new Random(20261128);
        var keys = new StateKey[Keys];
        for (int i = 0; i < Keys; i++)
        {
            keys[i] = KeyOf(i);
        }

        var present = new bool[Keys];
        var cells = new StateCell[Keys];
        var writes = new BlockWrites();
        var model = new bool[Keys];
        for (int block = 0; block < 20; block++)
        {
            writes.Clear();
            for (int i = 0; i < Keys; i++)
            {
                // Some keys never exist, some come and go.
                if (i % 7 != 0 && random.Next(4) == 0)
                {
                    bool stays = random.Next(3) != 0;
                    writes.Add(keys[i], StateCell.Of((long)random.Next()), stays, model[i]);
                    model[i] = stays;
                }
            }

            store.Commit(writes);
            session.ReadMany(keys, cells, present);
            for (int i = 0; i < Keys; i++)
            {
                Assert.Equal(model[i], present[i]);
                Assert.Equal(model[i], session.TryRead(keys[i], out StateCell single));
                Assert.Equal(single, cells[i]);
            }
        }

        Assert.Equal(memoryBytes > 0, store.Cells.Log.HeadAddress > store.Cells.Log.BeginAddress);
    }

    [Fact]
    public void No_cell_is_torn_by_a_commit_beside()
    {
        // One record is written all the time, so that reads fall into writes often.
        const int Writes = 400_000;
        const int Copies = 64;
        StateKey key = KeyOf(0);
        int partition = StatePartitions.Of(key);
        using FasterStateStore store = Open(0);
        Write(store, new BlockWrites(), key, 0);
        bool done = false;
        var writer = new Thread(() =>
        {
            var even = new BlockWrites();
            var odd = new BlockWrites();
            Add(even, key, 0);
            Add(odd, key, 0xff);
            for (int i = 0; i < Writes; i++)
            {
                store.CommitSession.ApplyPartition(i % 2 == 0 ? odd : even, partition);
            }

            Volatile.Write(ref done, true);
        });
        writer.Start();
        using IStateSession session = store.OpenSession();
        var keys = new StateKey[Copies];
        Array.Fill(keys, key);
        var present = new bool[Copies];
        var cells = new StateCell[Copies];
        string? torn = null;
        while (!Volatile.Read(ref done))
        {
            session.ReadMany(keys, cells, present);
            for (int i = 0; i < Copies; i++)
            {
                Span<byte> bytes = StateCell.BytesOf(ref cells[i]);
                torn ??= !present[i] || bytes.ContainsAnyExcept(bytes[0]) ? Convert.ToHexString(bytes) : null;
            }
        }

        writer.Join();
        Assert.Null(torn);
    }

    private static StateKey KeyOf(int i) => StateKey.Of(1, (ulong)i);

    private static void Write(FasterStateStore store, BlockWrites writes, StateKey key, byte value)
    {
        Add(writes, key, value);
        store.Commit(writes);
    }

    private static void Add(BlockWrites writes, StateKey key, byte value)
    {
        StateCell cell = default;
        StateCell.BytesOf(ref cell).Fill(value);
        writes.Add(key, cell, present: true, wasPresent: true);
    }

    private FasterStateStore Open(long memoryBytes) =>
        new(new FasterStateOptions { Folder = _folder, CellsExpected = 4_000, CellMemoryBytes = memoryBytes });
}
