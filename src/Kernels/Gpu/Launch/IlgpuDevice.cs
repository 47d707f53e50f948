using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.OpenCL;
using Tactus.Kernels.Gpu.Device;

namespace Tactus.Kernels.Gpu.Launch;

/// <summary>A device that ILGPU reaches: CUDA, OpenCL, or its accelerator of .NET threads.</summary>
internal sealed class IlgpuDevice : IGpuDevice, IGpuProbe
{
    /// <summary>Threads of a group: four warps, so that many groups of them share a multiprocessor's
    /// registers.</summary>
    private const int GroupThreads = 128;

    /// <summary>Additions in each thread of a trial: about a millisecond of an H200 by the bound.</summary>
    private const int TrialRounds = 64;

    private readonly Context _context;
    private readonly Accelerator _accelerator;
    private readonly int _itemsMax, _dataBytes, _combBits;
    private readonly Lock _opening = new();
    private LanePrograms? _programs;
    private BatchLaunches? _batch;
    private MemoryBuffer1D<uint, Stride1D.Dense>? _comb;
    private ProductForm _form = ProductForm.Portable;
    private string _products = NameOf(ProductForm.Portable);

    /// <param name="context">Disposed with this.</param>
    /// <param name="device">Of the context.</param>
    /// <param name="itemsMax">Signatures in a lane's batch.</param>
    /// <param name="dataBytes">Bytes to hash in a lane's batch.</param>
    /// <param name="combBits">Bits of a digit of the generator's comb.</param>
    public IlgpuDevice(Context context, ILGPU.Runtime.Device device, int itemsMax, int dataBytes, int combBits)
    {
        _context = context;
        _itemsMax = itemsMax;
        _dataBytes = dataBytes;
        _combBits = combBits;
        try
        {
            _accelerator = device.CreateAccelerator(context);
        }
        catch
        {
            context.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public string Description =>
        $"{_accelerator.Name.Trim()} ({_accelerator.AcceleratorType}, {_products}, comb of {_combBits} bits)";

    /// <inheritdoc/>
    public int Parallelism => _accelerator.MaxNumThreads;

    /// <inheritdoc/>
    public int TimeoutMs => IsGpu ? GpuLimits.TimeoutMs : GpuLimits.StartTimeoutMs;

    private bool IsGpu => _accelerator.AcceleratorType == AcceleratorType.Cuda
        || (_accelerator.AcceleratorType == AcceleratorType.OpenCL
            && ((CLDevice)_accelerator.Device).DeviceType.HasFlag(CLDeviceType.CL_DEVICE_TYPE_GPU));

    /// <inheritdoc/>
    public IGpuLane OpenLane() => OpenTimedLane();

    /// <inheritdoc/>
    public IGpuTimedLane OpenTimedLane()
    {
        lock (_opening)
        {
            _accelerator.Bind();
            _comb ??= _accelerator.Allocate1D(GeneratorComb.Make(_combBits));
            _programs ??= Compile();
            return new IlgpuLane(_accelerator, _programs, BatchLaunches, _comb, _itemsMax, _dataBytes, _combBits);
        }
    }

    // Compiled when a lane first needs it: few callers do, and a start should not wait for it.
    private BatchLaunches BatchLaunches()
    {
        lock (_opening)
        {
            return _batch ??= _form switch
            {
                ProductForm.Ptx => CompileBatchFor<PtxProducts>(),
                ProductForm.PtxCalls => CompileBatchFor<PtxCalls>(),
                _ => CompileBatchFor<PortableProducts>(),
            };
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _comb?.Dispose();
        _accelerator.Dispose();
        _context.Dispose();
    }

    /// <inheritdoc/>
    public GpuRate Measure(GpuOperation operation, int rounds) => Measure(
        operation, rounds, operation == GpuOperation.FieldMultiplyPortable ? ProductForm.Portable : _form);

    private GpuRate Measure(GpuOperation operation, int rounds, ProductForm form)
    {
        _accelerator.Bind();
        int threads = Math.Max(_accelerator.MaxNumThreads, _accelerator.NumMultiprocessors * 2048);
        if (!IsGpu)
        {
            threads = _accelerator.MaxNumThreads;
        }

        Action<AcceleratorStream, Index1D, int, ViewWords> program = form switch
        {
            ProductForm.Ptx => RateProgram<PtxProducts>(operation),
            ProductForm.PtxCalls => RateProgram<PtxCalls>(operation),
            _ => RateProgram<PortableProducts>(operation),
        };
        using MemoryBuffer1D<uint, Stride1D.Dense> output = _accelerator.Allocate1D<uint>(threads);
        using AcceleratorStream stream = _accelerator.CreateStream();
        program(stream, threads, 1, new ViewWords(output.View.AsContiguous()));
        stream.Synchronize();
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        program(stream, threads, rounds, new ViewWords(output.View.AsContiguous()));
        stream.Synchronize();
        double seconds = System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds;
        int perRound = operation switch
        {
            < GpuOperation.FieldMultiply => RatePrograms<PortableProducts>.OperationsPerRound,
            GpuOperation.PointAdd => 1,
            _ => 2,
        };
        return new GpuRate(operation, (double)threads * rounds * perRound / seconds, seconds);
    }

    private Action<AcceleratorStream, Index1D, int, ViewWords> RateProgram<TProducts>(GpuOperation operation)
        where TProducts : struct, IFieldProducts => operation switch
        {
            GpuOperation.Multiply => Load<int, ViewWords>(RatePrograms<TProducts>.Multiply),
            GpuOperation.WideMultiply => Load<int, ViewWords>(RatePrograms<TProducts>.WideMultiply),
            GpuOperation.Add => Load<int, ViewWords>(RatePrograms<TProducts>.Add),
            GpuOperation.FieldSquare => Load<int, ViewWords>(RatePrograms<TProducts>.FieldSquare),
            GpuOperation.PointAdd => Load<int, ViewWords>(RatePrograms<TProducts>.PointAdd),
            _ => Load<int, ViewWords>(RatePrograms<TProducts>.FieldMultiply),
        };

    // PTX's products, if they are right, in line or in calls, and the portable ones: what adds points fastest here.
    private LanePrograms Compile()
    {
        if (_accelerator.AcceleratorType == AcceleratorType.Cuda)
        {
            string? wrong = CheckPtx();
            double best = Measure(GpuOperation.PointAdd, TrialRounds, ProductForm.Portable).PerSecond;
            _products = wrong is null
                ? NameOf(ProductForm.Portable)
                : $"portable products, for PTX's are wrong: {wrong}";
            foreach (ProductForm form in wrong is null ? (ProductForm[])[ProductForm.Ptx, ProductForm.PtxCalls] : [])
            {
                double rate = Measure(GpuOperation.PointAdd, TrialRounds, form).PerSecond;
                if (rate > best)
                {
                    (best, _form, _products) = (rate, form, NameOf(form));
                }
            }
        }

        return _form switch
        {
            ProductForm.Ptx => CompileFor<PtxProducts>(),
            ProductForm.PtxCalls => CompileFor<PtxCalls>(),
            _ => CompileFor<PortableProducts>(),
        };
    }

    private static string NameOf(ProductForm form) => form switch
    {
        ProductForm.Ptx => "PTX products in line",
        ProductForm.PtxCalls => "PTX products in calls",
        _ => "portable products",
    };

    private LanePrograms CompileFor<TProducts>()
        where TProducts : struct, IFieldProducts => new(
            Load<EcdsaMemory, int, int, int>(EcdsaPrograms<TProducts>.Invert),
            Load<EcdsaMemory, uint, int, int>(EcdsaPrograms<TProducts>.Verify),
            Load<EcdsaMemory, int, int>(EcdsaPrograms<TProducts>.Recover),
            Load<EcdsaMemory, int, uint, int>(EcdsaPrograms<TProducts>.ToAffine),
            Load<int, ViewWords, ViewWords>(HashPrograms.Pair),
            Load<ViewWords, ViewWords, ViewWords>(HashPrograms.Message));

    private BatchLaunches CompileBatchFor<TProducts>()
        where TProducts : struct, IFieldProducts => new(
            _accelerator.LoadImplicitlyGroupedKernel<Index1D, ViewWords>(BatchPrograms<TProducts>.Clear, Group),
            Load<EcdsaMemory, BatchMemory, uint, BatchShape, int>(BatchPrograms<TProducts>.Prepare),
            Load<int, ViewWords, int, ViewWords>(BatchPrograms<TProducts>.SumScalars),
            Load<BatchMemory, BatchShape>(BatchPrograms<TProducts>.Accumulate),
            Load<BatchShape, ViewWords, ViewWords>(BatchPrograms<TProducts>.WeighRun),
            Load<int, int, ViewWords, ViewWords>(BatchPrograms<TProducts>.SumRuns));

    // The portable form beside PTX's: products of random numbers and of the edges of their range. Null when all agree.
    private string? CheckPtx()
    {
        const int Pairs = 4096;
        uint[] pairs = new uint[16 * Pairs];
        ulong state = 0x7461637475730005;
        for (int i = 0; i < pairs.Length; i++)
        {
            // SplitMix64; a quarter of the words are all ones, a quarter zero
            state += 0x9E3779B97F4A7C15;
            ulong z = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            pairs[i] = i % (16 * 3) < 16
                ? (uint)(z >> 32)
                : ((z & 3) == 0 ? 0 : (z & 3) == 1 ? uint.MaxValue : (uint)(z >> 32));
        }

        try
        {
            using MemoryBuffer1D<uint, Stride1D.Dense> input = _accelerator.Allocate1D(pairs);
            using MemoryBuffer1D<uint, Stride1D.Dense> products = _accelerator.Allocate1D<uint>(8 * Pairs);
            using MemoryBuffer1D<uint, Stride1D.Dense> squares = _accelerator.Allocate1D<uint>(8 * Pairs);
            using AcceleratorStream stream = _accelerator.CreateStream();
            Load<ViewWords, ViewWords, ViewWords>(RatePrograms<PtxProducts>.Check)(
                stream,
                Pairs,
                new ViewWords(input.View.AsContiguous()),
                new ViewWords(products.View.AsContiguous()),
                new ViewWords(squares.View.AsContiguous()));
            stream.Synchronize();
            var words = new ArrayWords(pairs);
            var gotProducts = new ArrayWords(products.GetAsArray1D());
            var gotSquares = new ArrayWords(squares.GetAsArray1D());
            for (int i = 0; i < Pairs; i++)
            {
                U256 a = WordsOf.Load(words, 16L * i, 1), b = WordsOf.Load(words, (16L * i) + 8, 1);
                U256 product = DeviceField.Canonical(WordsOf.Load(gotProducts, 8L * i, 1));
                U256 square = DeviceField.Canonical(WordsOf.Load(gotSquares, 8L * i, 1));
                if (!U256.Same(product, DeviceField.Canonical(DeviceField.Multiply(a, b))))
                {
                    return $"product {i} of {Pairs}";
                }

                if (!U256.Same(square, DeviceField.Canonical(DeviceField.Square(a))))
                {
                    return $"square {i} of {Pairs}";
                }
            }

            return null;
        }
#pragma warning disable CA1031 // a driver that refuses the instructions leaves the portable form
        catch (Exception failure)
#pragma warning restore CA1031
        {
            return failure.Message;
        }
    }

    private Action<AcceleratorStream, Index1D, T1, T2> Load<T1, T2>(Action<Index1D, T1, T2> program)
        where T1 : struct
        where T2 : struct => _accelerator.LoadImplicitlyGroupedKernel(program, Group);

    private Action<AcceleratorStream, Index1D, T1, T2, T3> Load<T1, T2, T3>(Action<Index1D, T1, T2, T3> program)
        where T1 : struct
        where T2 : struct
        where T3 : struct => _accelerator.LoadImplicitlyGroupedKernel(program, Group);

    private Action<AcceleratorStream, Index1D, T1, T2, T3, T4> Load<T1, T2, T3, T4>(
        Action<Index1D, T1, T2, T3, T4> program)
        where T1 : struct
        where T2 : struct
        where T3 : struct
        where T4 : struct => _accelerator.LoadImplicitlyGroupedKernel(program, Group);

    private Action<AcceleratorStream, Index1D, T1, T2, T3, T4, T5> Load<T1, T2, T3, T4, T5>(
        Action<Index1D, T1, T2, T3, T4, T5> program)
        where T1 : struct
        where T2 : struct
        where T3 : struct
        where T4 : struct
        where T5 : struct => _accelerator.LoadImplicitlyGroupedKernel(program, Group);

    private int Group => Math.Min(GroupThreads, _accelerator.MaxNumThreadsPerGroup);
}

/// <summary>The compiled programs that all lanes share.</summary>
internal sealed record LanePrograms(
    Action<AcceleratorStream, Index1D, EcdsaMemory, int, int, int> Invert,
    Action<AcceleratorStream, Index1D, EcdsaMemory, uint, int, int> Verify,
    Action<AcceleratorStream, Index1D, EcdsaMemory, int, int> Recover,
    Action<AcceleratorStream, Index1D, EcdsaMemory, int, uint, int> ToAffine,
    Action<AcceleratorStream, Index1D, int, ViewWords, ViewWords> Pair,
    Action<AcceleratorStream, Index1D, ViewWords, ViewWords, ViewWords> Message);

/// <summary>The programs of a batch's equation.</summary>
internal sealed record BatchLaunches(
    Action<AcceleratorStream, Index1D, ViewWords> Clear,
    Action<AcceleratorStream, Index1D, EcdsaMemory, BatchMemory, uint, BatchShape, int> Prepare,
    Action<AcceleratorStream, Index1D, int, ViewWords, int, ViewWords> SumScalars,
    Action<AcceleratorStream, Index1D, BatchMemory, BatchShape> Accumulate,
    Action<AcceleratorStream, Index1D, BatchShape, ViewWords, ViewWords> WeighRun,
    Action<AcceleratorStream, Index1D, int, int, ViewWords, ViewWords> SumRuns);

/// <summary>How field products are made on a device.</summary>
internal enum ProductForm
{
    Portable = 0,
    Ptx = 1,
    PtxCalls = 2,
}
