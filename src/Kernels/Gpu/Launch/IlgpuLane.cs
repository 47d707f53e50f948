using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.Runtime;
using Tactus.Kernels.Gpu.Device;

namespace Tactus.Kernels.Gpu.Launch;

/// <summary>A stream of the device with memory on both sides; the host's is page-locked where the device can, so copies
/// overlap.</summary>
internal sealed class IlgpuLane : IGpuTimedLane
{
    private readonly Accelerator _accelerator;
    private readonly AcceleratorStream _stream;
    private readonly LanePrograms _programs;
    private readonly Func<BatchLaunches> _batchLaunches;
    private readonly int _combBits;
    private readonly Shared _secret, _results;
    private readonly Shared _digests, _signatures, _ids, _keys, _answers, _ranges, _hashed, _data;
    private readonly MemoryBuffer1D<uint, Stride1D.Dense> _inverses, _points, _tables, _other;
    private readonly EcdsaMemory _memory;
    private IlgpuBatch? _batch;
    private readonly List<IDisposable> _owned = [];

    public IlgpuLane(
        Accelerator accelerator,
        LanePrograms programs,
        Func<BatchLaunches> batchLaunches,
        MemoryBuffer1D<uint, Stride1D.Dense> comb,
        int itemsMax,
        int dataBytes,
        int combBits)
    {
        // CUDA keeps the device of a thread: each call may come from another one.
        accelerator.Bind();
        _accelerator = accelerator;
        _programs = programs;
        _batchLaunches = batchLaunches;
        _combBits = combBits;
        ItemsMax = itemsMax;
        DataBytes = dataBytes;
        try
        {
            _stream = Own(accelerator.CreateStream());
            _digests = Own(new Shared(accelerator, 8 * itemsMax));
            _signatures = Own(new Shared(accelerator, 16 * itemsMax));
            _ids = Own(new Shared(accelerator, (itemsMax + 3) / 4));
            _keys = Own(new Shared(accelerator, 16 * itemsMax));
            _answers = Own(new Shared(accelerator, itemsMax));
            _ranges = Own(new Shared(accelerator, 2 * itemsMax));
            _hashed = Own(new Shared(accelerator, 8 * itemsMax));
            _data = Own(new Shared(accelerator, dataBytes / 4));
            _secret = Own(new Shared(accelerator, 8));
            _results = Own(new Shared(accelerator, BatchShape.ResultWords));
            _other = Own(accelerator.Allocate1D<uint>(dataBytes / 8));
            _inverses = Own(accelerator.Allocate1D<uint>(8L * itemsMax));
            _points = Own(accelerator.Allocate1D<uint>(24L * itemsMax));
            _tables = Own(accelerator.Allocate1D<uint>((long)DoubleScalar<PortableProducts>.TableWords * itemsMax));
        }
        catch
        {
            Dispose();
            throw;
        }

        _memory = new EcdsaMemory
        {
            Digests = _digests.Words,
            Signatures = _signatures.Words,
            RecoveryIds = _ids.Words,
            Keys = _keys.Words,
            Answers = _answers.Words,
            Inverses = WordsOf(_inverses),
            Points = WordsOf(_points),
            Tables = WordsOf(_tables),
            Comb = WordsOf(comb),
        };
    }

    public int ItemsMax { get; }

    public int DataBytes { get; }

    public Span<byte> Digests => _digests.Bytes;

    public Span<byte> Signatures => _signatures.Bytes;

    public Span<byte> RecoveryIds => _ids.Bytes;

    public Span<byte> Keys => _keys.Bytes;

    public Span<uint> Answers => _answers.Host;

    public Span<byte> Data => _data.Bytes;

    public Span<uint> Ranges => _ranges.Host;

    public Span<byte> HashedDigests => _hashed.Bytes;

    public Span<byte> BatchSecret => _secret.Bytes;

    public Span<uint> BatchSums => _results.Host;

    public void Verify(int count, uint nonce)
    {
        _accelerator.Bind();
        CopyIn(GpuProgram.Verify, count);
        Queue(GpuProgram.Verify, count, nonce);
        _answers.FromDevice(_stream, count);
        _stream.Synchronize();
    }

    public void Recover(int count, uint nonce)
    {
        _accelerator.Bind();
        CopyIn(GpuProgram.Recover, count);
        Queue(GpuProgram.Recover, count, nonce);
        _answers.FromDevice(_stream, count);
        _keys.FromDevice(_stream, 16 * count);
        _stream.Synchronize();
    }

    public void SumBatch(int count, uint nonce)
    {
        _accelerator.Bind();
        CopyIn(GpuProgram.Batch, count);
        Queue(GpuProgram.Batch, count, nonce);
        _answers.FromDevice(_stream, count);
        _results.FromDevice(_stream, BatchShape.ResultWords);
        _stream.Synchronize();
    }

