using System.Diagnostics;
using Tactus.Engine.State;
using Tactus.Engine.State.Faster;

namespace Tactus.Bench;

/// <summary>State stores by hand: reads, block commits of many records, memory per record, checkpoints; FASTER beside
/// the in-memory store, on one and two threads. <c>bench -- state [records] [writes per block] [blocks]</c></summary>
internal static class StateRunner
{
    private const int ReadBatch = 256;

    public static int Run(ReadOnlySpan<string> args)
    {
        long records = args.Length > 0 ? long.Parse(args[0]) : 4_000_000;
        int writes = args.Length > 1 ? int.Parse(args[1]) : 200_000;
        int blocks = args.Length > 2 ? int.Parse(args[2]) : 10;
        Console.WriteLine($"{records:N0} records, {writes:N0} writes per block, median of {blocks} blocks");
        using (var memory = new MemoryStateStore(records))
        {
            Measure("memory", memory, records, writes, blocks);
        }

        string folder = Directory.CreateTempSubdirectory("tactus-bench").FullName;
        try
        {
            using var faster = new FasterStateStore(new FasterStateOptions { Folder = folder, CellsExpected = records });
            Measure("faster", faster, records, writes, blocks);
            MeasureCheckpoint(faster, records, writes);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        return 0;
    }

    private static void Measure(string name, IStateStore store, long records, int writes, int blocks)
    {
        using var view = new BlockView(store);
        var set = new BlockWrites();
        var before = new BlockWrites();
        long start = Stopwatch.GetTimestamp();
        for (long at = 0; at < records;)
        {
            for (int i = 0; i < 500_000 && at < records; i++)
            {
                view.Put(Key(at++), default);
                view.Settle();
            }

            view.Collect(set, before);
            store.Commit(set);
            view.Reset();
        }

        Report(name, "fill, per record", start, records);
        Console.WriteLine(
            $"{name,-8} memory per record          {(double)store.MemoryBytes / records,10:F1} bytes, "
            + $"{store.MemoryBytes / 1048576.0:F0} MiB");
        var random = new Random(1);
        var keys = new StateKey[writes];
        double[] read = new double[blocks], work = new double[blocks], collect = new double[blocks];
        double[] commit1 = new double[blocks], commit2 = new double[blocks], read2 = new double[blocks];
        long allocated = 0;
        for (int block = 0; block < blocks; block++)
        {
            for (int i = 0; i < writes; i++)
            {
                keys[i] = Key(random.NextInt64(records));
            }

            long allocatedBefore = GC.GetAllocatedBytesForCurrentThread();
            long t = Stopwatch.GetTimestamp();
            view.Load(keys);
            read[block] = Lap(ref t, writes);
            for (int i = 0; i < writes; i++)
            {
                view.TryGet(keys[i], out StateCell cell);
                StateCell.As<long>(ref cell)++;
                view.Put(keys[i], cell);
                view.Settle();
            }

            work[block] = Lap(ref t, writes);
            view.Collect(set, before);
            collect[block] = Lap(ref t, writes);
            store.Commit(set);
            commit1[block] = Lap(ref t, writes);
            allocated = GC.GetAllocatedBytesForCurrentThread() - allocatedBefore;
            t = Stopwatch.GetTimestamp();
            OnTwoThreads(store, (session, half) => ReadHalf(session, keys, half));
            read2[block] = Lap(ref t, writes);
            OnTwoThreads(store, (session, half) => ApplyHalf(session, set, half));
            commit2[block] = Lap(ref t, writes);
            view.Reset();
        }

        Print(name, "read into the view, 1 thread", read);
        Print(name, "read, 2 threads", read2);
        Print(name, "view get + put, 1 thread", work);
        Print(name, "collect writes and undo", collect);
        Print(name, "commit, 1 thread", commit1);
        Print(name, "commit, 2 threads", commit2);
        Console.WriteLine($"{name,-8} allocated in the last block {allocated,10:N0} bytes");
    }

    private static void MeasureCheckpoint(FasterStateStore store, long records, int writes)
    {
        var checkpoints = new FasterCheckpoints(store);
        using var view = new BlockView(store);
        var set = new BlockWrites();
        for (int round = 0; round < 2; round++)
        {
            long t = Stopwatch.GetTimestamp();
            IStateSave save = checkpoints.Begin("c" + round);
            double began = Stopwatch.GetElapsedTime(t).TotalMilliseconds;
            int blocks = 0;
            double worst = 0;
            while (!save.IsComplete)
            {
                for (int i = 0; i < writes; i++)
                {
                    view.Put(Key((((long)i * 7919) + blocks) % records), StateCell.Of((long)blocks));
                    view.Settle();
                }

                view.Collect(set, new BlockWrites());
                long c = Stopwatch.GetTimestamp();
                store.Commit(set);
                worst = Math.Max(worst, Stopwatch.GetElapsedTime(c).TotalMilliseconds);
                view.Reset();
                blocks++;
            }

            save.Finish();
            Console.WriteLine(
                $"faster   checkpoint: block path stopped {began:F1} ms, "
                + $"done after {Stopwatch.GetElapsedTime(t).TotalMilliseconds:F0} ms, "
                + $"{blocks} blocks committed meanwhile, worst commit {worst:F1} ms; "
                + $"memory {store.MemoryBytes / 1048576.0:F0} MiB");
        }

        long r = Stopwatch.GetTimestamp();
        checkpoints.Restore("c1");
        Console.WriteLine($"faster   restore {Stopwatch.GetElapsedTime(r).TotalMilliseconds:F0} ms");
    }

    private static void OnTwoThreads(IStateStore store, Action<IStateSession, int> run)
    {
        var other = new Thread(() =>
        {
            using IStateSession session = store.OpenSession();
            run(session, 1);
        });
        other.Start();
        using (IStateSession session = store.OpenSession())
        {
            run(session, 0);
        }

        other.Join();
    }

    private static void ReadHalf(IStateSession session, StateKey[] keys, int half)
    {
        var cells = new StateCell[ReadBatch];
        bool[] present = new bool[ReadBatch];
        int from = half * keys.Length / 2;
        int to = (half + 1) * keys.Length / 2;
        for (int i = from; i < to; i += ReadBatch)
        {
            session.ReadMany(keys.AsSpan(i, Math.Min(ReadBatch, to - i)), cells, present);
        }
    }

    private static void ApplyHalf(IStateSession session, BlockWrites writes, int half)
    {
        int partitions = StatePartitions.Count / 2;
        for (int i = half * partitions; i < (half + 1) * partitions; i++)
        {
            session.ApplyPartition(writes, i);
        }
    }

    private static StateKey Key(long index) => StateKey.Of(1, (ulong)index * 0x9E3779B97F4A7C15, 4);

    private static double Lap(ref long start, long items)
    {
        long now = Stopwatch.GetTimestamp();
        double ns = Stopwatch.GetElapsedTime(start, now).TotalNanoseconds / items;
        start = now;
        return ns;
    }

    private static void Report(string name, string what, long start, long items) =>
        Console.WriteLine($"{name,-8} {what,-29} {Stopwatch.GetElapsedTime(start).TotalNanoseconds / items,8:F1} ns");

    private static void Print(string name, string what, double[] nsPerItem)
    {
        Array.Sort(nsPerItem);
        double median = nsPerItem[nsPerItem.Length / 2];
        Console.WriteLine(
            $"{name,-8} {what,-29} {median,8:F1} ns   {1e3 / median,8:F2} M/s   (best {nsPerItem[0]:F1})");
    }
}
