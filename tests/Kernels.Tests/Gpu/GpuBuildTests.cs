using Tactus.Kernels.Gpu;

namespace Tactus.Kernels.Tests.Gpu;

/// <summary>What the build says of its device. Tests of a device that does not open are skipped, so that it opens is a
/// test itself.</summary>
public sealed class GpuBuildTests
{
#if GPU
    [Fact]
    public void A_device_that_TACTUS_GPU_asks_for_opens()
    {
        GpuSource source = GpuSource.Shared.Value;
        bool asked = Environment.GetEnvironmentVariable("TACTUS_GPU") is "cpu" or "opencl" or "cuda";
        Assert.True(!asked || source.WhyNone is null, source.WhyNone);
    }

    [Theory]
    [InlineData("none", "TACTUS_GPU=none")]
    [InlineData("quantum", "is none of: auto")]
    public void A_wish_that_cannot_be_met_says_why(string wish, string expected) =>
        Assert.Contains(
            expected, Assert.Throws<GpuException>(() => GpuBuild.Open(wish)).Message, StringComparison.Ordinal);
#else
    [Fact]
    public void A_build_without_launch_code_says_how_to_get_one() =>
        Assert.Contains("-p:Gpu=true", GpuSource.Shared.Value.WhyNone, StringComparison.Ordinal);
#endif
}
