using System.Globalization;
using Tactus.Engine.Pipeline;
using Tactus.Engine.Production;

namespace Tactus.Host.Devnet;

/// <summary>Prints a line per block and the summary; counts what the lines say.</summary>
internal sealed class DevnetReport(TextWriter output, ProductionWindows windows)
{
    private readonly List<double> _processMs = [];
    private readonly List<double> _buildMs = [];
    private readonly List<double> _arriveMs = [];
    private long _transactions;
    private long _bytes;
    private int _lines;

    public int Blocks => _processMs.Count;

    public int MissedSlots { get; set; }

    /// <summary>Slots that belong to nobody, or in which no block could be made by the system's rules.</summary>
    public int EmptySlots { get; set; }

    public int OverProcessing { get; private set; }

    public int OverPropagation { get; private set; }

    /// <summary>One block went through.</summary>
    /// <param name="block">The block, with its stage times.</param>
    /// <param name="buildNs">Time that its producer took to build it.</param>
    /// <param name="arriveUs">Arrival after (before: negative) the slot's time.</param>
    /// <param name="status">What matters in the system, for the end of the line.</param>
    public void Add(BlockWork block, long buildNs, long arriveUs, string status)
    {
        double processMs = block.Clock.ElapsedNs / 1e6;
        double arriveMs = arriveUs / 1e3;
        _processMs.Add(processMs);
        _buildMs.Add(buildNs / 1e6);
        _arriveMs.Add(arriveMs);
        _transactions += block.Transactions.Count;
        _bytes += block.Bytes.Length;
        bool overProcessing = processMs > windows.ProcessingMs;
        bool overPropagation = arriveMs > windows.PropagationMs;
        OverProcessing += overProcessing ? 1 : 0;
        OverPropagation += overPropagation ? 1 : 0;
        if (_lines++ % 40 == 0)
        {
            output.WriteLine(
                "   block  id                  txs      KiB    build   decode    gate     sig  merkle   apply  commit"
                + "     total/window  arrive/window");
        }

        StageClock clock = block.Clock;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{block.Number,8}  {block.Id.ToShortString()} {block.Transactions.Count,6} "
            + $"{block.Bytes.Length / 1024.0,8:F1} "
            + $"{buildNs / 1e6,8:F1} {Ms(clock, Stage.Decode),8:F1} {Ms(clock, Stage.HeaderGate),7:F1} "
            + $"{Ms(clock, Stage.Signatures),7:F1} "
            + $"{Ms(clock, Stage.Merkle),7:F1} {Ms(clock, Stage.Apply),7:F1} {Ms(clock, Stage.Commit),7:F1} "
            + $"{processMs,9:F1}/{windows.ProcessingMs} ms {arriveMs,7:+0;-0;0}/{windows.PropagationMs} ms  {status}"
            + $"{(overProcessing ? $"  OVER: {clock.Longest} took longest" : string.Empty)}{(overPropagation ? "  LATE" : string.Empty)}"));
    }

    public void Print(string stateHash, Chain chain, BlockProducer producer)
    {
        output.WriteLine();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"blocks {Blocks}, head {chain.Head.Number} {chain.Head.Id}, last irreversible {chain.Root.Number}"));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"transactions {_transactions:N0}, bytes {_bytes:N0}, failed {producer.FailedCount}"));
        if (Blocks > 0)
        {
            output.WriteLine($"build      {Quantiles(_buildMs)} ms");
            output.WriteLine($"validate   {Quantiles(_processMs)} ms of {windows.ProcessingMs}");
            output.WriteLine($"arrive     {Quantiles(_arriveMs)} ms of {windows.PropagationMs}, from the slot's time");
        }

        output.WriteLine(
            $"slots missed {MissedSlots}, empty {EmptySlots}, over the processing window {OverProcessing}, "
            + $"over the propagation window {OverPropagation}");
        if (producer.FailedCount > 0)
        {
            output.WriteLine($"last failed transaction: {producer.LastFailure}");
        }

        output.WriteLine($"state hash {stateHash}");
    }

    private static double Ms(StageClock clock, Stage stage) => clock[stage] / 1e6;

    private static string Quantiles(List<double> values)
    {
        double[] sorted = [.. values.Order()];
        double At(double q) => sorted[(int)Math.Min(sorted.Length - 1, q * sorted.Length)];
        return string.Create(CultureInfo.InvariantCulture, $"p50 {At(0.5):F1}, p99 {At(0.99):F1}, max {sorted[^1]:F1}");
    }
}
