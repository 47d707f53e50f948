using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.VmDposw.Analysis;
using Tactus.Engine.Protocols.VmDposw.Machines;
using Tactus.Engine.Protocols.VmDposw.Rounds;
using Tactus.Engine.Protocols.VmDposw.Work;
using Tactus.TestSupport;

namespace Tactus.Engine.Tests.VmDposw;

/// <summary>The vectors of an independent reference: Fig. 2, the text's example, rotation, conflicts, windows, three
/// rounds with keys and signatures, coverage, controllability ranks.</summary>
public sealed class VectorTests
{
    [DataFact]
    public void Figure_2_example_has_ascending_residues()
    {
        JsonElement example = Load().GetProperty("figure2_example");
        (string[] names, Hash256[] values) = Values(example.GetProperty("values"));
        AssertResidues(example.GetProperty("residues"), names, values);
        Assert.Equal(Strings(example.GetProperty("order_asc")), Order(names, values, OrderRule.Ascending));
    }

    [DataFact]
    public void Text_example_gives_the_order_of_figure_2_descending()
    {
        JsonElement example = Load().GetProperty("text_example");
        (string[] names, Hash256[] values) = Values(example.GetProperty("values"));
        AssertResidues(example.GetProperty("residues"), names, values);
        Assert.Equal(Strings(example.GetProperty("order_asc")), Order(names, values, OrderRule.Ascending));
        Assert.Equal(Strings(example.GetProperty("order_desc")), Order(names, values, OrderRule.Descending));
    }

    [DataFact]
    public void Rotation_reading_gives_figure_2_too()
    {
        JsonElement reading = Load().GetProperty("rotation_reading");
        string[] names = [.. reading.GetProperty("prev_positions").EnumerateObject().OrderBy(p => p.Value.GetInt32()).Select(p => p.Name)];
        Hash256 final = Number(reading.GetProperty("S").GetInt64());
        uint[] order = ServingOrder.Next([0, 1, 2], new Hash256[3], final, OrderRule.Rotation);
        foreach (JsonProperty residue in reading.GetProperty("residues").EnumerateObject())
        {
            Assert.Equal(residue.Name, names[order[residue.Value.GetInt32()]]);
        }
    }

    [DataFact]
    public void Conflicts_take_the_next_free_slot()
    {
        JsonElement[] cases = [.. Load().GetProperty("conflicts").EnumerateArray()];
        Assert.Equal(5, cases.Length);
        foreach (JsonElement conflict in cases)
        {
            string[] names = Strings(conflict.GetProperty("prev_order"));
            Hash256[] values = [.. names.Select(name => Number(conflict.GetProperty("values").GetProperty(name).GetInt64()))];
            AssertResidues(conflict.GetProperty("residues"), names, values);
            Assert.Equal(Strings(conflict.GetProperty("order_asc")), Order(names, values, OrderRule.Ascending));
        }
    }

    [DataFact]
    public void Windows_are_exact_fractions()
    {
        JsonElement[] cases = [.. Load().GetProperty("windows").EnumerateArray()];
        Assert.Equal(4, cases.Length);
        foreach (JsonElement round in cases)
        {
            Assert.Equal(0, round.GetProperty("T0").GetInt64());
            long length = round.GetProperty("T").GetInt64();
            int count = round.GetProperty("delegates").GetArrayLength();
            JsonElement[] windows = [.. round.GetProperty("windows").EnumerateArray()];
            Assert.Equal(count, windows.Length);
            for (int i = 0; i < count; i++)
            {
                Assert.Equal(round.GetProperty("delegates")[i].GetString(), windows[i][0].GetString());
                Assert.Equal(windows[i][1].GetString(), TimeWindows.Start(length, count, i).ToString());
                Assert.Equal(windows[i][2].GetString(), TimeWindows.Start(length, count, i + 1).ToString());
            }
        }
    }

