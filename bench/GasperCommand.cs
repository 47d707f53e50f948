using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper;
using Tactus.Engine.Protocols.Gasper.Blocks;
using Tactus.Engine.Protocols.Gasper.ForkChoice;
using Tactus.Engine.Protocols.Gasper.Presets;
using Tactus.Engine.Protocols.Gasper.State;
using Tactus.Engine.Protocols.Gasper.Transition;
using Tactus.Kernels;

namespace Tactus.Bench;

/// <summary>
/// <c>bench gasper [validators] [--json FILE]</c>: shuffle, epoch transition, head update, state root and memory of a
/// state with a million validators, all of whom voted. Prints medians and the spread; one thread.</summary>
internal static class GasperCommand
{
    private const int ValidatorsDefault = 1_000_000;
    private const int Runs = 15;
    private const ulong Epoch = 100;

    private static readonly JsonSerializerOptions JsonOptions =
        new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    private static readonly List<Row> Rows = [];

    public static int Run(ReadOnlySpan<string> args)
    {
        int validators = ValidatorsDefault;
        string? json = null;
        for (int i = 0; i < args.Length; i++)
        {
            if (args[i] == "--json" && i + 1 < args.Length)
            {
                json = args[++i];
            }
            else if (!int.TryParse(args[i], NumberStyles.None, CultureInfo.InvariantCulture, out validators)
                || validators < 64)
            {
                Console.Error.WriteLine(
                    $"gasper: '{args[i]}' is not understood. Use: gasper [validators, at least 64] [--json FILE]");
                return 2;
            }
        }

        KernelSet kernels = KernelRegistry.Default.Choose(Environment.GetEnvironmentVariable("TACTUS_KERNELS"));
        var context = new GasperContext(PresetLoader.BuiltIn("btc20"), kernels);
        Console.WriteLine(
            $"{validators} validators, preset {context.Preset.ConfigName}, sha256 {kernels.Sha256.Best.Name}");
        Shuffle(context, validators);

        long before = GC.GetTotalMemory(forceFullCollection: true);
        BeaconState state = MakeState(context, validators);
        EpochTransition(state);
        StateRoot(state);
        var votes = new VoteTracker();
        ProtoArray tree = HeadUpdate(context, votes, validators);
        _ = Accessors.CommitteesOf(state, Epoch);
        _ = Accessors.CommitteesOf(state, Epoch - 1);
        BeaconState clone = state.Clone();
        SlotProcessing.ProcessSlots(clone, clone.Slot + 1);
        _ = clone.HashTreeRoot();
        long after = GC.GetTotalMemory(forceFullCollection: true);
        Console.WriteLine(
            $"memory: {(after - before) / 1048576.0:F0} MiB for two states an epoch apart with Merkle nodes, "
            + "committees of two "
            + "epochs, participation, key index, votes and tree");
        if (json is not null)
        {
            var result = new
            {
                Validators = validators,
                Sha256 = kernels.Sha256.Best.Name,
                MemoryMib = Math.Round((after - before) / 1048576.0, 1),
                Rows,
            };
            File.WriteAllText(json, JsonSerializer.Serialize(result, JsonOptions));
        }

        GC.KeepAlive(state);
        GC.KeepAlive(clone);
        GC.KeepAlive(votes);
        GC.KeepAlive(tree);
        return 0;
    }

    private static void Shuffle(GasperContext context, int count)
    {
        int[] list = [.. Enumerable.Range(0, count)];
        Hash256 seed = Seeds.RootOf(42);
        Measure("shuffle", () => { }, () =>
            Shuffling.ShuffleList(list, seed, context.Preset.ShuffleRoundCount, context.Hasher));
    }

    private static void EpochTransition(BeaconState state)
    {
        BeaconState clone = state;
        Measure(
            "epoch transition without root", () => clone = state.Clone(), () => EpochProcessing.ProcessEpoch(clone));
        Measure(
            "epoch transition and the committees of the next epoch",
            () => clone = state.Clone(),
            () =>
            {
                EpochProcessing.ProcessEpoch(clone);
                clone.Slot++;
                _ = Accessors.CommitteesOf(clone, Epoch + 1);
            });
    }

