namespace Tactus.Kernels;

/// <summary>What a hardware profile says about kernels. Keys are "kind" or "kind:entry", such as "sha256" and
/// "sha256:avx2".</summary>
/// <param name="Preferred">Entry to use first, by kind; entries listed before it are left out.</param>
/// <param name="BatchMins">Smallest useful batch in items, by "kind:entry"; 1 or more.</param>
public sealed record KernelProfile(
    IReadOnlyDictionary<string, string> Preferred,
    IReadOnlyDictionary<string, int> BatchMins)
{
    /// <summary>A profile that says nothing: first supported entry, default batch sizes.</summary>
    public static KernelProfile None { get; } = new(
        new Dictionary<string, string>(StringComparer.Ordinal),
        new Dictionary<string, int>(StringComparer.Ordinal));
}

/// <summary>A kernel was asked for that does not exist or cannot run here. The message says which, where and what to
/// write.</summary>
public sealed class KernelChoiceException(string message) : Exception(message);
