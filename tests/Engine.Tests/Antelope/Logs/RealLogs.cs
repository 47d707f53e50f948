using System.Globalization;
using System.Text.Json;
using Tactus.Engine.Protocols.Antelope.Logs;
using Tactus.Kernels;
using Tactus.TestSupport;

namespace Tactus.Engine.Tests.Antelope.Logs;

/// <summary>The real block logs and the tables that an independent checker computed from them.</summary>
internal static class RealLogs
{
    public static readonly string[] Names =
    [
        "leap-v2-small",
        "leap-v2-prodsched",
        "spring-v3-savanna",
        "telosdevnet-7c7fbb7-88",
        "telosdevnet-e890aa9-87",
        "telosdevnet-7fe82c0-1001",
        "telosdevnet-98041f4-1002",
    ];

    public static KernelSet Kernels { get; } = KernelRegistry.Default.Choose();

    public static TheoryData<string> Theory => [.. Names];

    public static string PathOf(string name, string file = "blocks.log") =>
        TestData.PathOf("antelope", "blockslog", name, file);

    public static BlockLog Open(string name) => BlockLog.Open(PathOf(name));

    public static JsonElement Expected(string name)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(TestData.PathOf("antelope", "expected", "expected.json")));
        return document.RootElement.GetProperty(name).Clone();
    }

    /// <summary>Rows of expected/NAME.KIND.csv by column name.</summary>
    public static IEnumerable<Dictionary<string, string>> Rows(string name, string kind)
    {
        string[] lines = File.ReadAllLines(TestData.PathOf("antelope", "expected", $"{name}.{kind}.csv"));
        string[] columns = lines[0].Split(',');
        foreach (string line in lines.Skip(1))
        {
            string[] cells = line.Split(',');
            yield return columns.Zip(cells).ToDictionary(p => p.First, p => p.Second, StringComparer.Ordinal);
        }
    }

    public static uint Number(this Dictionary<string, string> row, string column) =>
        uint.Parse(row[column], CultureInfo.InvariantCulture);
}
