using System.CommandLine;
using Tactus.Engine.Devnet;
using Tactus.Engine.Production;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Engine.Storage;
using Tactus.Host.Configuration;
using Tactus.Host.Devnet;
using Tactus.Kernels;

namespace Tactus.Host.Commands;

/// <summary><c>tactus devnet</c>: a local half-second chain.</summary>
internal static class DevnetCommand
{
    public static Command Create()
    {
        var protocol = new Option<string?>("--protocol") { Description = "Consensus system (default antelope)." };
        protocol.AcceptOnlyFromAmong([.. DevnetSystems.Names]);
        var blocks = new Option<uint>("--blocks")
        {
            Description = "Blocks to make before stopping; 0 runs until Ctrl-C.",
        };
        var tps = new Option<int?>("--tps") { Description = "Transfers per second (default 100)." };
        var producers = new Option<int?>("--producers")
        {
            Description = "Producers, members, delegates, validators (default 21, 15, 3, 64 by system).",
        };
        var accounts = new Option<int?>("--accounts")
        {
            Description = "User accounts that send transfers (default 1000).",
        };
        var seed = new Option<long?>("--seed")
        {
            Description = "Keys and load come from it; the same seed gives the same blocks (default 1).",
        };
        var data = new Option<string?>("--data")
        {
            Description = "Folder to keep the chain in; a rerun on it resumes. Without it a temporary one.",
        };
        var store = new Option<string>("--store") { Description = "State store.", DefaultValueFactory = _ => "faster" };
        store.AcceptOnlyFromAmong("faster", "memory");
        var threads = new Option<int>("--threads")
        {
            Description = "Threads that check and apply; at least 1.",
            DefaultValueFactory = _ => Environment.ProcessorCount,
        };
        var slotMs = new Option<int?>("--slot-ms")
        {
            Description = "Length of a slot, for the systems that let it be chosen (graphene: 2000, quorum: 10000, "
                + "gasper: 12000).",
        };
        var offline = new Option<int?>("--offline-percent")
        {
            Description = "Share of the validators that goes offline (gasper; default 0).",
        };
        var offlineEpoch = new Option<int?>("--offline-epoch")
        {
            Description = "The epoch in which they go (default 4).",
        };
        var processing = new Option<int>("--processing-ms")
        {
            Description = "Processing window.",
            DefaultValueFactory = _ => 200,
        };
        var propagation = new Option<int>("--propagation-ms")
        {
            Description = "Propagation window.",
            DefaultValueFactory = _ => 300,
        };
        var lastOfTurn = new Option<int?>("--last-of-turn-ms")
        {
            Description = "Processing window of the last block of a producer's turn (default: half the window).",
        };
        var fast = new Option<bool>("--fast")
        {
            Description = "Make blocks one after the other on a virtual clock instead of one per half second.",
        };
        var checkpointBlocks = new Option<uint>("--checkpoint-blocks")
        {
            Description = "Blocks between checkpoints of the state.",
            DefaultValueFactory = _ => 240,
        };
        Option<string?> checkpoint = WeakSubjectivityOption.Create();
        var openOnly = new Option<bool>("--open-only")
        {
            Description = "Open the data, print where the chain stands, and stop.",
        };
        var command = new Command(
            "devnet",
            "Run a local chain with real signatures, every producer in this process; half-second slots by default.")
        {
            protocol, blocks, tps, producers, accounts, seed, data, store, threads, slotMs, offline, offlineEpoch,
            processing, propagation, lastOfTurn, fast, checkpointBlocks, checkpoint, openOnly,
        };
        command.SetAction(result =>
        {
            var wished = new DevnetParameters();
            wished = wished with
            {
                Protocol = result.GetValue(protocol) ?? wished.Protocol,
                Seed = result.GetValue(seed) ?? wished.Seed,
                Producers = result.GetValue(producers)
                    ?? DevnetSystems.ProducersDefault(result.GetValue(protocol) ?? wished.Protocol),
                SlotMs = result.GetValue(slotMs),
                OfflinePercent = result.GetValue(offline) ?? wished.OfflinePercent,
                OfflineFromEpoch = result.GetValue(offlineEpoch) ?? wished.OfflineFromEpoch,
                Accounts = result.GetValue(accounts) ?? wished.Accounts,
                TransactionsPerSecond = result.GetValue(tps) ?? wished.TransactionsPerSecond,
            };
            int processingMs = result.GetValue(processing);
            return Run(result.GetValue(data), () => new DevnetOptions
            {
                Parameters = Resolve(
                    wished, result.GetValue(data), result.GetValue(protocol), result.GetValue(seed),
                    result.GetValue(producers), result.GetValue(accounts), result.GetValue(tps),
                    result.GetValue(slotMs), result.GetValue(offline), result.GetValue(offlineEpoch)),
                Blocks = result.GetValue(blocks),
                DataFolder = result.GetValue(data),
                Store = result.GetValue(store)!,
                SignatureThreads = AtLeastOne("--threads", result.GetValue(threads)) - 1,
                Windows = new ProductionWindows(
                    processingMs, result.GetValue(propagation),
                    result.GetValue(lastOfTurn) ?? Math.Max(1, processingMs / 2)),
                Fast = result.GetValue(fast),
                CheckpointBlocks = (uint)AtLeastOne("--checkpoint-blocks", result.GetValue(checkpointBlocks)),
                Trusted = WeakSubjectivityOption.Parse(result.GetValue(checkpoint)),
                OpenOnly = result.GetValue(openOnly),
            });
        });
        return command;
    }

