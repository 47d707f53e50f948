using Tactus.Kernels.Gpu;
using Tactus.Kernels.Gpu.Device;
using Tactus.Kernels.Secp256k1;
using Tactus.Kernels.Tests.Secp256k1;
using Tactus.Kernels.Tests.Secp256k1Lanes;
using Tactus.TestSupport;

namespace Tactus.Kernels.Tests.Gpu;

/// <summary>
/// Equations on a device: verdicts are those of recovery item by item, and what is believed is only a sum that nobody
/// can foresee. "device-code" is the code as ordinary .NET, "gpu" what TACTUS_GPU names in a build that has it.
/// </summary>
public sealed class DeviceBatchTests
{
    public static TheoryData<string> Devices => new("secp256k1:gpu", "secp256k1:device-code");

    /// <summary>Verdicts of recovery, which the batch's are to be.</summary>
    private static readonly BatchVerifier Oracle = new("scalar");

    [KernelTheory]
    [MemberData(nameof(Devices))]
    public void Good_batches_of_every_size_hold(string kernel)
    {
        using var device = new Opened(kernel, itemsMax: 160);
        Assert.Null(device.Verifier.SelfTest());
        Signed all = new(400, distinctKeys: 400);
        foreach (int count in (int[])[1, 2, 3, 15, 16, 17, 64, 157, 158, 159, 316, 317, 400])
        {
            (int held, int failed) = device.Verifier.Equations;
            AssertBad(device.Verifier, all.Take(count), []);
            Assert.Equal((held + ((count + device.ItemsMax - 3) / (device.ItemsMax - 2)), failed),
                device.Verifier.Equations);
        }
    }

    [KernelTheory]
    [MemberData(nameof(Devices))]
    public void One_bad_item_of_every_kind_is_found_wherever_it_is(string kernel)
    {
        using var device = new Opened(kernel, itemsMax: 96);
        foreach (int place in (int[])[0, 1, 31, 47, 92, 93, 94, 129])
        {
            for (int how = 0; how < 4; how++)
            {
                Signed set = new(130, distinctKeys: 130);
                set.Spoil(place, how);
                AssertBad(device.Verifier, set, [place]);
            }
        }
    }

    [KernelTheory]
    [MemberData(nameof(Devices))]
    public void Edge_biased_items_get_the_verdicts_of_recovery(string kernel)
    {
        using var device = new Opened(kernel, itemsMax: 128);
        for (ulong seed = 100; seed < 103; seed++)
        {
            Secp256k1Cases cases = new Secp256k1CaseGenerator(seed).NextForVerify(300);
            AssertOracle(device.Verifier, cases.Digests, cases.Signatures, cases.RecoveryIds, cases.Keys,
                $"seed {seed}");
        }
    }

    [KernelTheory]
    [MemberData(nameof(Devices))]
    public void Repeated_signatures_and_few_keys_meet_in_buckets(string kernel)
    {
        using var device = new Opened(kernel, itemsMax: 202);
        Signed set = new(200, distinctKeys: 2);
        AssertBad(device.Verifier, set, []);
        for (int i = 0; i < set.Count; i++)
        {
            set.Copy(i % 3, i);
        }

        AssertBad(device.Verifier, set, []);
        Assert.Equal((2, 0), device.Verifier.Equations);
        set.Spoil(199, 0);
        AssertBad(device.Verifier, set, [199]);
    }

    // Two wrong items whose errors cancel where both weigh the same.
    [KernelTheory]
    [MemberData(nameof(Devices))]
    public void Errors_that_cancel_are_found(string kernel)
    {
        using var device = new Opened(kernel, itemsMax: 64);
        Signed set = new(60, distinctKeys: 1);
        ScalarN d = new(12345, 6789, 0, 1);
        set.ShiftDigest(0, d);
        set.ShiftDigest(1, d.Negate());
        AssertBad(device.Verifier, set, [0, 1]);
    }

    /// <summary>The wider windows, which only larger batches take.</summary>
    [Theory]
    [InlineData(1300, 10)]
    [InlineData(28_000, 13)]
    public void Wider_windows_hold_and_find_a_bad_one(int count, int bits)
    {
        Assert.Equal(bits, BatchShape.For(count + Decoy.PerBatch).Bits);
        using var device = new Opened("secp256k1:device-code", itemsMax: count + Decoy.PerBatch);
        Signed few = new(50, distinctKeys: 50);
        byte[] Repeat(byte[] bytes) => [.. Enumerable.Range(0,
            (count + 49) / 50).SelectMany(_ => bytes).Take(bytes.Length / 50 * count)];
        byte[] digests = Repeat(few.Digests), signatures = Repeat(few.Signatures), ids = Repeat(few.RecoveryIds),
            keys = Repeat(few.Keys);
        var verdicts = new SignatureVerdict[count];
        device.Verifier.Verify(digests, signatures, ids, keys, verdicts);
        Assert.Equal((1, 0), device.Verifier.Equations);
        Assert.False(verdicts.AsSpan().ContainsAnyExcept(SignatureVerdict.Valid));
        if (bits == 10)
        {
            ids[count - 1] ^= 1;
            device.Verifier.Verify(digests, signatures, ids, keys, verdicts);
            Assert.Equal((1, 1), device.Verifier.Equations);
            Assert.Equal(count - 1, Array.FindIndex(verdicts, verdict => verdict != SignatureVerdict.Valid));
        }
    }

