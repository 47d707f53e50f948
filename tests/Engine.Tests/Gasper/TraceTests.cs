using System.Globalization;
using System.Text.Json;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper;
using Tactus.Engine.Protocols.Gasper.Blocks;
using Tactus.Engine.Protocols.Gasper.Presets;
using Tactus.Engine.Protocols.Gasper.Ssz;
using Tactus.Engine.Protocols.Gasper.State;
using Tactus.Engine.Protocols.Gasper.Transition;
using Tactus.Engine.Tests.Gasper.Vectors;
using Tactus.TestSupport;
using Xunit.Abstractions;

namespace Tactus.Engine.Tests.Gasper;

/// <summary>
/// BTC20's life in epochs: a lone slashing through its 36 days and an inactivity leak with 40 % offline, epoch by epoch
/// against the oracle's traces, state roots included. The procedure is the trace's own: no blocks, whole committees
/// vote.</summary>
public sealed class TraceTests(ITestOutputHelper output)
{
    [DataTheory]
    [InlineData("lone_minimal", "btc20-minimal", 73)]
    [InlineData("leak40_minimal", "btc20-minimal", 72)]
    [InlineData("lone_mainnet", "btc20", 55)]
    [InlineData("leak40_mainnet", "btc20", 46)]
    public void Epochs_equal_the_trace(string name, string preset, int rows)
    {
        GasperContext context = VectorSet.Context(preset);
        string folder = TestData.PathOf("gasper", "btc20-oracle", "traces", name);
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "trace.json")));
        JsonElement trace = document.RootElement;
        BeaconState state = BeaconState.Decode(context, Unpack(folder, "pre"));
        int watch = trace.GetProperty("watch_index").GetInt32();
        int offlineFrom = trace.GetProperty("offline_from_index") is { ValueKind: JsonValueKind.Number } from
            ? from.GetInt32()
            : state.Validators.Count;
        Dictionary<ulong, JsonElement> expected = trace.GetProperty("rows").EnumerateArray()
            .Where(r => r.TryGetProperty("after_epoch", out _))
            .ToDictionary(r => r.GetProperty("after_epoch").GetUInt64());
        JsonElement? slashing = trace.GetProperty("rows").EnumerateArray()
            .Where(r => r.TryGetProperty("event", out _)).Select(r => (JsonElement?)r).SingleOrDefault();

        int checkedRows = 0;
        var finality = new List<(ulong Finalized, bool IsSupermajority)>();
        ulong epochs = trace.GetProperty("epochs").GetUInt64();
        for (ulong epoch = 0; epoch < epochs; epoch++)
        {
            if (state.Slot < context.Preset.StartSlot(epoch + 1) - 1)
            {
                SlotProcessing.ProcessSlots(state, context.Preset.StartSlot(epoch + 1) - 1);
            }

            if (slashing is { } row && row.GetProperty("epoch").GetUInt64() == epoch)
            {
                Slash(state, row);
                checkedRows++;
            }

            SlotProcessing.ProcessSlot(state);
            state.SetCurrentAttestations(WholeCommittees.Votes(state, epoch, offlineFrom));
            bool isSupermajority = IsSupermajority(state, offlineFrom);
            EpochProcessing.ProcessEpoch(state);
            state.Slot++;
            finality.Add((state.Finalized.Epoch, isSupermajority));
            if (expected.TryGetValue(epoch, out JsonElement after))
            {
                Assert.Equal($"{epoch}: {Text(after)}", $"{epoch}: {Text(state, watch)}");
                checkedRows++;
            }
        }

        Assert.Equal(rows, checkedRows);
        Assert.True(state.Encode().AsSpan().SequenceEqual(Unpack(folder, "post")), "the last state differs");
        output.WriteLine($"btc20-oracle/traces/{name}: {checkedRows} rows over {epochs} epochs, and the last state");
        CheckFinality(finality);
    }

    /// <summary>
    /// Document and specification (gasper.md): the leak takes from those who are offline until the others hold two
    /// thirds of the stake; then two epochs finalise the first, and finality keeps up from there on. Both ends of that
    /// are epochs of the run, whose rows equal the trace.</summary>
    private void CheckFinality(List<(ulong Finalized, bool IsSupermajority)> epochs)
    {
        int first = epochs.FindIndex(e => e.IsSupermajority);
        int finalizes = epochs.FindIndex(e => e.Finalized > 0);
        if (first < 0)
        {
            output.WriteLine("two thirds never vote: nothing is finalised");
            Assert.Equal(-1, finalizes);
            return;
        }

        output.WriteLine(
            $"two thirds vote from epoch {first} on; epoch {finalizes} finalises {epochs[finalizes].Finalized}");

        // The phase before epoch 2 does not justify (process_justification_and_finalization).
        int from = Math.Max(first, 2);
        Assert.InRange(finalizes, from + 1, from + 1);
        for (int epoch = finalizes; epoch < epochs.Count; epoch++)
        {
            Assert.True(epochs[epoch].IsSupermajority, $"epoch {epoch} lost its two thirds");
            Assert.Equal((ulong)epoch - 1, epochs[epoch].Finalized);
        }
    }

    private static bool IsSupermajority(BeaconState state, int offlineFrom)
    {
        ulong votes = 0;
        for (int i = 0; i < offlineFrom; i++)
        {
            votes += state.Validators.IsActive(i, state.CurrentEpoch) && !state.Validators.IsSlashed(i)
                ? state.Validators.EffectiveBalance(i)
                : 0;
        }

        return votes * 3 >= Accessors.TotalActiveBalance(state) * 2;
    }

    private static byte[] Unpack(string folder, string part) =>
        SnappyBlock.Decode(File.ReadAllBytes(Path.Combine(folder, part + ".ssz_snappy")));

    private static void Slash(BeaconState state, JsonElement row)
    {
        int first = -1;
        foreach (JsonElement index in row.GetProperty("indices").EnumerateArray())
        {
            first = first < 0 ? index.GetInt32() : first;
            RegistryActions.Slash(state, index.GetInt32(), row.GetProperty("whistleblower").GetInt32());
        }

        Assert.Equal(row.GetProperty("balance_of_first_after_initial_penalty").GetUInt64(), state.Balances[first]);
        Assert.Equal(row.GetProperty("withdrawable_epoch").GetUInt64(), state.Validators.WithdrawableEpoch(first));
        Assert.Equal(row.GetProperty("exit_epoch_first").GetUInt64(), state.Validators.ExitEpoch(first));
    }

    private static string Text(JsonElement row) => string.Join(' ', (string[])[
        .. ((string[])["slot", "bits", "pj", "cj", "fin", "bal_watch", "eff_watch", "bal_online", "total_active", "active", "state_root"])
            .Select(key => row.GetProperty(key).ToString())]);

    private static string Text(BeaconState state, int watch)
    {
        ulong active = Accessors.ActiveCount(state, state.CurrentEpoch);
        string bits = string.Concat(Enumerable.Range(0, 4).Select(i => state.JustificationBits >> i & 1));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{state.Slot} {bits} {state.PreviousJustified.Epoch} {state.CurrentJustified.Epoch} "
            + $"{state.Finalized.Epoch} {state.Balances[watch]} {state.Validators.EffectiveBalance(watch)} "
            + $"{state.Balances[state.Validators.Count / 2]} {Accessors.TotalActiveBalance(state)} {active} "
            + $"{state.HashTreeRoot()}");
    }
}
