using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper.Blocks;

namespace Tactus.Engine.Protocols.Gasper.ForkChoice;

/// <summary>Finds validators who voted twice for one target epoch: two votes of which each is signed, and which
/// together prove it. What a node needs so that equivocators lose their weight (equivocating_indices) without somebody
/// else telling it.</summary>
/// <remarks>Bounded: beyond <see cref="VotesMax"/> the voters of the oldest epoch are forgotten, and a second vote for
/// it goes unnoticed. Surround votes are not looked for: they move no latest message that a double vote does
/// not.</remarks>
public sealed class DoubleVotes
{
    /// <summary>Most votes remembered: two epochs of 131,072 validators.</summary>
    public const int VotesMax = 1 << 18;

    private readonly SortedDictionary<ulong, Dictionary<int, IndexedAttestation>> _epochs = [];

    /// <summary>Votes remembered.</summary>
    public int Count { get; private set; }

    /// <summary>Remembers a vote whose signature holds.</summary>
    /// <returns>The proof against those of its signers who voted otherwise in its target epoch; null where there is
    /// none.</returns>
    public AttesterSlashing? Add(Attestation attestation, ExaminedVote vote)
    {
        ArgumentNullException.ThrowIfNull(attestation);
        ArgumentNullException.ThrowIfNull(vote);
        ReadOnlySpan<int> signers = vote.Signers.Span;
        ulong[] indices = new ulong[signers.Length];
        for (int i = 0; i < indices.Length; i++)
        {
            indices[i] = (ulong)signers[i];
        }

        var second = new IndexedAttestation(indices, attestation.Data, attestation.Signature);
        if (!_epochs.TryGetValue(vote.TargetEpoch, out Dictionary<int, IndexedAttestation>? epoch))
        {
            epoch = [];
            _epochs.Add(vote.TargetEpoch, epoch);
        }

        AttesterSlashing? proof = null;
        foreach (int signer in signers)
        {
            if (epoch.TryAdd(signer, second))
            {
                Count++;
            }
            else if (epoch[signer].Data != attestation.Data)
            {
                proof ??= new AttesterSlashing(epoch[signer], second);
            }
        }

        while (Count > VotesMax && _epochs.Count > 1)
        {
            Forget(_epochs.Keys.First());
        }

        return proof;
    }

    /// <summary>Forgets the votes of earlier epochs: nobody takes a vote so old.</summary>
    public void ForgetBefore(ulong epoch)
    {
        while (_epochs.Count > 0 && _epochs.Keys.First() is var oldest && oldest < epoch)
        {
            Forget(oldest);
        }
    }

    private void Forget(ulong epoch)
    {
        Count -= _epochs[epoch].Count;
        _epochs.Remove(epoch);
    }
}
