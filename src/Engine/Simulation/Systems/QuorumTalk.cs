using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Production;
using Tactus.Engine.Protocols.Quorum.Ballots;
using Tactus.Engine.Protocols.Quorum.Coins;
using Tactus.Engine.Protocols.Quorum.Rounds;

namespace Tactus.Engine.Simulation.Systems;

/// <summary>A quorum member on the simulated network: the protocol's own <see cref="MemberNode"/> proposes, polls,
/// signs, certifies and elects; this class carries its blobs, keeps it on the chain that the node's pipeline has, and
/// says again what may have been lost.</summary>
internal sealed class QuorumTalk : IMemberMessages
{
    /// <summary>Messages of this class, beside the kinds of <see cref="BlobKind"/>.</summary>
    private const byte HereKind = 100;
    private const byte TransactionKind = 101;

    private const int HereSize = 1 + 4 + Hash256.Size + MemberKey.Size;

    /// <summary>Blobs of this member for the next number that are said again: a proposal, a poll, a signature, and
    /// evidence; more evidence is of no use.</summary>
    private const int OwnMax = 8;

    /// <summary>Phases without progress after which blobs are said again.</summary>
    private const int PatiencePhases = 5;

    /// <summary>Transactions remembered as submitted; beyond that all are forgotten and may come again.</summary>
    private const int SubmittedMax = 4096;

    private readonly QuorumSimulation _system;
    private readonly SignedNumbers _signed;
    private readonly byte[] _secret;
    private readonly QuorumWallet _wallet;
    private readonly QuorumTrust _trust;
    private readonly List<(byte[] Blob, bool IsVote)> _own = [];
    private readonly HashSet<Hash256> _submitted = [];
    private MemberNode? _member;
    private Hash256 _ownHead;
    private (QuorumMode Mode, uint Epoch) _election;
    private long _electionMs;
    private int _idlePhases;

    public QuorumTalk(QuorumSimulation system, int node, SignedNumbers signed)
    {
        _system = system;
        _signed = signed;
        _secret = system.Keys.SecretOf(system.Keys.Members[node]).ToArray();
        _wallet = new QuorumWallet(system, node);
        _trust = new QuorumTrust(system, system.Keys.Members[node]);
    }

    /// <summary>Unspent outputs after the head, as far as the member has followed.</summary>
    public MemoryUnspentOutputs? Ledger => _member?.Ledger;

    public void Phase(MemberTurn turn, long slot, int phase)
    {
        MemberNode member = Sync(turn);
        TakeIn(turn, member);
        member.Tick(NowMs(turn));
        Progress(turn, member);
        Carry(turn, member, default);
        if (++_idlePhases >= PatiencePhases && phase % 2 == 1)
        {
            foreach ((byte[] blob, bool isVote) in _own)
            {
                Say(turn, blob, isVote);
            }
        }

        if (phase == 5)
        {
            turn.Send(Here(turn.Chain));
            foreach (byte[] transaction in _wallet.Pending(member))
            {
                turn.Send(transaction);
            }

            Vote(turn, member);
        }
    }

    public void Decided(MemberTurn turn, BlockWork block)
    {
        if (block.Verdict.Accepted && _member is not null)
        {
            MemberNode member = Sync(turn);
            Progress(turn, member);
            Carry(turn, member, default);
        }
    }

    public void Received(MemberTurn turn, ReadOnlyMemory<byte> message)
    {
        MemberNode member = Sync(turn);
        if (message.Length == 0)
        {
            return;
        }

        switch (message.Span[0])
        {
            case HereKind when message.Length == HereSize:
                Hear(turn, message.Span);
                break;
            case TransactionKind:
                if (!turn.Censors)
                {
                    Submit(member, message.Span[1..]);
                }

                break;
            default:
                if (member.Receive(message.Span, NowMs(turn)).Accepted)
                {
                    _trust.Heard(message.Span, NowMs(turn));
                }

                Progress(turn, member);
                Carry(turn, member, message.Span);
                break;
        }
    }

    private static long NowMs(MemberTurn turn) => turn.NowUs / 1000;

    /// <summary>The member with every block that the pipeline has. It begins with the first turn, because the time at
    /// which it begins is when its patience with the quorum starts.</summary>
    private MemberNode Sync(MemberTurn turn)
    {
        _member ??= new MemberNode(
            _system.Kernels, _system.Genesis, _system.Parameters, _secret, _signed, NowMs(turn));
        uint head = turn.Chain.Head.Number;
        byte[] buffer = [];
        for (uint number = Math.Max(1, Math.Min(_member.Head.Number, head)); number <= head; number++)
        {
            if (!turn.Chain.Store!.Log.TryReadId(number, out Hash256 id)
                || (number < _member.Blocks.Count && _member.Blocks[(int)number].State.Id == id))
            {
                continue;
            }

            turn.Chain.Store.Log.TryRead(number, ref buffer, out int length, out _);
            if (!_member.Receive(Blob.OfBlock(BlobKind.Block, buffer.AsSpan(0, length)), NowMs(turn)).Accepted)
            {
                break;
            }
        }

        return _member;
    }

