namespace Tactus.Kernels;

/// <summary>The usable entries of one kind of kernel, best first, each with its smallest useful batch.
/// Immutable.</summary>
/// <typeparam name="T">The contract of the kind, such as <see cref="Sha256.ISha256Kernel"/>.</typeparam>
public sealed class KernelLadder<T>
    where T : class, IKernel
{
    private readonly T[] _entries;
    private readonly int[] _batchMins;

    internal KernelLadder(string kind, IReadOnlyList<T> candidates, KernelChoices choices)
    {
        Kind = kind;
        string? forced = choices.Forced(kind);
        string? preferred = choices.Preferred(kind);
        var usable = new List<T>();
        var batchMins = new List<int>();
        var rows = new List<KernelRow>();
        var warnings = new List<string>();
        bool preferredSeen = preferred is null || !candidates.Any(entry => Is(entry, preferred) && Supports(entry));
        if (preferred is not null && preferredSeen)
        {
            warnings.Add(
                $"kernel {kind}: the hardware profile prefers {preferred}, which this machine cannot run; ignored.");
        }

        foreach (T entry in candidates)
        {
            preferredSeen |= preferred is not null && Is(entry, preferred);
            (KernelState state, string? why) = Probe(entry, forced, preferredSeen ? null : preferred);
            int batchMin = state == KernelState.Forced ? 1 : choices.BatchMin(kind, entry);
            rows.Add(new KernelRow(kind, entry.Name, entry.Lanes, state, why, batchMin));
            if (state == KernelState.Wrong)
            {
                warnings.Add(
                    $"kernel {kind}:{entry.Name} DISABLED: its self-test differs from scalar: "
                    + $"{why}. Please report this.");
            }

            if (state is KernelState.Usable or KernelState.Forced)
            {
                usable.Add(entry);
                batchMins.Add(batchMin);
            }
        }

        // A forced entry that failed its test leaves nothing: carry on with the last one that works, the scalar oracle.
        if (usable.Count == 0
            && candidates.LastOrDefault(entry => Supports(entry) && Failure(entry) is null) is { } last)
        {
            usable.Add(last);
            batchMins.Add(1);
            int at = rows.FindIndex(row => string.Equals(row.Entry, last.Name, StringComparison.Ordinal));
            rows[at] = rows[at] with { State = KernelState.Usable, Why = null };
            warnings.Add($"kernel {kind}: carrying on with {last.Name}.");
        }

        _entries = [.. usable];
        _batchMins = [.. batchMins];
        Rows = rows;
        Warnings = warnings;
    }

    /// <summary>Name of the kind, such as "sha256".</summary>
    public string Kind { get; }

    /// <summary>The usable entries, best first.</summary>
    public IReadOnlyList<T> Entries => _entries;

    /// <summary>The entry for large batches.</summary>
    /// <exception cref="InvalidOperationException">No entry of this kind is usable.</exception>
    public T Best => For(int.MaxValue);

    internal IReadOnlyList<KernelRow> Rows { get; }

    internal IReadOnlyList<string> Warnings { get; }

    /// <summary>The best entry for a batch of <paramref name="items"/>: the first whose smallest batch is not
    /// larger.</summary>
    /// <exception cref="InvalidOperationException">No entry of this kind is usable.</exception>
    public T For(int items)
    {
        for (int i = 0; i < _entries.Length; i++)
        {
            if (items >= _batchMins[i])
            {
                return _entries[i];
            }
        }

        return _entries.Length > 0
            ? _entries[^1]
            : throw new InvalidOperationException(
                $"kernel {Kind}: no usable entry; see the kernel table of `tactus doctor`.");
    }

    private (KernelState State, string? Why) Probe(T entry, string? forced, string? preferredLater)
    {
        bool isForced = forced is not null && Is(entry, forced);
        if (entry.WhyUnsupported is { } missing)
        {
            return isForced
                ? throw new KernelChoiceException(
                    $"TACTUS_KERNELS forces {Kind}:{entry.Name}, which this machine cannot run: {missing}.")
                : (KernelState.Unsupported, missing);
        }

        if (forced is not null && !isForced)
        {
            return (KernelState.NotChosen, $"{forced} is forced");
        }

        if (forced is null && preferredLater is not null)
        {
            return (KernelState.NotChosen, $"the hardware profile prefers {preferredLater}");
        }

        return Failure(entry) is { } failure
            ? (KernelState.Wrong, failure)
            : (isForced ? KernelState.Forced : KernelState.Usable, null);
    }

    private static bool Supports(T entry) => entry.WhyUnsupported is null;

    private static string? Failure(T entry)
    {
        try
        {
            return entry.SelfTest();
        }
#pragma warning disable CA1031 // whatever a faulty kernel throws, the engine carries on without it and says so
        catch (Exception thrown)
#pragma warning restore CA1031
        {
            return $"{thrown.GetType().Name}: {thrown.Message}";
        }
    }

    private static bool Is(T entry, string name) => string.Equals(entry.Name, name, StringComparison.Ordinal);
}
