using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper.Blocks;
using Tactus.Engine.Protocols.Gasper.State;
using Tactus.Engine.Protocols.Gasper.Transition;
using Tactus.Kernels.Bls12381;

namespace Tactus.Engine.Protocols.Gasper.Production;

/// <summary>The votes that the validators of a node give in a slot for a head, aggregated by committee.</summary>
/// <param name="bls">Adds up signatures.</param>
/// <param name="keys">The validators of the node.</param>
public sealed class CommitteeVotes(IBlsKernel bls, IValidatorKeys keys)
{
    /// <summary>Signs; committees of which nobody is here, or whose members voted in this epoch, give none.</summary>
    /// <param name="head">State after the head.</param>
    /// <param name="slot">The slot, not before the head's.</param>
    /// <param name="votes">One aggregate per committee.</param>
    /// <returns>Why the head's state does not get to the slot.</returns>
    public Verdict Sign(GasperState head, ulong slot, out IReadOnlyList<Attestation> votes)
    {
        ArgumentNullException.ThrowIfNull(head);
        var signed = new List<Attestation>();
        votes = signed;
        Verdict verdict = head.At(slot, out BeaconState? state);
        if (!verdict.Accepted)
        {
            return verdict;
        }

        EpochCommittees committees = Accessors.CommitteesOf(state!, state!.CurrentEpoch);
        for (int index = 0; index < committees.PerSlot; index++)
        {
            AttestationData data = ValidatorDuties.Vote(state, index, head.Id);
            if (Sign(state, data, committees.Committee(slot, index)) is { } vote)
            {
                signed.Add(vote);
            }
        }

        return Verdict.Ok;
    }

    /// <summary>The aggregate of the members who are here; null where none is.</summary>
    private Attestation? Sign(BeaconState state, in AttestationData data, ReadOnlySpan<int> committee)
    {
        Hash256 root = ValidatorDuties.VoteRoot(state, data);
        bool[] flags = new bool[committee.Length];
        byte[] signatures = new byte[committee.Length * IBlsKernel.SignatureBytes];
        int count = 0;
        for (int i = 0; i < committee.Length; i++)
        {
            Span<byte> signature = signatures.AsSpan(count * IBlsKernel.SignatureBytes, IBlsKernel.SignatureBytes);
            if (keys.CanSign((ulong)committee[i]) && keys.IsOnline(committee[i], state.CurrentEpoch)
                && keys.SignVote(committee[i], data, root, signature).Accepted)
            {
                flags[i] = true;
                count++;
            }
        }

        byte[] aggregate = new byte[IBlsKernel.SignatureBytes];
        return count > 0
            && bls.AggregateSignatures(
                signatures.AsSpan(0, count * IBlsKernel.SignatureBytes), aggregate) == BlsVerdict.Valid
            ? new Attestation(Bits.From(flags), data, aggregate)
            : null;
    }
}
