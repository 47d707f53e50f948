using Xunit.Abstractions;

namespace Tactus.Engine.Tests.Gasper.Vectors;

/// <summary>Counts the cases of a set, collects failures, and leaves aside, counted, what only signatures decide.</summary>
internal sealed class VectorTally(string set)
{
    private readonly List<string> _failures = [];
    private readonly List<string> _waiting = [];

    public int Count { get; private set; }

    /// <summary>Cases whose verdict hangs on a bad signature, while there is no BLS kernel.</summary>
    public int WaitingCount => _waiting.Count;

    public void Pass() => Count++;

    /// <summary>Counts a wrong outcome; where it may be owed to unchecked signatures it is set aside instead.</summary>
    public void Fail(VectorCase c, string why)
    {
        if (VectorSignatures.Bls is null && VectorSignatures.MustCheck(c))
        {
            _waiting.Add(c.Name);
        }
        else
        {
            _failures.Add($"{c.Name}: {why}");
        }
    }

    /// <summary>Prints the counts, and fails unless all passed and there were as many as expected.</summary>
    public void Report(ITestOutputHelper output, int expected, int waitingExpected = 0)
    {
        output.WriteLine(
            $"{set}: {Count} cases" + (_waiting.Count > 0 ? $", {_waiting.Count} wait for BLS: {string.Join(", ", _waiting)}" : ""));
        Assert.True(_failures.Count == 0, $"{set}: {_failures.Count} failed: {string.Join("; ", _failures.Take(5))}");
        int waiting = VectorSignatures.Bls is null ? waitingExpected : 0;
        Assert.Equal((expected - waiting, waiting), (Count, _waiting.Count));
    }
}
