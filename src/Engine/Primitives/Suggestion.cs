namespace Tactus.Engine.Primitives;

/// <summary>Finds what a misspelt name was meant to be.</summary>
public static class Suggestion
{
    /// <summary>" (did you mean 'x'?)" where a known name is within a third of the letters, else nothing.</summary>
    public static string For(string given, IEnumerable<string> known)
    {
        string? best = known.OrderBy(name => Distance(given, name))
            .ThenBy(name => name, StringComparer.Ordinal)
            .FirstOrDefault();
        return best is not null && Distance(given, best) <= Math.Max(2, best.Length / 3) ? $" (did you mean '{best}'?)"
            : string.Empty;
    }

    /// <summary>Insertions, deletions and replacements from one name to the other, case aside (Levenshtein, one row at
    /// a time).</summary>
    private static int Distance(string x, string y)
    {
        int[] row = [.. Enumerable.Range(0, y.Length + 1)];
        for (int i = 1; i <= x.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= y.Length; j++)
            {
                int above = row[j];
                int replaced = diagonal + (char.ToLowerInvariant(x[i - 1]) == char.ToLowerInvariant(y[j - 1]) ? 0 : 1);
                row[j] = Math.Min(replaced, Math.Min(above, row[j - 1]) + 1);
                diagonal = above;
            }
        }

        return row[^1];
    }
}
