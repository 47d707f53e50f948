using Xunit.Abstractions;

namespace Tactus.Engine.Tests.Gasper.Vectors;

/// <summary>Counts the cases of a set and collects failures.</summary>
internal sealed class VectorTally(string set)
{
    private readonly List<string> _failures = [];

    public int Count { get; private set; }

    public void Pass() => Count++;

    public void Fail(VectorCase c, string why) => _failures.Add($"{c.Name}: {why}");

    /// <summary>Prints the count, and fails unless all passed and there were as many as expected.</summary>
    public void Report(ITestOutputHelper output, int expected)
    {
        output.WriteLine($"{set}: {Count} cases");
        Assert.True(_failures.Count == 0, $"{set}: {_failures.Count} failed: {string.Join("; ", _failures.Take(5))}");
        Assert.Equal(expected, Count);
    }
}
