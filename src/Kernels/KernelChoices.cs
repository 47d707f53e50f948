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
                throw new KernelChoiceException(
                    $"{where}: {parts[0]} is already forced to {choices._forced[parts[0]]}.");
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
            throw new KernelChoiceException($"{where}: no kernel '{kind}'.{NearestName.Hint(kind, kinds)}");
        }

        if (!known[at].Entries.Contains(entry, StringComparer.Ordinal))
        {
            throw new KernelChoiceException(
                $"{where}: no {kind} entry '{entry}'.{NearestName.Hint(entry, known[at].Entries)}");
        }
    }

    private static bool Is(string a, string b) => string.Equals(a, b, StringComparison.Ordinal);
}
