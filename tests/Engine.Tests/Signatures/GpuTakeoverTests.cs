using Tactus.Engine.Pipeline;
using Tactus.Engine.Signatures;
using Tactus.Kernels;
using Tactus.Kernels.Gpu;
using Tactus.Kernels.Secp256k1;
using Tactus.TestSupport;

namespace Tactus.Engine.Tests.Signatures;

/// <summary>The checker with a device in front: the whole chunk goes to it, and to the CPU from the batch on in which
/// it is lost.</summary>
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
        var device = new FaultyDevice(DeviceFault.Lost, batchesBeforeLoss, itemsMax: 64) { IsArmed = false };
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
        device.IsArmed = true;

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
                Assert.True(
                    verdicts[i] == block.Signatures.Verdicts[i],
                    $"round {round} item {i}: {block.Signatures.Verdicts[i]}");
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
}
