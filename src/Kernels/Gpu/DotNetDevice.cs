using System.Runtime.InteropServices;
using Tactus.Kernels.Gpu.Device;

namespace Tactus.Kernels.Gpu;

/// <summary>The device code as ordinary .NET, thread after thread: what a GPU is compared with, and what stands for one in tests.</summary>
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
}
