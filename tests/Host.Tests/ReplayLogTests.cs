using System.Text.Json;
using Tactus.Engine.Pipeline;
using Tactus.Host.Replay;
using Tactus.Kernels;
using Tactus.TestSupport;

namespace Tactus.Host.Tests;

/// <summary>Replay of every real block log, against the figures that an independent checker computed.</summary>
public sealed class ReplayLogTests
{
    private static readonly PipelineOptions Options = new() { CheckClock = false, SignatureThreads = 1 };

    [DataTheory]
    [InlineData("leap-v2-small")]
    [InlineData("leap-v2-prodsched")]
    [InlineData("spring-v3-savanna")]
    [InlineData("telosdevnet-7c7fbb7-88")]
    [InlineData("telosdevnet-e890aa9-87")]
    [InlineData("telosdevnet-7fe82c0-1001")]
    [InlineData("telosdevnet-98041f4-1002")]
    public void A_real_log_replays_to_the_expected_counts_and_head(string name)
    {
        using JsonDocument table = JsonDocument.Parse(
            File.ReadAllText(TestData.PathOf("antelope", "expected", "expected.json")));
        JsonElement expected = table.RootElement.GetProperty(name);

        ReplaySummary summary = Run(name, Options);

        Assert.Empty(summary.Failures);
        Assert.Equal(expected.GetProperty("chain_id").GetString(), summary.ChainId);
        Assert.Equal(expected.GetProperty("blocks").GetInt64(), summary.Report.Blocks);
        Assert.Equal(expected.GetProperty("trx").GetInt64(), summary.Report.Transactions);
        Assert.Equal(expected.GetProperty("sigs").GetInt64(), summary.Report.Signatures);
        Assert.Equal(expected.GetProperty("head_num").GetUInt32(), summary.Report.HeadNumber);
        Assert.Equal(expected.GetProperty("head_id").GetString(), summary.Report.HeadId.ToString());
        Assert.Equal(
            expected.GetProperty("final_legacy_state").GetProperty("dpos_irreversible").GetUInt32(),
            summary.Report.LastIrreversible);
        Assert.Contains(summary.NotVerified, line => line.Contains("action_mroot", StringComparison.Ordinal));
    }

    [DataFact]
    public void Savanna_blocks_say_that_their_finality_was_not_followed()
    {
        ReplaySummary summary = Run("spring-v3-savanna", Options);
        Assert.Contains(summary.NotVerified, line => line.Contains("Savanna finality", StringComparison.Ordinal));
    }

    [DataTheory]
    [InlineData(ValidationMode.Light, 0)]
    [InlineData(ValidationMode.Headers, 0)]
    [InlineData(ValidationMode.Full, 571)]
    public void Modes_check_less_and_say_so(ValidationMode mode, long signatures)
    {
        ReplaySummary summary = Run("telosdevnet-98041f4-1002", Options with { Mode = mode });
        Assert.Empty(summary.Failures);
        Assert.Equal(1002, summary.Report.Blocks);
        Assert.Equal(signatures, summary.Report.Signatures);
        Assert.Equal(
            mode != ValidationMode.Full,
            summary.NotVerified.Any(line => line.StartsWith("transaction signatures", StringComparison.Ordinal)));
    }

    [DataFact]
    public void A_range_follows_the_headers_before_it()
    {
        ReplaySummary summary = Run("telosdevnet-7c7fbb7-88", Options, 50, 60);
        Assert.Empty(summary.Failures);
        Assert.Equal(11, summary.Report.Blocks);
        Assert.Equal(60u, summary.Report.HeadNumber);
        Assert.Equal(59u, summary.Report.LastIrreversible);
    }

    private static ReplaySummary Run(
        string name, PipelineOptions options, uint from = 0, uint to = uint.MaxValue) => LogReplay.Run(
        TestData.PathOf("antelope", "blockslog", name, "blocks.log"),
        KernelRegistry.Default.Choose(),
        options,
        from,
        to,
        new ReplayProgress(quiet: true),
        CancellationToken.None);
}
