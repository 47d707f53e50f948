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
        const int Commits = 4_000;
        const int Hot = 64;
        using FasterStateStore store = Open(0);
        var writes = new BlockWrites();
        Write(store, writes, Hot, 0);
        bool done = false;
        var writer = new Thread(() =>
        {
            for (int commit = 1; commit <= Commits; commit++)
            {
                Write(store, writes, Hot, (byte)commit);
            }

            Volatile.Write(ref done, true);
        });
        writer.Start();
        using IStateSession session = store.OpenSession();
        var keys = new StateKey[Hot];
        for (int i = 0; i < Hot; i++)
        {
            keys[i] = KeyOf(i);
        }

        var present = new bool[Hot];
        var cells = new StateCell[Hot];
        while (!Volatile.Read(ref done))
        {
            session.ReadMany(keys, cells, present);
            for (int i = 0; i < Hot; i++)
            {
                Assert.True(present[i]);
                Span<byte> bytes = StateCell.BytesOf(ref cells[i]);
                Assert.False(bytes.ContainsAnyExcept(bytes[0]), $"key {i}: {Convert.ToHexString(bytes)}");
            }
        }

        writer.Join();
    }

    private static StateKey KeyOf(int i) => StateKey.Of(1, (ulong)i);

    private static void Write(FasterStateStore store, BlockWrites writes, int keys, byte value)
    {
        writes.Clear();
        StateCell cell = default;
        StateCell.BytesOf(ref cell).Fill(value);
        for (int i = 0; i < keys; i++)
        {
            writes.Add(KeyOf(i), cell, present: true, wasPresent: value != 0);
        }

        store.Commit(writes);
    }

    private FasterStateStore Open(long memoryBytes) =>
        new(new FasterStateOptions { Folder = _folder, CellsExpected = 4_000, CellMemoryBytes = memoryBytes });
}