    [Fact]
    public void More_items_never_take_less_memory()
    {
        BatchShape before = BatchShape.For(1);
        for (int items = 2; items <= GpuLimits.ItemsMax; items++)
        {
            var shape = BatchShape.For(items);
            Assert.True(
                shape.ListWords >= before.ListWords && shape.Threads >= before.Threads
                    && shape.Windows * shape.Runs >= before.Windows * before.Runs,
                $"{items} items");
            Assert.True(shape.Windows <= BatchShape.WindowsMax && shape.Bits * shape.Windows == 130, $"{items} items");
            before = shape;
        }
    }

    // A bucket without room would fail the equation.
    [Fact]
    public void No_bucket_is_too_small_for_random_weights()
    {
        const int Items = 64;
        using var device = new Opened("secp256k1:device-code", Items);
        for (int round = 0; round < 20; round++)
        {
            AssertBad(device.Verifier, new Signed(Items - Decoy.PerBatch, distinctKeys: 60), []);
        }

        Assert.Equal((20, 0), device.Verifier.Equations);
    }

    [Theory]
    [InlineData(DeviceFault.DoesNothing, true)]
    [InlineData(DeviceFault.KernelFails, true)]
    [InlineData(DeviceFault.Hangs, true)]
    [InlineData(DeviceFault.OneAnswerOverwritten, true)]
    [InlineData(DeviceFault.ClearedSums, false)]
    [InlineData(DeviceFault.StaleSums, false)]
    public void Whatever_a_device_does_verdicts_are_those_of_recovery(DeviceFault fault, bool isLost)
    {
        var said = new List<string>();
        var patience = new TestPatience();
        var device = new FaultyDevice(fault, 0, falsify: DeviceFalsifier.Falsify) { IsArmed = false };
        device.Hanging = () => patience.IsUp = true;
        var source = GpuSource.Open(() => device, said.Add, patience);
        var entry = new Secp256k1Gpu(new Lazy<GpuSource>(source), [new Secp256k1Scalar()]);
        Assert.NotNull(entry.Batch);
        device.IsArmed = true;
        Secp256k1Cases cases = new Secp256k1CaseGenerator(0x5EED_0041).NextForVerify(150);
        var verdicts = new SignatureVerdict[150];
        var expected = new SignatureVerdict[150];
        Oracle.Verify(cases.Digests, cases.Signatures, cases.RecoveryIds, cases.Keys, expected);
        for (int round = 0; round < 2; round++)
        {
            entry.VerifyBatch(cases.Digests, cases.Signatures, cases.RecoveryIds, cases.Keys, verdicts);
            Assert.Equal(expected, verdicts);
        }

        // Sums that come to nothing are no proof, but no reason to give the device up: its exact answers are checked
        // for themselves.
        Assert.Equal(isLost, source.Executor!.Lost is not null);
        Assert.Equal(isLost ? 1 : 0, said.Count);
        Assert.Equal(0, isLost ? 0 : entry.Batch!.Equations.Held - HeldBySelfTest);
        device.Release();
        source.Executor.Dispose();
    }

    /// <summary>
    /// Equations of 30 items that the self-test of 40 has hold: both of the good ones, and one of the batch with a bad
    /// one.
    /// </summary>
    private const int HeldBySelfTest = 3;

    private static void AssertBad(DeviceBatchVerifier verifier, Signed set, IReadOnlyCollection<int> bad)
    {
        var verdicts = new SignatureVerdict[set.Count];
        verifier.Verify(set.Digests, set.Signatures, set.RecoveryIds, set.Keys, verdicts);
        for (int i = 0; i < set.Count; i++)
        {
            Assert.True(
                (verdicts[i] == SignatureVerdict.Valid) == !bad.Contains(i),
                $"{set.Count} items, {bad.Count} bad, item {i}: {verdicts[i]}");
            Assert.NotEqual(SignatureVerdict.Unknown, verdicts[i]);
        }
    }

    private static void AssertOracle(
        DeviceBatchVerifier verifier, byte[] digests, byte[] signatures, byte[] ids, byte[] keys, string what)
    {
        var verdicts = new SignatureVerdict[ids.Length];
        var expected = new SignatureVerdict[ids.Length];
        verifier.Verify(digests, signatures, ids, keys, verdicts);
        Oracle.Verify(digests, signatures, ids, keys, expected);
        for (int i = 0; i < ids.Length; i++)
        {
            Assert.True(expected[i] == verdicts[i], $"{what}, item {i}: {verdicts[i]}, recovery says {expected[i]}");
        }
    }

    /// <summary>A device of one's own, because an equation has the size of its lanes.</summary>
    private sealed class Opened : IDisposable
    {
        private readonly GpuExecutor _executor;

        public Opened(string kernel, int itemsMax)
        {
            _executor = new GpuExecutor(Open(kernel, itemsMax), line => throw new InvalidOperationException(line),
                lanes: 2);
            ItemsMax = itemsMax;
            Verifier = new DeviceBatchVerifier(_executor, new DeviceSecp256k1(_executor, new Secp256k1Scalar()));
        }

        public int ItemsMax { get; }

        public DeviceBatchVerifier Verifier { get; }

        public void Dispose() => _executor.Dispose();

        private static IGpuDevice Open(string kernel, int itemsMax)
        {
#if GPU
            if (kernel.EndsWith(":gpu", StringComparison.Ordinal))
            {
                return GpuBuild.Open(Environment.GetEnvironmentVariable("TACTUS_GPU"), itemsMax);
            }
#endif
            return new DotNetDevice(itemsMax: itemsMax);
        }
    }
}
