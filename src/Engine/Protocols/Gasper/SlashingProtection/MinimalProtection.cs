using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper.State;

namespace Tactus.Engine.Protocols.Gasper.SlashingProtection;

/// <summary>
/// EIP-3076's minimal strategy: only the highest slot, source and target of each validator are kept, and signing moves
/// forward only. 24 bytes per validator; refuses some things that would be safe, such as signing the same block again.
/// </summary>
public sealed class MinimalProtection(Hash256 genesisValidatorsRoot) : ISlashingProtection
{
    private readonly Dictionary<PublicKey48, Marks> _marks = [];

    public Verdict SignBlock(in PublicKey48 key, ulong slot, Hash256? signingRoot)
    {
        Marks marks = _marks.GetValueOrDefault(key);
        if (slot <= marks.Slot)
        {
            return Verdict.Reject(
                RejectReason.DoubleSign, $"slot {slot} is not after {marks.Slot}, the last one signed", (long)slot);
        }

        _marks[key] = marks with { Slot = slot };
        return Verdict.Ok;
    }

    public Verdict SignAttestation(in PublicKey48 key, ulong sourceEpoch, ulong targetEpoch, Hash256? signingRoot)
    {
        Marks marks = _marks.GetValueOrDefault(key);
        if (sourceEpoch > targetEpoch)
        {
            return Verdict.Reject(RejectReason.DoubleSign, $"source {sourceEpoch} is later than target {targetEpoch}");
        }

        if (sourceEpoch < marks.Source || targetEpoch <= marks.Target)
        {
            return Verdict.Reject(
                RejectReason.DoubleSign,
                $"vote {sourceEpoch} -> {targetEpoch}; the last ones signed have source {marks.Source}, "
                + $"target {marks.Target}");
        }

        _marks[key] = marks with { Source = sourceEpoch, Target = targetEpoch };
        return Verdict.Ok;
    }

    public Verdict Import(Interchange interchange)
    {
        ArgumentNullException.ThrowIfNull(interchange);
        if (interchange.GenesisValidatorsRoot != genesisValidatorsRoot)
        {
            return CompleteProtection.WrongChain(interchange, genesisValidatorsRoot);
        }

        foreach (SigningHistory history in interchange.Histories)
        {
            Marks marks = _marks.GetValueOrDefault(history.PublicKey);
            foreach (SignedSlot block in history.Blocks)
            {
                marks = marks with { Slot = Max(marks.Slot, block.Slot) };
            }

            foreach (SignedVote vote in history.Attestations)
            {
                marks = marks with
                {
                    Source = Max(marks.Source, vote.SourceEpoch),
                    Target = Max(marks.Target, vote.TargetEpoch),
                };
            }

            _marks[history.PublicKey] = marks;
        }

        return Verdict.Ok;
    }

    public Interchange Export() => new(
        genesisValidatorsRoot,
        [
            .. _marks.OrderBy(m => m.Key.ToString(), StringComparer.Ordinal).Select(m => new SigningHistory(
                m.Key,
                m.Value.Slot is { } slot ? [new SignedSlot(slot, null)] : [],
                m.Value is { Source: { } source, Target: { } target } ? [new SignedVote(source, target, null)] : [])),
        ]);

    private static ulong Max(ulong? known, ulong other) => Math.Max(known ?? 0, other);

    /// <summary>Highest ones signed; null before the first. A comparison with null is false, so the first is
    /// free.</summary>
    private readonly record struct Marks(ulong? Slot, ulong? Source, ulong? Target);
}
