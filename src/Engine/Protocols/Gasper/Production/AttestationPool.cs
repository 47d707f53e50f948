using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper.Blocks;
using Tactus.Engine.Protocols.Gasper.Presets;
using Tactus.Engine.Protocols.Gasper.Signatures;
using Tactus.Engine.Protocols.Gasper.State;
using Tactus.Engine.Protocols.Gasper.Transition;
using Tactus.Kernels.Bls12381;

namespace Tactus.Engine.Protocols.Gasper.Production;

/// <summary>
/// Checked attestations that wait for a block, merged where they are for the same vote and no member is in both.
/// Bounded: votes older than an epoch cannot be included any more and go.</summary>
/// <param name="preset">Constants.</param>
/// <param name="bls">Adds up signatures; null where signatures are not used, and merged ones are left zero.</param>
public sealed class AttestationPool(GasperPreset preset, IBlsKernel? bls)
{
    /// <summary>Different votes per slot that are kept: every committee could split over this many heads and
    /// targets.</summary>
    public const int VotesPerSlotMax = 1024;

    private readonly SortedDictionary<ulong, Dictionary<AttestationData, List<Attestation>>> _slots = [];

    /// <summary>Aggregates in the pool.</summary>
    public int Count => _slots.Values.Sum(votes => votes.Values.Sum(list => list.Count));

    /// <summary>Adds an attestation that fork choice has accepted. False where the pool of its slot is full.</summary>
    public bool Add(Attestation attestation)
    {
        ArgumentNullException.ThrowIfNull(attestation);
        AttestationData data = attestation.Data;
        if (!_slots.TryGetValue(data.Slot, out Dictionary<AttestationData, List<Attestation>>? votes))
        {
            votes = [];
            _slots.Add(data.Slot, votes);
        }

        if (!votes.TryGetValue(data, out List<Attestation>? list))
        {
            if (votes.Count == VotesPerSlotMax)
            {
                return false;
            }

            list = [];
            votes.Add(data, list);
        }

        for (int i = 0; i < list.Count; i++)
        {
            if (Covers(list[i].AggregationBits, attestation.AggregationBits))
            {
                return true;
            }

            if (AreDisjoint(list[i].AggregationBits, attestation.AggregationBits)
                && Merge(list[i], attestation) is { } merged)
            {
                list[i] = merged;
                return true;
            }
        }

        list.Add(attestation);
        return true;
    }

    /// <summary>Forgets votes that no block from <paramref name="slot"/> on can include.</summary>
    public void Forget(ulong slot)
    {
        while (_slots.Count > 0 && _slots.Keys.First() is var oldest && oldest + preset.SlotsPerEpoch < slot)
        {
            _slots.Remove(oldest);
        }
    }

    /// <summary>Attestations for a block on top of <paramref name="state"/>: valid there, those with most new voters
    /// first.</summary>
    /// <param name="state">State at the block's slot, before the block; unchanged.</param>
    public IReadOnlyList<Attestation> Select(BeaconState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        IEnumerable<Attestation> candidates = _slots.Values.SelectMany(votes => votes.Values).SelectMany(list => list)
            .Select(a => (Attestation: a, New: NewVoters(state, a)))
            .Where(c => c.New > 0)
            .OrderByDescending(c => c.New).ThenBy(c => c.Attestation.Data.Slot).ThenBy(c => c.Attestation.Data.Index)
            .Select(c => c.Attestation);
        BeaconState trial = state.Clone();
        var chosen = new List<Attestation>();
        foreach (Attestation attestation in candidates)
        {
            if ((ulong)chosen.Count == preset.MaxAttestations)
            {
                break;
            }

            // Earlier choices may have made this one worthless.
            if (NewVoters(trial, attestation) > 0
                && GasperException.Guard(
                    () => Operations.ProcessAttestation(trial, attestation, SignaturesTrusted.Instance)).Accepted)
            {
                chosen.Add(attestation);
            }
        }

        return chosen;
    }

    /// <summary>Members whose vote the state has not yet seen in that epoch; 0 where the vote cannot be
    /// included.</summary>
    private int NewVoters(BeaconState state, Attestation attestation)
    {
        AttestationData data = attestation.Data;
        bool isCurrent = data.Target.Epoch == state.CurrentEpoch;
        if ((!isCurrent && data.Target.Epoch != state.PreviousEpoch)
            || data.Slot + preset.MinAttestationInclusionDelay > state.Slot
            || state.Slot > data.Slot + preset.SlotsPerEpoch)
        {
            return 0;
        }

        // A vote with a target of another branch may come from a committee that was drawn there: here its signature
        // would not hold.
        if (state.BlockRootOfEpoch(data.Target.Epoch) != data.Target.Root)
        {
            return 0;
        }

        EpochCommittees committees = Accessors.CommitteesOf(state, data.Target.Epoch);
        if (data.Index >= (ulong)committees.PerSlot)
        {
            return 0;
        }

        EpochParticipation seen = isCurrent ? state.Caches.Current(state) : state.Caches.Previous(state);
        ReadOnlySpan<int> committee = committees.Committee(data.Slot, (int)data.Index);
        int count = 0;
        for (int i = 0; i < Math.Min(committee.Length, attestation.AggregationBits.Count); i++)
        {
            count += attestation.AggregationBits[i] && seen.VotesOf(committee[i]) == Votes.None ? 1 : 0;
        }

        return count;
    }

    private Attestation? Merge(Attestation x, Attestation y)
    {
        byte[] bits = x.AggregationBits.Encoded.ToArray();
        ReadOnlySpan<byte> other = y.AggregationBits.Encoded.Span;
        for (int i = 0; i < bits.Length; i++)
        {
            bits[i] |= other[i];
        }

        byte[] signature = new byte[IBlsKernel.SignatureBytes];
        if (bls is not null)
        {
            byte[] both = [.. x.Signature.Span, .. y.Signature.Span];
            if (bls.AggregateSignatures(both, signature) != BlsVerdict.Valid)
            {
                return null;
            }
        }

        return new Attestation(new Bits(bits), x.Data, signature);
    }

    private static bool AreDisjoint(Bits x, Bits y) => x.Count == y.Count && CountBoth(x, y) == 0;

    private static bool Covers(Bits x, Bits y) => x.Count == y.Count && CountBoth(x, y) == y.CountSet();

    private static int CountBoth(Bits x, Bits y)
    {
        ReadOnlySpan<byte> a = x.Encoded.Span;
        ReadOnlySpan<byte> b = y.Encoded.Span;
        int both = -1; // the closing bit is in both
        for (int i = 0; i < a.Length; i++)
        {
            both += System.Numerics.BitOperations.PopCount((uint)(a[i] & b[i]));
        }

        return both;
    }
}
