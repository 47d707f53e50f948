using System.Text.Json;
using Tactus.Host.Configuration;
using Tactus.Kernels;
using Tactus.Kernels.Gpu;
using Tactus.Kernels.Secp256k1;
using Tactus.TestSupport;

namespace Tactus.Host.Tests;

/// <summary>What a hardware profile says is used; what is wrong with one is said by name and place.</summary>
public sealed class HardwareProfileTests : IDisposable
{
    private const string Good = """
        {
          "gpu": {
            "device": "NVIDIA H200 (Cuda, PTX products, comb of 12 bits)",
            "backend": "cuda",
            "is_gpu": true,
            "timeout_ms": 60,
            "batch_min": { "secp256k1:gpu": 4096, "sha256:gpu": 262144 },
            "rates": { "Multiply": 1.5e12 }
          }
        }
        """;

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"tactus-profile-{Guid.NewGuid():N}.json");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Backend_batches_and_watchdog_are_read_and_the_batch_reaches_the_registry()
    {
        HardwareProfile profile = Read(Good);
        Assert.Equal(new GpuWishes("cuda", 60), profile.Wishes);
        Assert.Equal(4096, profile.BatchMins["secp256k1:gpu"]);
        Assert.Equal(262144, profile.BatchMins["sha256:gpu"]);

        var source = GpuSource.Open(() => new DotNetDevice(), _ => { });
        var registry = new KernelRegistry(
            KernelRegistry.Default.Sha256,
            [new Secp256k1Gpu(new Lazy<GpuSource>(source), [new Secp256k1Scalar()]), new Secp256k1Scalar()],
            KernelRegistry.Default.Bls12381);
        KernelSet kernels = registry.Choose(profile: profile.Kernels);
        Assert.Equal(4096, kernels.Explain().Single(row => row is { Kernel: "secp256k1", Entry: "gpu" }).BatchMin);
        Assert.True(kernels.Secp256k1.For(4096).IsDevice);
        Assert.False(kernels.Secp256k1.For(4095).IsDevice);
        string warning = Assert.Single(HostEnvironment.ProfileWarnings(profile, source));
        Assert.Contains("is of NVIDIA H200, but the device is device code as .NET", warning, StringComparison.Ordinal);
        source.Executor!.Dispose();
    }

    [Fact]
    public void A_profile_of_a_stand_in_is_left_out_and_that_is_said()
    {
        HardwareProfile profile = Read(Good.Replace("\"is_gpu\": true", "\"is_gpu\": false", StringComparison.Ordinal));
        Assert.Empty(profile.Kernels.BatchMins);
        Assert.Contains("stand-in", Assert.Single(HostEnvironment.ProfileWarnings(profile, new GpuSource("none"))),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Backend_watchdog_and_batches_may_be_left_out()
    {
        HardwareProfile profile = Read("""{"gpu":{"device":"x","is_gpu":true,"batch_min":{},"rates":{}}}""");
        Assert.Equal(new GpuWishes(null, null), profile.Wishes);
        Assert.Empty(profile.BatchMins);
    }

    [Theory]
    [InlineData("{", "", "line 1: not JSON")]
    [InlineData("[]", "", "the file: 'gpu' is missing")]
    [InlineData("\"gpu\": {", "\"gpus\": {", "the file: 'gpu' is missing")]
    [InlineData("\"timeout_ms\"", "\"timeout\"", "gpu: no setting 'timeout'. Did you mean 'timeout_ms'?")]
    [InlineData("\"timeout_ms\": 60", "\"timeout_ms\": 0",
        "gpu.timeout_ms: 0 is not a whole number of ms from 1 to 200")]
    [InlineData("\"timeout_ms\": 60", "\"timeout_ms\": 60.5", "gpu.timeout_ms: 60.5 is not a whole number")]
    [InlineData("\"timeout_ms\": 60", "\"timeout_ms\": \"60\"", "gpu.timeout_ms: a number is expected, not \"60\"")]
    [InlineData("\"cuda\"", "\"cud\"", "gpu.backend: no backend 'cud'. Did you mean 'cuda'?")]
    [InlineData("\"is_gpu\": true", "\"is_gpu\": 1", "gpu.is_gpu: true or false is expected, not 1")]
    [InlineData("\"secp256k1:gpu\"", "\"secp256k1:gpus\"",
        "gpu.batch_min: no setting 'secp256k1:gpus'. Did you mean 'secp256k1:gpu'?")]
    [InlineData("4096", "0", "gpu.batch_min.secp256k1:gpu: 0 is not a whole number of items from 1")]
    [InlineData("4096", "5000000000", "gpu.batch_min.secp256k1:gpu: 5000000000 is not a whole number")]
    [InlineData("\"timeout_ms\": 60", "\"backend\": \"cuda\"", "gpu: 'backend' is there twice")]
    [InlineData("\"rates\"", "\"rate\"", "gpu: no setting 'rate'")]
    public void What_is_wrong_is_named_with_its_place_and_what_to_do(string old, string replacement, string expected)
    {
        string text = replacement.Length == 0 ? old : Good.Replace(old, replacement, StringComparison.Ordinal);
        string message = Assert.Throws<KernelChoiceException>(() => Read(text)).Message;
        Assert.Contains($"hardware profile {_path}: {expected}", message, StringComparison.Ordinal);
        Assert.Contains("bench gpu --profile", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_said_with_the_variable_that_names_it()
    {
        string message = Assert.Throws<KernelChoiceException>(
            () => HardwareProfile.Read("/nowhere/profile.json")).Message;
        Assert.Contains("hardware profile /nowhere/profile.json", message, StringComparison.Ordinal);
        Assert.Contains("TACTUS_PROFILE", message, StringComparison.Ordinal);
    }

    /// <summary>The schema and the loader speak of the same names.</summary>
    [Fact]
    public void The_schema_has_the_names_that_are_read()
    {
        string schema = Path.Combine(FindRepository(), "hardware-profiles", "gpu.schema.json");
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(schema));
        JsonElement gpu = document.RootElement.GetProperty("properties").GetProperty("gpu").GetProperty("properties");
        Assert.Equal(HardwareProfile.GpuNames.Order(StringComparer.Ordinal), Names(gpu));
        Assert.Equal(
            HardwareProfile.BatchNames.Order(StringComparer.Ordinal),
                Names(gpu.GetProperty("batch_min").GetProperty("properties")));
        Assert.Equal(HardwareProfile.TimeoutMsMax, gpu.GetProperty("timeout_ms").GetProperty("maximum").GetInt32());
        Assert.Equal(
            GpuWishes.Backends,
            gpu.GetProperty("backend").GetProperty("enum").EnumerateArray().Select(value => value.GetString()!));
    }

    private static IEnumerable<string> Names(JsonElement element) =>
        element.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal);

    private static string FindRepository()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Engine.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("the repository is not above the tests");
    }

    private HardwareProfile Read(string text)
    {
        File.WriteAllText(_path, text);
        return HardwareProfile.Read(_path);
    }
}
