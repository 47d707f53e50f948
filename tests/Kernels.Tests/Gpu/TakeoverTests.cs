using Tactus.Kernels.Gpu;
using Tactus.Kernels.Secp256k1;
using Tactus.Kernels.Sha256;
using Tactus.Kernels.Tests.Secp256k1;
using Tactus.TestSupport;

namespace Tactus.Kernels.Tests.Gpu;

/// <summary>
/// Whatever a device does, the verdicts are scalar's, from the batch on in which it happens, and it is said once.
/// </summary>
public sealed class TakeoverTests
{
    private const int Count = 150;

    public static TheoryData<DeviceFault, int> FaultsAndBatches
    {
        get
        {
            var rows = new TheoryData<DeviceFault, int>();
            foreach (DeviceFault fault in Enum.GetValues<DeviceFault>())
            {
                if (fault is not (DeviceFault.None or DeviceFault.NoMemoryAtStart or DeviceFault.ClearedSums or DeviceFault.StaleSums))
                {
                    rows.Add(fault, 0);
                    rows.Add(fault, 3);
                }
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(FaultsAndBatches))]
    public void The_cpu_takes_over_in_the_same_call_and_says_so_once(DeviceFault fault, int fromBatch)
    {
        var said = new List<string>();
        var patience = new TestPatience();
        var device = new FaultyDevice(fault, fromBatch, falsify: DeviceFalsifier.Falsify);
        var source = GpuSource.Open(() => device, said.Add, patience);
        ISecp256k1Kernel entry = EntryOf(source);
        Assert.Null(entry.WhyUnsupported);
        device.Hanging = () => patience.IsUp = true;

        // Five batches of 30 a call: the fault strikes in the first or in the fourth.
        AssertSame(entry);
        AssertSame(entry);

        Assert.NotNull(source.Executor!.Lost);
        string line = Assert.Single(said);
        Assert.Contains("a device with a fault is lost", line, StringComparison.Ordinal);
        Assert.Contains("CPU", line, StringComparison.Ordinal);
        Assert.False(entry.IsDevice);
        device.Release();
        source.Executor.Dispose();
    }

    [Fact]
    public void A_device_without_fault_is_used_and_nothing_is_said()
    {
        var said = new List<string>();
        var device = new FaultyDevice(DeviceFault.None, 0);
        var source = GpuSource.Open(() => device, said.Add, new TestPatience());
        ISecp256k1Kernel entry = EntryOf(source);
        AssertSame(entry);
        Assert.Equal(2 * ((Count + 29) / 30), device.Batches);
        Assert.Empty(said);
        Assert.True(entry.IsDevice);
        source.Executor!.Dispose();
    }

    [Fact]
    public void A_device_lost_takes_no_more_batches()
    {
        var device = new FaultyDevice(DeviceFault.Lost, 0);
        var source = GpuSource.Open(() => device, _ => { }, new TestPatience());
        ISecp256k1Kernel entry = EntryOf(source);
        AssertSame(entry);
        int batches = device.Batches;
        AssertSame(entry);
        Assert.Equal(batches, device.Batches);
        source.Executor!.Dispose();
    }

    [Theory]
    [InlineData(GpuLimits.TimeoutMs, null, GpuLimits.TimeoutMs)]
    [InlineData(GpuLimits.TimeoutMs, 40, 40)]
    [InlineData(60_000, 40, 60_000)]
    public void A_wished_time_holds_for_gpus_and_not_for_what_stands_for_one(int deviceMs, int? wishMs, int expectedMs)
    {
        var device = new FaultyDevice(DeviceFault.None, 0) { TimeoutMs = deviceMs };
        using GpuExecutor executor = GpuSource.Open(() => device, _ => { }, new TestPatience(), wishMs).Executor!;
        Assert.Equal(expectedMs, executor.TimeoutMs);
    }

    [Theory]
    [InlineData("libcuda.so.1 cannot be loaded")]
    [InlineData("no GPU: CUDA: no device; OpenCL: no device")]
    public void Without_driver_or_device_the_registry_goes_on_with_the_cpu_and_says_why(string why)
    {
        var source = GpuSource.Open(() => throw new DllNotFoundException(why), _ => { });
        KernelSet set = RegistryOf(source).Choose();
        KernelRow row = set.Explain().Single(row => row is { Kernel: "secp256k1", Entry: "gpu" });
        Assert.Equal(KernelState.Unsupported, row.State);
        Assert.Equal(why, row.Why);
        Assert.IsType<Secp256k1Scalar>(set.Secp256k1.Best);
        Assert.Empty(set.Warnings);
    }

    [Fact]
    public void Without_memory_at_start_the_registry_goes_on_with_the_cpu_and_says_why()
    {
        var source = GpuSource.Open(
            () => new FaultyDevice(DeviceFault.NoMemoryAtStart, 0), _ => { }, new TestPatience());
        KernelSet set = RegistryOf(source).Choose();
        Assert.Contains("2 GiB asked", set.Explain()[0].Why, StringComparison.Ordinal);
        Assert.IsType<Secp256k1Scalar>(set.Secp256k1.Best);
    }

    [Theory]
    [InlineData(DeviceFault.AcceptsAll)]
    [InlineData(DeviceFault.RefusesAll)]
    [InlineData(DeviceFault.WrongKeys)]
    [InlineData(DeviceFault.DoesNothing)]
    public void A_device_that_errs_from_the_start_fails_its_self_test_and_is_never_used(DeviceFault fault)
    {
        var source = GpuSource.Open(
            () => new FaultyDevice(fault, 0, falsify: DeviceFalsifier.Falsify), _ => { }, new TestPatience());
        KernelSet set = RegistryOf(source).Choose();
        Assert.Equal(
            KernelState.Wrong, set.Explain().Single(row => row is { Kernel: "secp256k1", Entry: "gpu" }).State);
        Assert.Contains("secp256k1:gpu DISABLED", string.Concat(set.Warnings), StringComparison.Ordinal);
        Assert.IsType<Secp256k1Scalar>(set.Secp256k1.Best);
        source.Executor!.Dispose();
    }

    [Theory]
    [InlineData(DeviceFault.None)]
    [InlineData(DeviceFault.KernelFails)]
    [InlineData(DeviceFault.DoesNothing)]
    public void Hashes_are_scalars_whatever_the_device_does(DeviceFault fault)
    {
        var said = new List<string>();
        var source = GpuSource.Open(() => new FaultyDevice(fault, 0), said.Add, new TestPatience());
        ISha256Kernel entry = new Sha256Gpu(new Lazy<GpuSource>(source), [new Sha256Scalar()]);
        byte[] data = new byte[64 * 40];
        new Random(7).NextBytes(data);
        byte[] expected = new byte[32 * 40], actual = new byte[32 * 40];
        new Sha256Scalar().HashPairs(data, expected);
        entry.HashPairs(data, actual);
        Assert.Equal(expected, actual);
        entry.HashEqual(data, 64, actual);
        Assert.Equal(expected, actual);
        Assert.Equal(fault == DeviceFault.None ? 0 : 1, said.Count);
        source.Executor!.Dispose();
    }

    private static Secp256k1Gpu EntryOf(GpuSource source) => new(new Lazy<GpuSource>(source), [new Secp256k1Scalar()]);

    private static KernelRegistry RegistryOf(GpuSource source) =>
        new([], [EntryOf(source), new Secp256k1Scalar()], []);

    // Both calls of the contract on items that are valid and otherwise.
    private static void AssertSame(ISecp256k1Kernel entry)
    {
        Secp256k1Cases cases = new Secp256k1CaseGenerator(0x5EED_0040).NextForVerify(Count);
        var scalar = new Secp256k1Scalar();
        var expected = new SignatureVerdict[Count];
        var actual = new SignatureVerdict[Count];
        byte[] expectedKeys = new byte[64 * Count], actualKeys = new byte[64 * Count];
        scalar.Verify(cases.Digests, cases.Signatures, cases.Keys, expected);
        entry.Verify(cases.Digests, cases.Signatures, cases.Keys, actual);
        Assert.Equal(expected, actual);
        Assert.Contains(SignatureVerdict.Valid, expected);
        Assert.Contains(SignatureVerdict.Mismatch, expected);
        scalar.Recover(cases.Digests, cases.Signatures, cases.RecoveryIds, expectedKeys, expected);
        entry.Recover(cases.Digests, cases.Signatures, cases.RecoveryIds, actualKeys, actual);
        Assert.Equal(expected, actual);
        Assert.Equal(expectedKeys, actualKeys);
    }
}