    public void HashMessages(int count, int dataBytes)
    {
        _accelerator.Bind();
        _ranges.ToDevice(_stream, 2 * count);
        _data.ToDevice(_stream, (dataBytes + 3) / 4);
        _programs.Message(_stream, count, _data.Words, _ranges.Words, _hashed.Words);
        _hashed.FromDevice(_stream, 8 * count);
        _stream.Synchronize();
    }

    public void ReduceTree(int nodes, int levels, bool childBits)
    {
        _accelerator.Bind();
        _data.ToDevice(_stream, 8 * nodes);
        QueueTree(nodes, levels, childBits);
        _data.FromDevice(_stream, 8 * (nodes >> levels));
        _stream.Synchronize();
    }

    public void CopyIn(GpuProgram program, int count)
    {
        _accelerator.Bind();
        _digests.ToDevice(_stream, 8 * count);
        _signatures.ToDevice(_stream, 16 * count);
        if (program != GpuProgram.Recover)
        {
            _keys.ToDevice(_stream, 16 * count);
        }

        if (program != GpuProgram.Verify)
        {
            _ids.ToDevice(_stream, (count + 3) / 4);
        }

        if (program == GpuProgram.Batch)
        {
            _secret.ToDevice(_stream, 8);
        }
    }

    public void Launch(GpuProgram program, int count)
    {
        _accelerator.Bind();
        Queue(program, count, 0);
        _stream.Synchronize();
    }

    public void LaunchTree(int nodes, int levels)
    {
        _accelerator.Bind();
        QueueTree(nodes, levels, childBits: false);
        _stream.Synchronize();
    }

    public void Dispose()
    {
        for (int i = _owned.Count - 1; i >= 0; i--)
        {
            _owned[i].Dispose();
        }
    }

    private void Queue(GpuProgram program, int count, uint nonce)
    {
        int groups = EcdsaSteps<PortableProducts, ViewWords>.Groups(count);
        switch (program)
        {
            case GpuProgram.Verify:
                _programs.Invert(_stream, groups, _memory, count, 1, ItemsMax);
                _programs.Verify(_stream, count, _memory, nonce, ItemsMax, _combBits);
                break;
            case GpuProgram.Recover:
                _programs.Invert(_stream, groups, _memory, count, 0, ItemsMax);
                _programs.Recover(_stream, count, _memory, ItemsMax, _combBits);
                _programs.ToAffine(_stream, groups, _memory, count, nonce, ItemsMax);
                break;
            default:
                _programs.Invert(_stream, groups, _memory, count, 1, ItemsMax);
                _batch ??= Own(new IlgpuBatch(_accelerator, _batchLaunches(), ItemsMax, _secret.Words, _results.Words));
                _batch.Queue(_stream, _memory, count, nonce);
                break;
        }
    }

    // Level after level between two buffers; the last one ends in the data's.
    private void QueueTree(int nodes, int levels, bool childBits)
    {
        ViewWords data = _data.Words, other = WordsOf(_other);
        for (int level = 0; level < levels; level++)
        {
            nodes /= 2;
            _programs.Pair(
                _stream, nodes, childBits ? 1 : 0, level % 2 == 0 ? data : other, level % 2 == 0 ? other : data);
        }

        if (levels % 2 != 0)
        {
            _data.Device.View.AsContiguous().SubView(0, 8L * nodes)
                .CopyFrom(_stream, _other.View.AsContiguous().SubView(0, 8L * nodes));
        }
    }

    private T Own<T>(T resource)
        where T : IDisposable
    {
        _owned.Add(resource);
        return resource;
    }

    internal static ViewWords WordsOf(MemoryBuffer1D<uint, Stride1D.Dense> buffer) => new(buffer.View.AsContiguous());

    /// <summary>Words on both sides.</summary>
    private sealed class Shared : IDisposable
    {
        private readonly PageLockedArray1D<uint> _host;

        public Shared(Accelerator accelerator, int words)
        {
            Device = accelerator.Allocate1D<uint>(words);
            try
            {
                _host = accelerator.AllocatePageLocked1D<uint>(words);
            }
            catch
            {
                Device.Dispose();
                throw;
            }
        }

        public MemoryBuffer1D<uint, Stride1D.Dense> Device { get; }

        public Span<uint> Host => _host.Span;

        public Span<byte> Bytes => MemoryMarshal.AsBytes(_host.Span);

        public ViewWords Words => WordsOf(Device);

        public void ToDevice(AcceleratorStream stream, int words) =>
            Device.View.AsContiguous().SubView(0, words).CopyFromCPUUnsafeAsync(stream, ref _host[0], words);

        public void FromDevice(AcceleratorStream stream, int words) =>
            Device.View.AsContiguous().SubView(0, words).CopyToCPUUnsafeAsync(stream, ref _host[0], words);

        public void Dispose()
        {
            _host.Dispose();
            Device.Dispose();
        }
    }
}
