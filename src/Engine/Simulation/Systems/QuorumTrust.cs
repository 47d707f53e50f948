using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Quorum.Ballots;
using Tactus.Engine.Protocols.Quorum.Rounds;

namespace Tactus.Engine.Simulation.Systems;

/// <summary>What the users of a node think of the candidates: those who were caught lying come last, those who kept a
/// number waiting behind the others, those who are not heard of behind those who are.</summary>
internal sealed class QuorumTrust(QuorumSimulation system, MemberKey self)
{
    /// <summary>Everybody says once in a slot that it is there: three slots of silence are no accident.</summary>
    private const long SilenceMs = 30_000;

    private const int Lied = 1_000;

    private readonly Dictionary<MemberKey, long> _heardMs = [];
    private readonly Dictionary<MemberKey, (uint Epoch, ulong Seq)> _voted = [];
    private readonly Dictionary<MemberKey, int> _faults = [];
    private IReadOnlyList<MemberKey> _favoured = [];

    public void IsHere(in MemberKey key, long nowMs) => _heardMs[key] = nowMs;

    /// <summary>Notes who takes part in a number.</summary>
    public void Heard(ReadOnlySpan<byte> blob, long nowMs)
    {
        var reader = new ByteReader(blob, 1);
        if (blob[0] == (byte)BlobKind.Poll)
        {
            Poll poll = Poll.Read(ref reader);
            Note(poll.Member, poll.Epoch, poll.Seq, nowMs);
        }
        else if (blob[0] == (byte)BlobKind.Sign)
        {
            MemberSign sign = MemberSign.Read(ref reader);
            Note(sign.Member, sign.Epoch, sign.Seq, nowMs);
        }
    }

    /// <summary>Notes evidence.</summary>
    public void Look(MemberNode member)
    {
        foreach (Equivocation evidence in member.Evidence)
        {
            _faults[evidence.First.Member] = Lied;
        }
    }

    /// <summary>The quorum is given up: who said nothing for the number that did not come is to blame. Where an
    /// election came to nothing, it is those that it was held for.</summary>
    public void GaveUp(MemberNode member)
    {
        uint attempt = member.NextEpoch - member.Head.Epoch.Number;
        if (member.Mode == QuorumMode.Active || (attempt == 1 && member.Mode == QuorumMode.Invalidated))
        {
            return;
        }

        (uint, ulong) due = (member.NextEpoch - 1, member.Head.Number + 1UL);
        foreach (MemberKey key in attempt == 1 ? member.Head.Epoch.Members : _favoured)
        {
            if (key != self && _voted.GetValueOrDefault(key) != due)
            {
                _faults[key] = _faults.GetValueOrDefault(key) + 1;
            }
        }
    }

    /// <summary>As many as there are seats, ascending.</summary>
    public IReadOnlyList<MemberKey> Candidates(long nowMs) => _favoured =
    [
        .. system.Keys.Members
            .OrderBy(key => _faults.GetValueOrDefault(key) >= Lied)
            .ThenBy(key => key != self && nowMs - _heardMs.GetValueOrDefault(key) > SilenceMs)
            .ThenBy(key => _faults.GetValueOrDefault(key))
            .ThenBy(key => key)
            .Take(system.QuorumSize)
            .Order(),
    ];

    private void Note(in MemberKey key, uint epoch, ulong seq, long nowMs)
    {
        _heardMs[key] = nowMs;
        _voted[key] = (epoch, seq);
    }
}
