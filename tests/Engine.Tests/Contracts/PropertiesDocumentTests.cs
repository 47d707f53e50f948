using System.Reflection;
using System.Text.RegularExpressions;
using Tactus.Engine.Simulation;

namespace Tactus.Engine.Tests.Contracts;

/// <summary>docs/PROPERTIES.md names every property of the specifications, and only tests and scenarios that
/// exist.</summary>
public sealed partial class PropertiesDocumentTests
{
    private static readonly string Document = File.ReadAllText(Path.Combine(Root(), "docs", "PROPERTIES.md"));

    [Theory]
    [InlineData("P", 17)]
    [InlineData("NP", 4)]
    [InlineData("I", 11)]
    [InlineData("S", 12)]
    [InlineData("V", 13)]
    [InlineData("W", 5)]
    [InlineData("A", 16)]
    [InlineData("G", 20)]
    public void Every_property_has_a_test(string letter, int count)
    {
        for (int i = 1; i <= count; i++)
        {
            Match row = Regex.Match(Document, $@"^\| {letter}{i} \|[^|]*\|(?<tests>[^|]*)\|", RegexOptions.Multiline);
            Assert.True(row.Success, $"{letter}{i} is not in the document");
            Assert.Matches("`[A-Za-z]+Tests\\.", row.Groups["tests"].Value);
        }
    }

    [Fact]
    public void Every_name_is_that_of_a_test_or_a_scenario()
    {
        HashSet<string> tests =
        [
            .. typeof(PropertiesDocumentTests).Assembly.GetTypes()
                .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance)
                    .Where(method => method.GetCustomAttributes<FactAttribute>(inherit: true).Any())
                    .Select(method => $"{type.Name}.{method.Name}")),
        ];
        string[] named = [.. TestName().Matches(Document).Select(match => match.Groups[1].Value)];
        Assert.True(named.Length > 60, $"{named.Length} tests are named");
        Assert.All(named, name => Assert.Contains(name, tests));
        Assert.All(
            ScenarioName().Matches(Document).Select(match => match.Groups[1].Value),
            name => Assert.Contains(name, ScenarioLibrary.Names));
    }

    [GeneratedRegex(@"`(\w+\.\w+)`")]
    private static partial Regex TestName();

    [GeneratedRegex(@"scenario `([a-z0-9-]+)`")]
    private static partial Regex ScenarioName();

    private static string Root()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Engine.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("the tests do not run inside the repository");
    }
}