    /// <summary>Notices a new head, or that an election begins or ends: users move coins, and what was said before is
    /// forgotten, evidence excepted.</summary>
    private void Progress(MemberTurn turn, MemberNode member)
    {
        _trust.Look(member);
        bool isNew = _election != (member.Mode, member.NextEpoch);
        if (isNew)
        {
            _election = (member.Mode, member.NextEpoch);
            _electionMs = NowMs(turn);
            _trust.GaveUp(member);
        }

        if (member.Head.Id != _ownHead || isNew)
        {
            _ownHead = member.Head.Id;
            _own.Clear();
            _own.AddRange(member.Evidence.Take(OwnMax / 2).Select(
                evidence => (Blob.Of(BlobKind.Evidence, evidence.Write), false)));
            _idlePhases = 0;
            _wallet.Follow(member);
            foreach (byte[] transaction in _wallet.Moves(member))
            {
                Submit(member, transaction.AsSpan(1));
                turn.Send(transaction);
            }
        }
    }

    /// <summary>Sends what the member says that is its own. Evidence is passed on by everybody: who found it may be
    /// cut off.</summary>
    private void Carry(MemberTurn turn, MemberNode member, ReadOnlySpan<byte> heard)
    {
        foreach (byte[] blob in member.TakeOutbox())
        {
            var kind = (BlobKind)blob[0];
            if (kind == BlobKind.Block)
            {
                Complete(turn, member, blob.AsSpan(1));
            }
            else if (!heard.SequenceEqual(blob) || kind == BlobKind.Evidence)
            {
                bool isVote = kind is BlobKind.Poll or BlobKind.Sign;
                Say(turn, blob, isVote);

                // Of polls and proposals only the newest counts.
                _own.RemoveAll(own => own.Blob[0] == blob[0] && kind is BlobKind.Poll or BlobKind.Proposal);
                if (_own.Count < OwnMax)
                {
                    _own.Add((blob, isVote));
                }
            }
        }
    }

    /// <summary>A block whose certificate this member has gathered. All members do at about the same time; one of them
    /// sends it to those who are no members.</summary>
    private void Complete(MemberTurn turn, MemberNode member, ReadOnlySpan<byte> block)
    {
        Hash256 id = CoinHeader.HashOf(block);
        ulong number = new ByteReader(block) is var reader ? CoinHeader.Read(ref reader).Seq : 0;
        if (number < turn.Chain.Head.Number || turn.Chain.Knows(id))
        {
            return;
        }

        IReadOnlyList<MemberKey> members = member.Head.Epoch.Members;
        if (members[(int)(member.Head.Number % (uint)members.Count)] == member.Self)
        {
            turn.Publish(block.ToArray());
        }
        else
        {
            turn.Take(block.ToArray());
        }
    }

    private static void Say(MemberTurn turn, byte[] blob, bool isVote)
    {
        if (isVote)
        {
            turn.Vote(blob);
        }
        else
        {
            turn.Send(blob);
        }
    }

    /// <summary>In the middle of an election's window, when evidence and silence are known to all, users sign their
    /// slips; they say them again until the election is over.</summary>
    private void Vote(MemberTurn turn, MemberNode member)
    {
        long windowMs = (long)_system.Parameters.ElectionWindowSec * 1000;
        if (member.Mode == QuorumMode.Active || NowMs(turn) < _electionMs + (windowMs / 4))
        {
            return;
        }

        foreach (byte[] slip in _wallet.Slips(member, _trust.Candidates(NowMs(turn))))
        {
            member.Receive(slip, NowMs(turn));
            Carry(turn, member, slip);
            turn.Send(slip);
        }
    }

    private void Submit(MemberNode member, ReadOnlySpan<byte> transaction)
    {
        if (_submitted.Count >= SubmittedMax)
        {
            _submitted.Clear();
        }

        if (_submitted.Add(BroadcastSet.KeyOf(transaction)))
        {
            member.Submit(transaction);
        }
    }

    /// <summary>Takes in what clients gave to the node.</summary>
    private void TakeIn(MemberTurn turn, MemberNode member)
    {
        while (!turn.Censors && turn.Pending.TryTake((uint)(turn.NowUs / 1_000_000), out PendingTransaction? transaction))
        {
            Submit(member, transaction!.Packed.Span);
            turn.Pending.Release(transaction);
        }
    }

    private byte[] Here(Chain chain)
    {
        var writer = new ByteWriter(HereSize);
        writer.WriteByte(HereKind);
        writer.WriteUInt32(chain.Head.Number);
        writer.WriteHash256(chain.Head.Id);
        _member!.Self!.Value.Write(writer);
        return writer.ToArray();
    }

    /// <summary>Who is behind asks for the other's head; who is ahead shows its own.</summary>
    private void Hear(MemberTurn turn, ReadOnlySpan<byte> here)
    {
        var reader = new ByteReader(here[1..]);
        uint number = reader.ReadUInt32();
        Hash256 id = reader.ReadHash256();
        _trust.IsHere(MemberKey.Read(ref reader), NowMs(turn));
        if (number >= turn.Chain.Head.Number && !turn.Chain.Knows(id))
        {
            turn.Ask(id);
        }
        else if (number < turn.Chain.Head.Number)
        {
            turn.Reply(Here(turn.Chain));
        }
    }

    /// <summary>A users' transaction as a message.</summary>
    public static byte[] OfTransaction(byte[] transaction) => [TransactionKind, .. transaction];
}
