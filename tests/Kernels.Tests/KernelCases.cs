using Tactus.Kernels.Bls12381;
using Tactus.Kernels.Gpu;
using Tactus.Kernels.Secp256k1;
using Tactus.Kernels.Sha256;
using Tactus.TestSupport;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Tactus.Kernels.Tests;

/// <summary>
/// Rows for theories that go through every entry of the registry. The first column is "kind:entry"; with
/// <see cref="KernelTheoryAttribute"/> an entry that this machine cannot run is counted as skipped, with the reason.
/// "gpu" is the device alone, without the CPU that would put its errors right; "device-code" is its code as ordinary
/// .NET.</summary>
/// <example><c>[KernelTheory, MemberData(nameof(KernelCases.Sha256), MemberType = typeof(KernelCases))] void T(string
/// kernel)</c></example>
internal static class KernelCases
{
    public static TheoryData<string> Sha256 => Rows("sha256", Sha256Entries);

    /// <summary>Those that run on the processor: they allocate nothing, and a registry can be asked to force
    /// each.</summary>
    public static TheoryData<string> Sha256OnCpu =>
        Rows("sha256", KernelRegistry.Default.Sha256.Where(entry => entry is not Sha256Gpu));

    public static TheoryData<string> Secp256k1 => Rows("secp256k1", Secp256k1Entries);

    public static TheoryData<string> Bls12381 => Rows("bls12-381", KernelRegistry.Default.Bls12381);

    /// <summary>The SHA-256 entry that a row names.</summary>
    public static ISha256Kernel Sha256Of(string kernel) => (ISha256Kernel)Find(kernel);

    /// <summary>The secp256k1 entry that a row names.</summary>
    public static ISecp256k1Kernel Secp256k1Of(string kernel) => (ISecp256k1Kernel)Find(kernel);

    /// <summary>The BLS12-381 entry that a row names.</summary>
    public static IBlsKernel Bls12381Of(string kernel) => (IBlsKernel)Find(kernel);

    /// <summary>The entry that a row names, supported or not.</summary>
    public static IKernel Find(string kernel)
    {
        string[] parts = kernel.Split(':');
        IEnumerable<IKernel> entries = parts[0] switch
        {
            "sha256" => Sha256Entries,
            "secp256k1" => Secp256k1Entries,
            "bls12-381" => KernelRegistry.Default.Bls12381,
            _ => throw new ArgumentException($"no kernel kind in '{kernel}'", nameof(kernel)),
        };
        return entries.Single(entry => string.Equals(entry.Name, parts[1], StringComparison.Ordinal));
    }

    private static readonly GpuExecutor DeviceCode = new(new DotNetDevice(), _ => { });

    private static readonly IReadOnlyList<ISha256Kernel> Sha256Entries =
    [
        .. KernelRegistry.Default.Sha256.Select(entry => entry is Sha256Gpu { Device: { } device } ? device : entry),
        new DeviceSha256(DeviceCode, "device-code"),
    ];

    private static readonly IReadOnlyList<ISecp256k1Kernel> Secp256k1Entries =
    [
        .. KernelRegistry.Default.Secp256k1.Select(
            entry => entry is Secp256k1Gpu { Device: { } device } ? device : entry),
        new DeviceSecp256k1(DeviceCode, new Secp256k1Scalar(), "device-code"),
    ];

    private static TheoryData<string> Rows(string kind, IEnumerable<IKernel> entries) =>
        new(entries.Select(entry => $"{kind}:{entry.Name}"));
}

/// <summary>A theory whose first column names a kernel entry; rows of entries that cannot run here are skipped,
/// visibly.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("Tactus.Kernels.Tests.KernelTheoryDiscoverer", "Tactus.Kernels.Tests")]
internal sealed class KernelTheoryAttribute : TheoryAttribute
{
    /// <summary>Set when the test reads the data folder: without the folder the whole theory is skipped.</summary>
    public bool ReadsData
    {
        get => Skip is not null;
        set => Skip = value && TestData.Root is null ? "no data folder: set TACTUS_DATA" : Skip;
    }
}

/// <summary>Turns the row of an unsupported entry into a skipped test case.</summary>
public sealed class KernelTheoryDiscoverer(IMessageSink diagnosticMessageSink) : TheoryDiscoverer(diagnosticMessageSink)
{
    /// <inheritdoc/>
    protected override IEnumerable<IXunitTestCase> CreateTestCasesForDataRow(
        ITestFrameworkDiscoveryOptions discoveryOptions,
        ITestMethod testMethod,
        IAttributeInfo theoryAttribute,
        object[] dataRow) =>
        KernelCases.Find((string)dataRow[0]).WhyUnsupported is { } missing
            ? CreateTestCasesForSkippedDataRow(
                discoveryOptions, testMethod, theoryAttribute, dataRow, $"{dataRow[0]}: {missing}")
            : base.CreateTestCasesForDataRow(discoveryOptions, testMethod, theoryAttribute, dataRow);
}
