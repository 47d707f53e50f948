using System.Runtime.InteropServices;
using Tactus.Kernels.Gpu.Device;

namespace Tactus.Kernels.Gpu;

/// <summary>The device code as ordinary .NET, thread after thread: what a GPU is compared with, and what stands for one
/// in tests.</summary>
/// <param name="combBits">Digit of the generator's table; 6 makes it in a millisecond or two.</param>
/// <param name="itemsMax">Signatures in a batch.</param>
/// <param name="dataBytes">Bytes to hash in a batch.</param>
public sealed class DotNetDevice(int combBits = 6, int itemsMax = 256, int dataBytes = 1 << 16) : IGpuDevice
{
    private readonly Lazy<uint[]> _comb = new(() => GeneratorComb.Make(combBits));

    /// <inheritdoc/>
    public string Description => "device code as .NET";

    /// <inheritdoc/>
    public int Parallelism => 8;

    /// <summary>Half a millisecond an item, on a machine that may be busy.</summary>
    public int TimeoutMs => GpuLimits.StartTimeoutMs;

    /// <inheritdoc/>
    public IGpuLane OpenLane() => new Lane(_comb.Value, combBits, itemsMax, dataBytes);

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private sealed class Lane(uint[] comb, int combBits, int itemsMax, int dataBytes) : IGpuLane
    {
        private readonly uint[] _digests = new uint[8 * itemsMax];
        private readonly uint[] _signatures = new uint[16 * itemsMax];
        private readonly uint[] _ids = new uint[(itemsMax + 3) / 4];
        private readonly uint[] _keys = new uint[16 * itemsMax];
        private readonly uint[] _answers = new uint[itemsMax];
        private readonly uint[] _inverses = new uint[8 * itemsMax];
        private readonly uint[] _points = new uint[24 * itemsMax];
        private readonly uint[] _tables = new uint[itemsMax * DoubleScalar<PortableProducts>.TableWords];
        private readonly uint[] _ranges = new uint[2 * itemsMax];
        private readonly uint[] _hashed = new uint[8 * itemsMax];
        private readonly uint[] _secret = new uint[8];
        private readonly uint[] _results = new uint[BatchShape.ResultWords];
        private readonly Lazy<BatchArrays> _batch = new(() => new BatchArrays(itemsMax));
        private uint[] _data = new uint[dataBytes / 4];
        private uint[] _other = new uint[dataBytes / 4];

        public int ItemsMax => itemsMax;

        public int DataBytes => dataBytes;

        public Span<byte> Digests => MemoryMarshal.AsBytes(_digests.AsSpan());

        public Span<byte> Signatures => MemoryMarshal.AsBytes(_signatures.AsSpan());

        public Span<byte> RecoveryIds => MemoryMarshal.AsBytes(_ids.AsSpan());

        public Span<byte> Keys => MemoryMarshal.AsBytes(_keys.AsSpan());

        public Span<uint> Answers => _answers;

        public Span<byte> Data => MemoryMarshal.AsBytes(_data.AsSpan());

        public Span<uint> Ranges => _ranges;

        public Span<byte> HashedDigests => MemoryMarshal.AsBytes(_hashed.AsSpan());

        public Span<byte> BatchSecret => MemoryMarshal.AsBytes(_secret.AsSpan());

        public Span<uint> BatchSums => _results;

        public void Verify(int count, uint nonce)
        {
            Invert(count, 1);
            for (int i = 0; i < count; i++)
            {
                EcdsaSteps<PortableProducts, ArrayWords>.Verify(
                    i, nonce, new(_digests), new(_signatures), new(_keys), new(_inverses), itemsMax, new(_tables),
                    new ArrayWords(comb), combBits, new(_answers));
            }
        }

        public void Recover(int count, uint nonce)
        {
            Invert(count, 0);
            for (int i = 0; i < count; i++)
            {
                EcdsaSteps<PortableProducts, ArrayWords>.Recover(
                    i, new(_digests), new(_signatures), new(_ids), new(_inverses), itemsMax, new(_tables),
                    new ArrayWords(comb), combBits, new(_points), new(_answers));
            }

            for (int group = 0; group < EcdsaSteps<PortableProducts, ArrayWords>.Groups(count); group++)
            {
                EcdsaSteps<PortableProducts, ArrayWords>.ToAffine(
                    group, count, nonce, new(_digests), new(_signatures), new(_points), new(_inverses), itemsMax,
                    new(_keys), new(_answers));
            }
        }

        public void SumBatch(int count, uint nonce)
        {
            var shape = BatchShape.For(count);
            BatchArrays batch = _batch.Value;
            for (int bucket = 0; bucket < shape.AllBuckets; bucket++)
            {
                BatchSteps<PortableProducts, ArrayWords>.Clear(bucket, new(batch.Counts));
            }

            Invert(count, 1);
            for (int i = 0; i < count; i++)
            {
                BatchSteps<PortableProducts, ArrayWords>.Prepare(
                    i, nonce, shape, new(_digests), new(_signatures), new(_ids), new(_keys), new(_secret),
                    new(_inverses), itemsMax,
                    new(batch.Points), new(batch.Counts), new(batch.Lists), new(_answers));
            }

            for (int group = 0; group < BatchShape.ScalarSums; group++)
            {
                BatchSteps<PortableProducts, ArrayWords>.SumScalars(
                    group, count, new(_inverses), itemsMax, new(_results));
            }

            for (int thread = 0; thread < shape.Threads; thread++)
            {
                BatchSteps<PortableProducts, ArrayWords>.Accumulate(
                    thread, shape, new(batch.Points), new(batch.Counts), new(batch.Lists), new(batch.Partials));
            }

            for (int run = 0; run < shape.Windows * shape.Runs; run++)
            {
                BatchSteps<PortableProducts, ArrayWords>.WeighRun(run, shape, new(batch.Partials), new(batch.Sums));
            }

            (uint[] from, uint[] to) = (batch.Sums, batch.Others);
            for (int each = shape.Runs, left = 0; left != 1; each = left, (from, to) = (to, from))
            {
                left = BatchShape.RunsLeft(each);
                for (int thread = 0; thread < shape.Windows * left; thread++)
                {
                    BatchSteps<PortableProducts, ArrayWords>.SumRuns(
                        thread, shape.Windows, each, new(from), new(left == 1 ? _results : to));
                }
            }
        }

        public void HashMessages(int count, int dataBytes)
        {
            for (int i = 0; i < count; i++)
            {
                Sha256Steps<ArrayWords>.Message(i, new(_data), new(_ranges), new(_hashed));
            }
        }

        public void ReduceTree(int nodes, int levels, bool childBits)
        {
            for (int level = 0; level < levels; level++)
            {
                nodes /= 2;
                for (int i = 0; i < nodes; i++)
                {
                    Sha256Steps<ArrayWords>.Pair(i, childBits, new(_data), new(_other));
                }

                (_data, _other) = (_other, _data);
            }
        }

        public void Dispose()
        {
        }

        private void Invert(int count, int part)
        {
            for (int group = 0; group < EcdsaSteps<PortableProducts, ArrayWords>.Groups(count); group++)
            {
                EcdsaSteps<PortableProducts, ArrayWords>.Invert(
                    group, count, part, new(_signatures), new(_inverses), itemsMax);
            }
        }
    }

    /// <summary>What the equation of a batch needs beside.</summary>
    private sealed class BatchArrays(int itemsMax)
    {
        private readonly BatchShape _shape = BatchShape.For(itemsMax);

        public uint[] Points => field ??= new uint[16 * BatchShape.PointsPerItem * itemsMax];

        public uint[] Counts => field ??= new uint[_shape.AllBuckets];

        public uint[] Lists => field ??= new uint[_shape.ListWords];

        public uint[] Partials => field ??= new uint[BatchShape.PointWords * _shape.Threads];

        public uint[] Sums => field ??= new uint[BatchShape.PointWords * _shape.Windows * _shape.Runs];

        public uint[] Others => field ??= new uint[BatchShape.PointWords * _shape.Windows * _shape.Runs];
    }
}