    private static void StateRoot(BeaconState state)
    {
        long start = Stopwatch.GetTimestamp();
        _ = state.HashTreeRoot();
        Console.WriteLine($"first state root: {Stopwatch.GetElapsedTime(start).TotalMilliseconds:F1} ms");
        BeaconState clone = state;
        Measure(
            "state root after an epoch (all balances changed)",
            () =>
            {
                clone = state.Clone();
                EpochProcessing.ProcessEpoch(clone);
            },
            () => _ = clone.HashTreeRoot());
        Measure(
            "state root after one slot",
            () =>
            {
                clone = state.Clone();
                clone.BlockRoots[5] = Seeds.RootOf((ulong)Stopwatch.GetTimestamp());
                clone.RandaoMixes[5] = Seeds.RootOf((ulong)Stopwatch.GetTimestamp());
            },
            () => _ = clone.HashTreeRoot());
    }

    private static ProtoArray HeadUpdate(GasperContext context, VoteTracker votes, int validators)
    {
        // 64 blocks in a row with a fork at each fourth: two epochs without finality.
        var tree = new ProtoArray(context.Preset);
        for (int i = 0; i < 64; i++)
        {
            tree.Add(new ProtoNode
            {
                Root = Seeds.RootOf((ulong)i + 1),
                ParentRoot = i == 0 ? default : Seeds.RootOf((ulong)(i % 4 == 0 ? Math.Max(1, i - 1) : i)),
                Slot = (ulong)i,
            });
        }

        ulong[] balances = new ulong[validators];
        Array.Fill(balances, context.Preset.MaxEffectiveBalance);
        var filter = new HeadFilter(new Checkpoint(0, Seeds.RootOf(1)), new Checkpoint(0, Seeds.RootOf(1)), 2);
        var random = new Random(1);
        ulong epoch = 0;
        Measure(
            "head update, all votes changed",
            () =>
            {
                epoch++;
                for (int i = 0; i < validators; i++)
                {
                    votes.Vote(i, (random.Next(32) * 2) + (int)(epoch & 1), epoch);
                }
            },
            () => _ = tree.FindHead(votes, balances, filter, default, 0));
        Measure(
            "head update, no vote changed", () => { }, () => _ = tree.FindHead(votes, balances, filter, default, 0));
        return tree;
    }

    /// <summary>A state in the last slot of an epoch; everyone active and voted right, balances a little above
    /// full.</summary>
    private static BeaconState MakeState(GasperContext context, int validators)
    {
        GasperPreset preset = context.Preset;
        var state = new BeaconState(context);
        var random = new Random(7);
        Span<byte> bytes = stackalloc byte[80];
        for (int i = 0; i < validators; i++)
        {
            random.NextBytes(bytes);
            state.Validators.Add(new PublicKey48(bytes), new Hash256(bytes[48..]), preset.MaxEffectiveBalance);
            state.Validators.SetActivationEligibilityEpoch(i, 0);
            state.Validators.SetActivationEpoch(i, 0);
            state.Balances.Add(preset.MaxEffectiveBalance + (ulong)random.Next(1000));
        }

        state.Slot = preset.StartSlot(Epoch + 1) - 1;
        state.CurrentJustified = new Checkpoint(Epoch - 1, default);
        state.PreviousJustified = new Checkpoint(Epoch - 2, default);
        state.Finalized = new Checkpoint(Epoch - 2, default);
        state.JustificationBits = 0b1111;
        EpochParticipation previous = state.Caches.Previous(state);
        EpochParticipation current = state.Caches.Current(state);
        for (int i = 0; i < validators; i++)
        {
            int proposer = (int)((long)i * 7919 % 32 * (validators / 32));
            previous.Include(i, Votes.Source | Votes.Target | Votes.Head, new Inclusion(1, proposer));
            current.Include(i, Votes.Source | Votes.Target | Votes.Head, new Inclusion(1, proposer));
        }

        return state;
    }

    private static void Measure(string what, Action prepare, Action action)
    {
        double[] times = new double[Runs];
        for (int run = -2; run < Runs; run++)
        {
            prepare();
            long start = Stopwatch.GetTimestamp();
            action();
            double ms = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            if (run >= 0)
            {
                times[run] = ms;
            }
        }

        Array.Sort(times);
        Rows.Add(new Row(what, Math.Round(times[Runs / 2], 3), Math.Round(times[0], 3), Math.Round(times[^1], 3)));
        Console.WriteLine($"{what}: {times[Runs / 2]:F2} ms (best {times[0]:F2}, worst {times[^1]:F2}, {Runs} runs)");
    }

    private sealed record Row(string What, double MedianMs, double BestMs, double WorstMs);
}
