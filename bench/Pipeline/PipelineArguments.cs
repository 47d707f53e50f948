using System.Globalization;
using Tactus.Engine.Pipeline;

namespace Tactus.Bench.Pipeline;

/// <summary>How senders and receivers are chosen.</summary>
internal enum AccountChoice
{
    /// <summary>No sender twice in a block; receivers uniform.</summary>
    Distinct,

    /// <summary>Senders and receivers uniform.</summary>
    Uniform,

    /// <summary>Senders and receivers by Zipf's law with exponent 1.</summary>
    Zipf,
}

/// <summary>Arguments of <c>bench pipeline</c>.</summary>
internal sealed record PipelineArguments
{
    public const string Usage = "pipeline [--txs N] [--blocks N] [--warm-up N] [--accounts N] [--senders N] [--choice distinct|uniform|zipf] "
        + "[--mode full|light] [--threads N] [--store faster|memory] [--admitted P] [--passes all|main] [--folder DIR] [--json FILE]";

    /// <summary>Transfers per block.</summary>
    public int Transactions { get; private init; } = 100_000;

    /// <summary>Measured blocks, beside <see cref="WarmUpBlocks"/> before them.</summary>
    public int Blocks { get; private init; } = 20;

    /// <summary>Until every buffer has its size: the pipeline's work items, the log's and the tree's. Fewer leave growth in the
    /// measured blocks.</summary>
    public int WarmUpBlocks { get; private init; } = 8;

    public int Accounts { get; private init; } = 1_000_000;

    /// <summary>Accounts that have real keys and send.</summary>
    public int Senders { get; private init; }

    public AccountChoice Choice { get; private init; }

    public ValidationMode Mode { get; private init; } = ValidationMode.Full;

    /// <summary>Threads that work on blocks, the applying one included.</summary>
    public int Threads { get; private init; } = Math.Min(2, Environment.ProcessorCount);

    public string Store { get; private init; } = "faster";

    /// <summary>Share of transactions verified before their block, 0..1.</summary>
    public double Admitted { get; private init; }

    /// <summary>Whether the peers (memory store, one thread, libsecp256k1) run too.</summary>
    public bool WithPeers { get; private init; } = true;

    /// <summary>Folder for log and state: on the disk that is to be measured.</summary>
    public string Folder { get; private init; } = Path.GetTempPath();

    public string? Json { get; private init; }

    /// <summary>Reads the arguments; null and a line that says what is wrong.</summary>
    public static PipelineArguments? Parse(ReadOnlySpan<string> args, out string? wrong)
    {
        var result = new PipelineArguments();
        wrong = null;
        for (int i = 0; i < args.Length; i += 2)
        {
            string value = i + 1 < args.Length ? args[i + 1] : string.Empty;
            PipelineArguments? next = args[i] switch
            {
                "--txs" when Number(value, 1, 1_000_000) is { } n => result with { Transactions = n },
                "--blocks" when Number(value, 1, 10_000) is { } n => result with { Blocks = n },
                "--warm-up" when Number(value, 1, 1_000) is { } n => result with { WarmUpBlocks = n },
                "--accounts" when Number(value, 2, 100_000_000) is { } n => result with { Accounts = n },
                "--senders" when Number(value, 2, 10_000_000) is { } n => result with { Senders = n },
                "--choice" when Enum.TryParse(value, ignoreCase: true, out AccountChoice choice) => result with { Choice = choice },
                "--mode" when value is "full" or "light" =>
                    result with { Mode = value == "full" ? ValidationMode.Full : ValidationMode.Light },
                "--threads" when Number(value, 1, 256) is { } n => result with { Threads = n },
                "--store" when value is "faster" or "memory" => result with { Store = value },
                "--admitted" when double.TryParse(value, CultureInfo.InvariantCulture, out double p) && p is >= 0 and <= 1 =>
                    result with { Admitted = p },
                "--passes" when value is "all" or "main" => result with { WithPeers = value == "all" },
                "--folder" when value.Length > 0 => result with { Folder = value },
                "--json" when value.Length > 0 => result with { Json = value },
                _ => null,
            };
            if (next is null)
            {
                wrong = $"pipeline: '{args[i]} {value}' is not understood. Use: {Usage}";
                return null;
            }

            result = next;
        }

        int senders = result.Senders > 0 ? result.Senders : (int)Math.Min(result.Accounts, 4L * result.Transactions);
        if (senders > result.Accounts || (result.Choice == AccountChoice.Distinct && senders < result.Transactions))
        {
            wrong = $"pipeline: {result.Transactions} distinct senders a block need as many of {result.Accounts} accounts "
                + $"to have keys, not {senders}: raise --accounts or --senders, or take --choice uniform";
            return null;
        }

        return result with { Senders = senders };
    }

    private static int? Number(string text, int min, int max) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int n) && n >= min && n <= max ? n : null;
}
