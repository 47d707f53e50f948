using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Quorum.Ballots;
using Tactus.Engine.Protocols.Quorum.Coins;
using Tactus.Engine.Protocols.Quorum.Devnet;
using Tactus.Engine.Protocols.Quorum.Rounds;

namespace Tactus.Engine.Simulation.Systems;

/// <summary>The coins of the users that a node serves: every <c>nodes</c>-th user. A user moves what it held at the
/// election's snapshot once in each term, because only moved coins vote, and now and then besides.</summary>
internal sealed class QuorumWallet(QuorumSimulation system, int node)
{
    private readonly Dictionary<CoinAddress, int> _users = UsersOf(system, node);
    private readonly Dictionary<Hash256, Held> _held = [];
    private readonly Dictionary<Hash256, byte[]> _moves = [];
    private readonly Dictionary<Hash256, byte[]> _slips = [];
    private readonly HashSet<Hash256> _followed = [];
    private uint _slipEpoch;

    /// <summary>Takes over the outputs that blocks gave to the users.</summary>
    public void Follow(MemberNode member)
    {
        if (_followed.Count == 0)
        {
            for (int i = 0; i < system.Genesis.OutputCount; i++)
            {
                Hold(Hash256.Zero, system.Genesis.Output(i));
            }
        }

        for (int number = member.Blocks.Count - 1; number > 0 && _followed.Add(member.Blocks[number].State.Id); number--)
        {
            Follow(member.Blocks[number]);
        }
    }

    /// <summary>Transactions to send now, as messages.</summary>
    public IReadOnlyList<byte[]> Moves(MemberNode member)
    {
        var made = new List<byte[]>();
        bool elects = member.Mode != QuorumMode.Active;
        foreach (UnspentOutput output in member.Ledger.Outputs)
        {
            if (!_users.TryGetValue(output.Address, out int user) || _moves.ContainsKey(output.Id))
            {
                continue;
            }

            bool votes = output.Seq < member.Ledger.Term.StartSeq;
            bool isTurn = user == (int)(member.Head.Number % (uint)system.Users) && made.Count == 0;
            if ((votes || isTurn || elects) && Move(output, user, member.Head.TimeSec) is { } transaction)
            {
                _moves.Add(output.Id, transaction);
                made.Add(transaction);
            }
        }

        return made;
    }

    /// <summary>Transactions that are in no block yet.</summary>
    public IReadOnlyList<byte[]> Pending(MemberNode member)
    {
        foreach (Hash256 spent in _moves.Keys.Where(id => !member.Ledger.TryGet(id, out _)).ToArray())
        {
            _moves.Remove(spent);
        }

        return [.. _moves.OrderBy(move => move.Key).Select(move => move.Value)];
    }

    /// <summary>Slips for the next term with every coin that may vote, as blobs: the same for the whole
    /// election.</summary>
    public IReadOnlyList<byte[]> Slips(MemberNode member, IReadOnlyList<MemberKey> candidates)
    {
        uint epoch = member.NextEpoch;
        ulong snapshot = member.Ledger.Term.SnapshotSeq;
        if (_slipEpoch != epoch)
        {
            _slipEpoch = epoch;
            _slips.Clear();
        }

        foreach ((Hash256 id, Held held) in _held.OrderBy(pair => pair.Key))
        {
            if (!_slips.ContainsKey(id) && member.Ledger.TryGetSpent(id, out SpentOutput spent)
                && spent.CreatedSeq <= snapshot && spent.SpentSeq > snapshot)
            {
                byte[] secret = system.Keys.UserSecret(held.User);
                VoteSlip slip = new VoteSlip
                {
                    Question = Question.Members,
                    Epoch = epoch,
                    SourceId = held.SourceId,
                    Coins = held.Output.Coins,
                    Hours = held.Output.Hours,
                    Voter = system.KeyOf(held.User),
                    Candidates = candidates,
                }.SignedWith(secret);
                _slips.Add(id, Blob.Of(BlobKind.Slip, slip.Write));
            }
        }

        return [.. _slips.OrderBy(pair => pair.Key).Select(pair => pair.Value)];
    }

    private static Dictionary<CoinAddress, int> UsersOf(QuorumSimulation system, int node) =>
        Enumerable.Range(0, system.Users).Where(user => user % system.Nodes == node)
            .ToDictionary(user => system.AddressOf(user));

    private void Follow(JudgedBlock block)
    {
        var reader = new ByteReader(block.Bytes);
        CoinHeader header = CoinHeader.Read(ref reader);
        uint count = reader.ReadUInt32();
        for (uint i = 0; i < count && !reader.Failed; i++)
        {
            CoinTransaction transaction = CoinTransaction.Read(ref reader);
            Hash256 source = transaction.Id();
            for (int k = 0; k < transaction.OutputCount; k++)
            {
                Hold(source, UnspentOutput.Create(source, transaction.Output(k), header.TimeSec, header.Seq));
            }
        }
    }

    private void Hold(in Hash256 source, in UnspentOutput output)
    {
        if (_users.TryGetValue(output.Address, out int user))
        {
            _held.TryAdd(output.Id, new Held(source, output, user));
        }
    }

    private byte[]? Move(in UnspentOutput output, int user, ulong headSec) => TransactionDraft.TryMove(
        output,
        system.AddressOf((user + 1) % system.Users),
        headSec,
        system.Parameters.BurnFactor,
        system.Keys.UserSecret(user),
        out byte[] packed) ? QuorumTalk.OfTransaction(packed) : null;

    private readonly record struct Held(Hash256 SourceId, UnspentOutput Output, int User);
}
