using Tactus.Engine.Tests.Gasper.Vectors;
using Tactus.TestSupport;
using Xunit.Abstractions;

namespace Tactus.Engine.Tests.Gasper;

/// <summary>Every state-transition set: epoch processing, operations, rewards, sanity, finality, random.</summary>
public sealed class TransitionVectorTests(ITestOutputHelper output)
{
    private const string PublishedMinimal = "published-v1.1.0-alpha.8/minimal/phase0";
    private const string PublishedMainnet = "published-v1.1.0-alpha.8/mainnet-phase0.tar.xz";
    private const string Pyspec = "pyspec-v1.5.0/minimal/phase0";
    private const string Btc20 = "btc20-oracle/minimal/phase0";

    /// <summary>Columns: set, preset, runner, cases. Signatures are checked unless a case forbids it.</summary>
    [DataTheory]
    [InlineData(Pyspec, "minimal", "epoch_processing", 56)]
    [InlineData(Pyspec, "minimal", "operations", 119)]
    [InlineData(Pyspec, "minimal", "rewards", 49)]
    [InlineData(Pyspec, "minimal", "sanity", 52)]
    [InlineData(Pyspec, "minimal", "finality", 5)]
    [InlineData(Pyspec, "minimal", "random", 16)]
    [InlineData(PublishedMinimal, "minimal-v1.1.0-alpha.8", "epoch_processing", 47)]
    [InlineData(PublishedMinimal, "minimal-v1.1.0-alpha.8", "operations", 111)]
    [InlineData(PublishedMinimal, "minimal-v1.1.0-alpha.8", "rewards", 46)]
    [InlineData(PublishedMinimal, "minimal-v1.1.0-alpha.8", "sanity", 46)]
    [InlineData(PublishedMinimal, "minimal-v1.1.0-alpha.8", "finality", 5)]
    [InlineData(PublishedMainnet, "mainnet", "epoch_processing", 47)]
    [InlineData(PublishedMainnet, "mainnet", "operations", 111)]
    [InlineData(PublishedMainnet, "mainnet", "rewards", 46)]
    [InlineData(PublishedMainnet, "mainnet", "sanity", 43)]
    [InlineData(PublishedMainnet, "mainnet", "finality", 5)]
    [InlineData("published-v1.1.0-alpha.8/mainnet", "mainnet", "finality", 5)]
    [InlineData(Btc20, "btc20-minimal", "epoch_processing", 48)]
    [InlineData(Btc20, "btc20-minimal", "operations", 101)]
    [InlineData(Btc20, "btc20-minimal", "rewards", 43)]
    [InlineData(Btc20, "btc20-minimal", "sanity", 40)]
    [InlineData(Btc20, "btc20-minimal", "finality", 4)]
    public void Cases_give_the_state_after_or_are_refused(
        string set, string preset, string runner, int cases)
    {
        var tally = new VectorTally($"{runner}/{preset}");
        foreach (VectorCase c in Cases(set, runner))
        {
            TransitionVectors.RunCase(VectorSet.Context(preset), runner, c, tally);
        }

        tally.Report(output, cases);
    }

    private static IEnumerable<VectorCase> Cases(string set, string runner) =>
        set.EndsWith(".xz", StringComparison.Ordinal)
            ? VectorSet.ArchiveCases(set, $"mainnet/phase0/{runner}")
            : VectorSet.Cases($"{set}/{runner}");
}
