namespace Tactus.Kernels;

/// <summary>What to say of a name that does not exist.</summary>
public static class NearestName
{
    /// <summary>" Did you mean 'x'? There are: x, y.", with the question only where a name is near.</summary>
    public static string Hint(string wrong, IReadOnlyCollection<string> names)
    {
        string? nearest = names.MinBy(name => EditDistance(wrong, name));
        string hint = nearest is not null && EditDistance(wrong, nearest) <= Math.Max(2, nearest.Length / 2)
            ? $" Did you mean '{nearest}'?"
            : "";
        return $"{hint} There are: {(names.Count == 0 ? "none" : string.Join(", ", names))}.";
    }

    /// <summary>Levenshtein distance: the least number of inserted, deleted or replaced characters.</summary>
    private static int EditDistance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, 1 + Math.Min(row[j], row[j - 1]));
            }
        }

        return row[b.Length];
    }
}