    private static int Run(string? folder, Func<DevnetOptions> read)
    {
        try
        {
            DevnetOptions options = read();
            string? problem = (folder is "" ? "--data: names no folder" : null)
                ?? options.Parameters.Check() ?? options.Windows.Check(SlotTime.IntervalMs);
            if (problem is not null)
            {
                throw new DevnetException(problem);
            }

            KernelSet kernels = HostEnvironment.ChooseKernels();
            using var cancel = new CancellationTokenSource();
            Console.CancelKeyPress += (_, e) =>
            {
                e.Cancel = true;
                cancel.Cancel();
            };
            new DevnetRunner(options, kernels, Console.Out).Run(cancel.Token);
            return ExitCodes.Ok;
        }
        catch (Exception error) when (error is DevnetException or StorageException or KernelChoiceException
            or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(
                $"error: {(error is StorageException && folder is not null ? $"{folder}: " : "")}{error.Message}");
            return error is DevnetException ? ExitCodes.Usage : ExitCodes.Failed;
        }
    }

    /// <summary>A folder that holds a devnet decides its parameters; options that contradict it are errors, except the
    /// load and who is offline, which may change.</summary>
    private static DevnetParameters Resolve(
        DevnetParameters wished, string? folder, string? protocol, long? seed, int? producers, int? accounts, int? tps,
        int? slotMs, int? offline, int? offlineEpoch)
    {
        DevnetParameters? found = folder is null || !DevnetData.Exists(folder) ? null : DevnetData.Read(folder);
        if (DevnetSystems.WhyUnfit((found ?? wished).Protocol, slotMs, offline, offlineEpoch) is { } unfit)
        {
            throw new DevnetException(unfit);
        }

        if (folder is null || found is not { } kept)
        {
            return wished;
        }

        if (protocol is not null && protocol != kept.Protocol)
        {
            throw new DevnetException(
                $"--protocol {protocol}: the devnet in {folder} runs {kept.Protocol}; leave the option out, "
                + "or choose another folder");
        }

        Same("--seed", seed, kept.Seed, folder);
        Same("--producers", producers, kept.Producers, folder);
        Same("--accounts", accounts, kept.Accounts, folder);
        if (slotMs is { } wishedMs && wishedMs != kept.SlotMs)
        {
            throw new DevnetException(
                $"--slot-ms {wishedMs}: the devnet in {folder} was made with "
                + $"{(kept.SlotMs is { } keptMs ? $"{keptMs}" : "its system's own")}; "
                + "leave the option out, or choose another folder");
        }

        return kept with
        {
            TransactionsPerSecond = tps ?? kept.TransactionsPerSecond,
            OfflinePercent = offline ?? kept.OfflinePercent,
            OfflineFromEpoch = offlineEpoch ?? kept.OfflineFromEpoch,
        };
    }

    private static int AtLeastOne(string option, long value) => value is >= 1 and <= int.MaxValue
        ? (int)value
        : throw new DevnetException($"{option} {value}: 1 is the least");

    private static void Same<T>(string option, T? wished, T kept, string folder)
        where T : struct, IEquatable<T>
    {
        if (wished is { } value && !value.Equals(kept))
        {
            throw new DevnetException(
                $"{option} {value}: the devnet in {folder} was made with {kept}; leave the option out, "
                + "or choose another folder");
        }
    }
}
