using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper.Blocks;

namespace Tactus.Engine.Protocols.Gasper.ForkChoice;

/// <summary>Votes that cannot count yet: those for blocks that are not known here, and examined ones whose slot is not
/// over. Both are bounded. Not for concurrent use.</summary>
public sealed class WaitingVotes
{
    /// <summary>Most votes for unknown blocks: 2 MiB with committees of 2048. Anybody can send them, so the oldest goes
    /// when there are more.</summary>
    public const int ParkedMax = 4096;

    /// <summary>Most examined votes whose slot is not over: each has a signature that was checked, so 64 committees of
    /// all members, singly, over two slots is what an honest network sends at most.</summary>
    public const int EarlyMax = 64 * 2048 * 2;

    private readonly LinkedList<(Hash256 Block, Attestation Vote)> _parked = new();
    private readonly Dictionary<Hash256, List<LinkedListNode<(Hash256 Block, Attestation Vote)>>> _parkedByBlock = [];
    private readonly SortedDictionary<ulong, List<ExaminedVote>> _early = [];

    /// <summary>Votes that wait for a block.</summary>
    public int ParkedCount => _parked.Count;

    /// <summary>Examined votes that wait for their slot to end.</summary>
    public int EarlyCount { get; private set; }

    /// <summary>Votes for unknown blocks that had to go for newer ones.</summary>
    public long Evicted { get; private set; }

    /// <summary>Keeps a vote until a block is known.</summary>
    public void Park(in Hash256 block, Attestation vote)
    {
        if (_parked.Count == ParkedMax)
        {
            Unpark(_parked.First!);
            Evicted++;
        }

        LinkedListNode<(Hash256 Block, Attestation Vote)> entry = _parked.AddLast((block, vote));
        if (!_parkedByBlock.TryGetValue(block, out List<LinkedListNode<(Hash256 Block, Attestation Vote)>>? siblings))
        {
            _parkedByBlock.Add(block, siblings = []);
        }

        siblings.Add(entry);
    }

    /// <summary>Takes out the votes that waited for a block, oldest first.</summary>
    public IReadOnlyList<Attestation> TakeParked(in Hash256 block)
    {
        if (!_parkedByBlock.TryGetValue(block, out List<LinkedListNode<(Hash256 Block, Attestation Vote)>>? entries))
        {
            return [];
        }

        Attestation[] votes = [.. entries.Select(entry => entry.Value.Vote)];
        foreach (LinkedListNode<(Hash256 Block, Attestation Vote)> entry in entries.ToArray())
        {
            Unpark(entry);
        }

        return votes;
    }

    /// <summary>Drops parked votes of slots before one.</summary>
    public void ForgetBefore(ulong slot)
    {
        for (LinkedListNode<(Hash256 Block, Attestation Vote)>? at = _parked.First; at is not null;)
        {
            LinkedListNode<(Hash256 Block, Attestation Vote)>? next = at.Next;
            if (at.Value.Vote.Data.Slot < slot)
            {
                Unpark(at);
            }

            at = next;
        }
    }

    /// <summary>Keeps an examined vote until its slot is over. False where there is no room.</summary>
    public bool Delay(ExaminedVote vote)
    {
        ArgumentNullException.ThrowIfNull(vote);
        if (EarlyCount == EarlyMax)
        {
            return false;
        }

        if (!_early.TryGetValue(vote.Slot, out List<ExaminedVote>? votes))
        {
            _early.Add(vote.Slot, votes = []);
        }

        votes.Add(vote);
        EarlyCount++;
        return true;
    }

    /// <summary>Takes out the examined votes of slots before the current one, in order of slot and arrival.</summary>
    public IReadOnlyList<ExaminedVote> TakeDue(ulong currentSlot)
    {
        var due = new List<ExaminedVote>();
        while (_early.Count > 0 && _early.First() is var oldest && oldest.Key < currentSlot)
        {
            due.AddRange(oldest.Value);
            _early.Remove(oldest.Key);
        }

        EarlyCount -= due.Count;
        return due;
    }

    private void Unpark(LinkedListNode<(Hash256 Block, Attestation Vote)> entry)
    {
        _parked.Remove(entry);
        List<LinkedListNode<(Hash256 Block, Attestation Vote)>> siblings = _parkedByBlock[entry.Value.Block];
        siblings.Remove(entry);
        if (siblings.Count == 0)
        {
            _parkedByBlock.Remove(entry.Value.Block);
        }
    }
}
