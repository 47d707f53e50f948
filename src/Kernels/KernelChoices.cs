namespace Tactus.Kernels;

/// <summary>The checked wishes of the operator and of the hardware profile, by kind.</summary>
internal sealed class KernelChoices
{
    private readonly Dictionary<string, string> _forced = new(StringComparer.Ordinal);
    private readonly KernelProfile _profile;

    private KernelChoices(KernelProfile profile) => _profile = profile;

    public string? Forced(string kind) => _forced.GetValueOrDefault(kind);

    public string? Preferred(string kind) => _profile.Preferred.GetValueOrDefault(kind);

    public int BatchMin(string kind, IKernel entry) =>
        _profile.BatchMins.TryGetValue($"{kind}:{entry.Name}", out int items) ? items : entry.BatchMinDefault;

    /// <summary>Reads "kind:entry,kind:entry" and checks it and the profile against the names that exist.</summary>
    public static KernelChoices Parse(string? forced, KernelProfile profile, (string Kind, string[] Entries)[] known)
    {
        var choices = new KernelChoices(profile);
        const StringSplitOptions Trimmed = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;
        foreach (string pair in (forced ?? "").Split(',', Trimmed))
        {
            string where = $"TACTUS_KERNELS '{pair}'";
            string[] parts = pair.ToLowerInvariant().Split(':', StringSplitOptions.TrimEntries);
            if (parts.Length != 2)
            {
                throw new KernelChoiceException($"{where}: write kind:entry, for example sha256:scalar.");
            }

            CheckNames(where, parts[0], parts[1], known);
            if (!choices._forced.TryAdd(parts[0], parts[1]) && !Is(choices._forced[parts[0]], parts[1]))
            {
                throw new KernelChoiceException($"{where}: {parts[0]} is already forced to {choices._forced[parts[0]]}.");
            }
        }

        foreach ((string kind, string entry) in profile.Preferred)
        {
            CheckNames($"hardware profile '{kind}: {entry}'", kind, entry, known);
        }

        foreach ((string key, int items) in profile.BatchMins)
        {
            string where = $"hardware profile batch minimum '{key}'";
            string[] parts = key.Split(':');
            if (parts.Length != 2)
            {
                throw new KernelChoiceException($"{where}: write kind:entry, for example sha256:avx2.");
            }

            CheckNames(where, parts[0], parts[1], known);
            if (items < 1)
            {
                throw new KernelChoiceException($"{where}: {items} items; the smallest batch is 1.");
            }
        }

        return choices;
    }

    private static void CheckNames(string where, string kind, string entry, (string Kind, string[] Entries)[] known)
    {
        string[] kinds = [.. known.Select(pair => pair.Kind)];
        int at = Array.IndexOf(kinds, kind);
        if (at < 0)
        {
            throw new KernelChoiceException($"{where}: no kernel '{kind}'.{Suggest(kind, kinds)}");
        }

        if (!known[at].Entries.Contains(entry, StringComparer.Ordinal))
        {
            throw new KernelChoiceException($"{where}: no {kind} entry '{entry}'.{Suggest(entry, known[at].Entries)}");
        }
    }

    private static string Suggest(string wrong, string[] names)
    {
        string? nearest = names.MinBy(name => EditDistance(wrong, name));
        string hint = nearest is not null && EditDistance(wrong, nearest) <= Math.Max(2, nearest.Length / 2)
            ? $" Did you mean '{nearest}'?"
            : "";
        return $"{hint} There are: {(names.Length == 0 ? "none" : string.Join(", ", names))}.";
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

    private static bool Is(string a, string b) => string.Equals(a, b, StringComparison.Ordinal);
}
