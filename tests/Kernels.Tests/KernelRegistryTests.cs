using Tactus.Kernels.Sha256;

namespace Tactus.Kernels.Tests;

public class KernelRegistryTests
{
    private static readonly FakeSha256 Wide = new("wide") { BatchMinDefault = 32, Lanes = 16 };
    private static readonly FakeSha256 Narrow = new("narrow") { BatchMinDefault = 4 };
    private static readonly FakeSha256 Absent = new("absent") { WhyUnsupported = "needs a wider machine" };
    private static readonly FakeSha256 Faulty = new("faulty") { Failure = "message 3 of 5" };
    private static readonly FakeSha256 Throwing = new("throwing") { Thrown = new InvalidOperationException("lane 9") };

    [Fact]
    public void First_supported_entry_is_best_and_short_batches_fall_to_the_next()
    {
        KernelSet set = Registry(Absent, Wide, Narrow, new Sha256Scalar()).Choose();
        Assert.Same(Wide, set.Sha256.Best);
        Assert.Same(Wide, set.Sha256.For(32));
        Assert.Same(Narrow, set.Sha256.For(31));
        Assert.Same(Narrow, set.Sha256.For(4));
        Assert.IsType<Sha256Scalar>(set.Sha256.For(3));
        Assert.IsType<Sha256Scalar>(set.Sha256.For(0));
        Assert.Empty(set.Warnings);
    }

    [Fact]
    public void Explain_lists_every_entry_with_its_state_and_reason()
    {
        IReadOnlyList<KernelRow> rows = Registry(Absent, Faulty, Wide, new Sha256Scalar()).Choose().Explain();
        Assert.Equal(
            [
                new KernelRow("sha256", "absent", 1, KernelState.Unsupported, "needs a wider machine", 1),
                new KernelRow("sha256", "faulty", 1, KernelState.Wrong, "message 3 of 5", 1),
                new KernelRow("sha256", "wide", 16, KernelState.Usable, null, 32),
                new KernelRow("sha256", "scalar", 1, KernelState.Usable, null, 1),
            ],
            rows);
    }

    [Fact]
    public void Entry_that_fails_its_self_test_or_throws_is_disabled_loudly()
    {
        KernelSet set = Registry(Faulty, Throwing, new Sha256Scalar()).Choose();
        Assert.IsType<Sha256Scalar>(set.Sha256.Best);
        Assert.Equal(2, set.Warnings.Count);
        Assert.Contains("sha256:faulty DISABLED", set.Warnings[0], StringComparison.Ordinal);
        Assert.Contains("lane 9", set.Warnings[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Forced_entry_takes_every_batch()
    {
        KernelSet set = Registry(Wide, Narrow, new Sha256Scalar()).Choose(" sha256 : Narrow ,");
        Assert.Same(Narrow, set.Sha256.For(1));
        Assert.Same(Narrow, set.Sha256.For(1000));
        Assert.Equal(KernelState.NotChosen, set.Explain()[0].State);
        Assert.Equal(KernelState.Forced, set.Explain()[1].State);
    }

    [Fact]
    public void Forced_entry_that_is_wrong_gives_way_to_scalar_with_a_warning()
    {
        KernelSet set = Registry(Faulty, Wide, new Sha256Scalar()).Choose("sha256:faulty");
        Assert.IsType<Sha256Scalar>(set.Sha256.For(100));
        Assert.Equal(2, set.Warnings.Count);
        Assert.Contains("carrying on with scalar", set.Warnings[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Profile_sets_preference_and_smallest_batches()
    {
        var profile = new KernelProfile(
            new Dictionary<string, string>(StringComparer.Ordinal) { ["sha256"] = "narrow" },
            new Dictionary<string, int>(StringComparer.Ordinal) { ["sha256:narrow"] = 7 });
        KernelSet set = Registry(Wide, Narrow, new Sha256Scalar()).Choose(profile: profile);
        Assert.Same(Narrow, set.Sha256.For(100));
        Assert.Same(Narrow, set.Sha256.For(7));
        Assert.IsType<Sha256Scalar>(set.Sha256.For(6));
    }

    [Fact]
    public void Profile_that_prefers_an_absent_entry_is_ignored_with_a_warning()
    {
        var profile = KernelProfile.None with
        {
            Preferred = new Dictionary<string, string>(StringComparer.Ordinal) { ["sha256"] = "absent" },
        };
        KernelSet set = Registry(Absent, Wide, new Sha256Scalar()).Choose(profile: profile);
        Assert.Same(Wide, set.Sha256.Best);
        Assert.Contains("prefers absent", Assert.Single(set.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sha256:wlde", "Did you mean 'wide'?")]
    [InlineData("sha265:wide", "Did you mean 'sha256'?")]
    [InlineData("wide", "write kind:entry")]
    [InlineData("sha256:wide:2", "write kind:entry")]
    [InlineData("sha256:wide,sha256:narrow", "already forced to wide")]
    [InlineData("sha256:absent", "needs a wider machine")]
    [InlineData("sha256:quantum", "There are: wide, narrow, absent")]
    public void Wrong_choice_says_what_and_what_to_write(string forced, string expected)
    {
        KernelChoiceException thrown = Assert.Throws<KernelChoiceException>(
            () => Registry(Wide, Narrow, Absent).Choose(forced));
        Assert.Contains(expected, thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_profile_says_what()
    {
        var zero = KernelProfile.None with
        {
            BatchMins = new Dictionary<string, int>(StringComparer.Ordinal) { ["sha256:wide"] = 0 },
        };
        var unknown = KernelProfile.None with
        {
            BatchMins = new Dictionary<string, int>(StringComparer.Ordinal) { ["sha256:wider"] = 1 },
        };
        Assert.Contains(
            "smallest batch is 1",
            Assert.Throws<KernelChoiceException>(() => Registry(Wide).Choose(profile: zero)).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "Did you mean 'wide'?",
            Assert.Throws<KernelChoiceException>(() => Registry(Wide).Choose(profile: unknown)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Every_supported_default_entry_passes_its_self_test()
    {
        KernelSet set = KernelRegistry.Default.Choose();
        Assert.Empty(set.Warnings);
        Assert.DoesNotContain(set.Explain(), row => row.State == KernelState.Wrong);
        Assert.Equal("scalar", set.Sha256.Entries[^1].Name);
    }

    private static KernelRegistry Registry(params ISha256Kernel[] entries) => new(entries, [], []);

    private sealed class FakeSha256(string name) : ISha256Kernel
    {
        public string Name => name;

        public string? WhyUnsupported { get; init; }

        public int Lanes { get; init; } = 1;

        public int BatchMinDefault { get; init; } = 1;

        public string? Failure { get; init; }

        public Exception? Thrown { get; init; }

        public string? SelfTest() => Thrown is null ? Failure : throw Thrown;

        public void HashEqual(ReadOnlySpan<byte> messages, int messageBytes, Span<byte> digests) =>
            throw new NotSupportedException();

        public void HashMixed(ReadOnlySpan<byte> data, ReadOnlySpan<MessageRange> ranges, Span<byte> digests) =>
            throw new NotSupportedException();

        public void HashPairs(ReadOnlySpan<byte> pairs, Span<byte> digests) => throw new NotSupportedException();
    }
}