    [DataFact]
    public void Three_rounds_of_keys_signatures_and_orders()
    {
        JsonElement root = Load();
        JsonElement[] rounds = [.. root.GetProperty("rounds").EnumerateArray()];
        Assert.Equal(3, rounds.Length);
        var lastKey = new Dictionary<string, Hash256>(StringComparer.Ordinal);
        var last = new Dictionary<string, Hash256>(StringComparer.Ordinal);
        var count = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (JsonProperty commitment in root.GetProperty("commitments").EnumerateObject())
        {
            lastKey[commitment.Name] = Hash256.FromHex(commitment.Value.GetString()!);
            count[commitment.Name] = 0;
        }

        Hash256 sum = Hash256.Zero;
        int blocks = 0;
        foreach (JsonElement round in rounds)
        {
            string[] order = Strings(round.GetProperty("order"));
            Assert.Equal(Hash256.FromHex(round.GetProperty("sum_prev_S").GetString()!), sum);
            var began = new HashSet<string>(StringComparer.Ordinal);
            Hash256 final = default;
            foreach (JsonElement block in round.GetProperty("blocks").EnumerateArray())
            {
                string vm = block.GetProperty("vm").GetString()!;
                var key = Hash256.FromHex(block.GetProperty("K").GetString()!);
                Assert.Equal(++count[vm], block.GetProperty("index").GetInt32());
                Assert.True(KeyChain.Follows(key, lastKey[vm]), $"key {count[vm]} of {vm}");
                lastKey[vm] = key;
                final = SignatureChain.Next(key, began.Add(vm) ? sum : last[vm]);
                Assert.Equal(Hash256.FromHex(block.GetProperty("S").GetString()!), final);
                last[vm] = final;
                blocks++;
            }

            Assert.Equal(Hash256.FromHex(round.GetProperty("S_final").GetString()!), final);
            Hash256[] values = [.. order.Select(vm => last[vm])];
            AssertResidues(round.GetProperty("residues"), order, values);
            Assert.Equal(Strings(round.GetProperty("next_order")), Order(order, values, OrderRule.Ascending));
            sum = SignatureChain.Sum(values);
        }

        Assert.Equal(18, blocks);
    }

    [DataFact]
    public void Coverage_at_exactly_half()
    {
        JsonElement[] cases = [.. Load().GetProperty("coverage").EnumerateArray()];
        JsonElement only = Assert.Single(cases);
        long selected = only.GetProperty("selected").EnumerateArray().Sum(x => x.GetInt64());
        long total = only.GetProperty("total").GetInt64();
        Assert.Equal(only.GetProperty("ge50").GetBoolean(), Coverage.Holds(selected, total, Majority.AtLeastHalf));
        Assert.Equal(only.GetProperty("gt50").GetBoolean(), Coverage.Holds(selected, total, Majority.MoreThanHalf));
    }

    [DataFact]
    public void Controllability_ranks()
    {
        JsonElement[] cases = [.. Load().GetProperty("controllability").EnumerateArray()];
        Assert.Equal(4, cases.Length);
        foreach (JsonElement surrogate in cases)
        {
            BigInteger slope = surrogate.GetProperty("dh").GetInt32();
            int delegates = surrogate.GetProperty("k").GetInt32();
            BigInteger signature = surrogate.GetProperty("S0").GetInt32();
            BigInteger machines = surrogate.GetProperty("M0").GetInt32();
            BigInteger[][] matrix = Controllability.Matrix(slope, delegates, signature, machines);
            for (int row = 0; row < 2; row++)
            {
                Assert.Equal(
                    surrogate.GetProperty("U")[row].EnumerateArray().Select(x => (BigInteger)x.GetInt32()), matrix[row]);
            }

            Assert.Equal(surrogate.GetProperty("rank_U").GetInt32(), Controllability.RankOf(matrix));
        }
    }

    /// <summary>A small number as a hash.</summary>
    internal static Hash256 Number(long value) =>
        Hash256.FromHex(value.ToString("x64", CultureInfo.InvariantCulture));

    private static JsonElement Load() =>
        JsonDocument.Parse(File.ReadAllText(TestData.PathOf("graphene", "vectors", "vectors_bfd.json"))).RootElement;

    private static (string[] Names, Hash256[] Values) Values(JsonElement values) => (
        [.. values.EnumerateObject().Select(p => p.Name)],
        [.. values.EnumerateObject().Select(p => Number(p.Value.GetInt64()))]);

    private static string[] Strings(JsonElement array) => [.. array.EnumerateArray().Select(x => x.GetString()!)];

    private static void AssertResidues(JsonElement expected, string[] names, Hash256[] values)
    {
        Assert.Equal(names.Length, expected.EnumerateObject().Count());
        for (int i = 0; i < names.Length; i++)
        {
            Assert.Equal(expected.GetProperty(names[i]).GetInt32(), ServingOrder.Residue(values[i], names.Length));
        }
    }

    private static string[] Order(string[] names, Hash256[] values, OrderRule rule)
    {
        uint[] served = [.. Enumerable.Range(0, names.Length).Select(i => (uint)i)];
        return [.. ServingOrder.Next(served, values, default, rule).Select(i => names[i])];
    }
}
