using ILGPU;
using ILGPU.Runtime;
using Tactus.Kernels.Gpu.Device;

namespace Tactus.Kernels.Gpu.Launch;

/// <summary>The device memory that a lane's equations need, and the order of their launches.</summary>
internal sealed class IlgpuBatch : IDisposable
{
    private readonly BatchLaunches _launches;
    private readonly int _itemsMax;
    private readonly List<MemoryBuffer1D<uint, Stride1D.Dense>> _owned = [];
    private readonly BatchMemory _memory;
    private readonly ViewWords _sums, _others;

    /// <param name="accelerator">Where the memory is taken.</param>
    /// <param name="launches">Compiled for it.</param>
    /// <param name="itemsMax">Items of an equation at most, and the stride of what lies word by word over
    /// items.</param>
    /// <param name="secret">The lane's.</param>
    /// <param name="results">The lane's.</param>
    public IlgpuBatch(Accelerator accelerator, BatchLaunches launches, int itemsMax, ViewWords secret,
        ViewWords results)
    {
        _launches = launches;
        _itemsMax = itemsMax;
        var shape = BatchShape.For(itemsMax);
        long sumWords = (long)BatchShape.PointWords * shape.Windows * shape.Runs;
        try
        {
            _memory = new BatchMemory
            {
                Secret = secret,
                Results = results,
                Points = Take(accelerator, 16L * BatchShape.PointsPerItem * itemsMax),
                Counts = Take(accelerator, shape.AllBuckets),
                Lists = Take(accelerator, shape.ListWords),
                Partials = Take(accelerator, (long)BatchShape.PointWords * shape.Threads),
            };
            _sums = Take(accelerator, sumWords);
            _others = Take(accelerator, sumWords);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Queues all launches after the inversion of s.</summary>
    public void Queue(AcceleratorStream stream, EcdsaMemory memory, int count, uint nonce)
    {
        var shape = BatchShape.For(count);
        _launches.Clear(stream, shape.AllBuckets, _memory.Counts);
        _launches.Prepare(stream, count, memory, _memory, nonce, shape, _itemsMax);
        _launches.SumScalars(stream, BatchShape.ScalarSums, count, memory.Inverses, _itemsMax, _memory.Results);
        _launches.Accumulate(stream, shape.Threads, _memory, shape);
        _launches.WeighRun(stream, shape.Windows * shape.Runs, shape, _memory.Partials, _sums);
        ViewWords from = _sums, to = _others;
        for (int each = shape.Runs, left = 0; left != 1; each = left, (from, to) = (to, from))
        {
            left = BatchShape.RunsLeft(each);
            _launches.SumRuns(
                stream, shape.Windows * left, shape.Windows, each, from, left == 1 ? _memory.Results : to);
        }
    }

    public void Dispose()
    {
        foreach (MemoryBuffer1D<uint, Stride1D.Dense> buffer in _owned)
        {
            buffer.Dispose();
        }
    }

    private ViewWords Take(Accelerator accelerator, long words)
    {
        MemoryBuffer1D<uint, Stride1D.Dense> buffer = accelerator.Allocate1D<uint>(words);
        _owned.Add(buffer);
        return IlgpuLane.WordsOf(buffer);
    }
}
