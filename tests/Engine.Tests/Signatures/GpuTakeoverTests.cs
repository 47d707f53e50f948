using Tactus.Engine.Pipeline;
using Tactus.Engine.Signatures;
using Tactus.Kernels;
using Tactus.Kernels.Gpu;
using Tactus.Kernels.Secp256k1;

namespace Tactus.Engine.Tests.Signatures;

/// <summary>The checker with a device in front: the whole chunk goes to it, and to the CPU from the batch on in which it is lost.</summary>
public sealed class GpuTakeoverTests
{
    private const int Count = 300;

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(0)]
    [InlineData(3)]
    public void Verdicts_are_those_of_scalar_recovery_before_and_after_the_device_is_lost(int batchesBeforeLoss)
    {
        var said = new List<string>();
        var device = new LosableDevice(batchesBeforeLoss);
        var source = GpuSource.Open(() => device, said.Add);
        var profile = KernelProfile.None with
        {
            BatchMins = new Dictionary<string, int>(StringComparer.Ordinal) { ["secp256k1:gpu"] = 200 },
        };
        ISecp256k1Kernel[] onCpu = [new Secp256k1Avx2(), new Secp256k1Scalar()];
        var gpu = new Secp256k1Gpu(new Lazy<GpuSource>(source), onCpu);
        KernelSet kernels = new KernelRegistry(
            KernelRegistry.Default.Sha256, [gpu, .. onCpu], KernelRegistry.Default.Bls12381).Choose(profile: profile);
        var checker = new SignatureChecker(kernels);
        Assert.Equal(Count, checker.DeviceChunk(Count, 2));
        Assert.Equal(200, checker.DeviceChunk(400, 2));
        Assert.Equal(0, checker.DeviceChunk(199, 2));
        device.Armed = true;

        var random = new Random(11);
        for (int round = 0; round < 2; round++)
        {
            BlockWork block = SignatureCheckerTests.Make(Count, random);
            (SignatureVerdict[] verdicts, byte[] tags) = SignatureCheckerTests.Recover(block.Signatures);
            Assert.Contains(SignatureVerdict.Valid, verdicts);
            Assert.Contains(verdicts, verdict => verdict != SignatureVerdict.Valid);
            checker.Check(block, 0, Count);
            for (int i = 0; i < Count; i++)
            {
                Assert.True(verdicts[i] == block.Signatures.Verdicts[i], $"round {round} item {i}: {block.Signatures.Verdicts[i]}");
                Assert.True(
                    verdicts[i] != SignatureVerdict.Valid
                    || tags.AsSpan(i * 34, 34).SequenceEqual(block.Signatures.KeyTagOf(i)),
                    $"round {round} item {i}: wrong key");
            }
        }

        Assert.True(device.Batches > 0);
        Assert.Equal(batchesBeforeLoss == int.MaxValue ? 0 : 1, said.Count);
        Assert.Equal(batchesBeforeLoss == int.MaxValue, gpu.IsDevice);
        Assert.Equal(batchesBeforeLoss == int.MaxValue ? Count : 0, checker.DeviceChunk(Count, 2));
        source.Executor!.Dispose();
    }

    /// <summary>The device code as .NET, which fails for good after some batches.</summary>
    private sealed class LosableDevice(int batchesBeforeLoss) : IGpuDevice
    {
        private readonly DotNetDevice _inner = new(itemsMax: 64);
        private int _batches;

        public bool Armed { get; set; }

        public int Batches => _batches;

        public string Description => "a device that is lost";

        public int Parallelism => 8;

        public int TimeoutMs => _inner.TimeoutMs;

        public IGpuLane OpenLane() => new Lane(this, _inner.OpenLane());

        public void Dispose() => _inner.Dispose();

        private void Count()
        {
            if (Armed && Interlocked.Increment(ref _batches) > batchesBeforeLoss)
            {
                throw new InvalidOperationException("fell off the bus");
            }
        }

        private sealed class Lane(LosableDevice device, IGpuLane inner) : IGpuLane
        {
            public int ItemsMax => inner.ItemsMax;

            public int DataBytes => inner.DataBytes;

            public Span<byte> Digests => inner.Digests;

            public Span<byte> Signatures => inner.Signatures;

            public Span<byte> RecoveryIds => inner.RecoveryIds;

            public Span<byte> Keys => inner.Keys;

            public Span<uint> Answers => inner.Answers;

            public Span<byte> Data => inner.Data;

            public Span<uint> Ranges => inner.Ranges;

            public Span<byte> HashedDigests => inner.HashedDigests;

            public void Verify(int count, uint nonce)
            {
                device.Count();
                inner.Verify(count, nonce);
            }

            public void Recover(int count, uint nonce)
            {
                device.Count();
                inner.Recover(count, nonce);
            }

            public void HashMessages(int count, int dataBytes) => inner.HashMessages(count, dataBytes);

            public void ReduceTree(int nodes, int levels, bool childBits) => inner.ReduceTree(nodes, levels, childBits);

            public void Dispose() => inner.Dispose();
        }
    }
}
