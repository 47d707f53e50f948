using System.Globalization;
using Tactus.Engine.Pipeline;

namespace Tactus.Host.Replay;

/// <summary>What a replay found, for people and for machines.</summary>
internal sealed record ReplaySummary
{
    public required string ChainId { get; init; }

    public required ReplayReport Report { get; init; }

    public required IReadOnlyList<string> Failures { get; init; }

    /// <summary>What was checked.</summary>
    public required IReadOnlyList<string> Verified { get; init; }

    /// <summary>What was not, and what it would need.</summary>
    public required IReadOnlyList<string> NotVerified { get; init; }

    /// <summary>Things worth knowing that are no failure: a torn tail that was cut, an index that was
    /// rebuilt.</summary>
    public IReadOnlyList<string> Notices { get; init; } = [];

    /// <summary>Hash over all records of the state, where blocks were executed.</summary>
    public string? StateHash { get; init; }

    public object ToJson() => new
    {
        this.ChainId,
        Report.Blocks,
        Report.Transactions,
        Report.Signatures,
        Failures,
        HeadBlockNum = Report.HeadNumber,
        HeadBlockId = Report.HeadId.ToString(),
        LastIrreversibleBlockNum = Report.LastIrreversible,
        Verified,
        NotVerified,
        StateHash,
        Notices,
        Seconds = Math.Round(Report.ElapsedNs / 1e9, 3),
    };

    public void Print(TextWriter output)
    {
        double seconds = Report.ElapsedNs / 1e9;
        foreach (string notice in Notices)
        {
            output.WriteLine($"notice             {notice}");
        }

        output.WriteLine($"chain              {ChainId}");
        output.WriteLine($"head               {Report.HeadNumber} {Report.HeadId}");
        output.WriteLine($"last irreversible  {Report.LastIrreversible}");
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"checked            {Report.Blocks:N0} blocks, {Report.Transactions:N0} transactions, "
            + $"{Report.Signatures:N0} transaction signatures, {Report.BlockSignatures:N0} block signatures"));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"time               {seconds:N3} s ({Report.Blocks / Math.Max(seconds, 1e-9):N0} blocks/s), {Bound()}"));
        if (StateHash is not null)
        {
            output.WriteLine($"state hash         {StateHash}");
        }

        Print(output, "verified", Verified);
        Print(output, "not verified", NotVerified);
        if (Failures.Count == 0)
        {
            output.WriteLine("result             no failure");
        }

        foreach (string failure in Failures)
        {
            output.WriteLine($"FAILED             {failure}");
        }
    }

    private static void Print(TextWriter output, string title, IReadOnlyList<string> lines)
    {
        for (int i = 0; i < lines.Count; i++)
        {
            output.WriteLine($"{(i == 0 ? title : string.Empty),-19}{lines[i]}");
        }
    }

    /// <summary>Which half waited less, and its costliest stage.</summary>
    private string Bound()
    {
        if (Report.StageNs.Count == 0)
        {
            return "nothing ran";
        }

        int longest = 0;
        for (int i = 1; i < Report.StageNs.Count; i++)
        {
            longest = Report.StageNs[i] > Report.StageNs[longest] ? i : longest;
        }

        string half = Report.CheckWaitedNs > Report.ApplyWaitedNs ? "the applying half" : "the checking half";
        return $"bound by {half}; costliest stage: {(Stage)longest} {Report.StageNs[longest] / 1e6:N0} ms";
    }
}
