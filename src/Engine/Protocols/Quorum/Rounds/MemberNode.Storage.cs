using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Quorum.Ballots;
using Tactus.Engine.Protocols.Quorum.Blocks;
using Tactus.Kernels;

namespace Tactus.Engine.Protocols.Quorum.Rounds;

/// <summary>Save, load and clone. What was heard is saved as it was heard: the broadcast set, in order; the chain; and
/// the few numbers that depend on when.</summary>
public sealed partial class MemberNode
{
    private const uint Magic = 0x324D5154; // "TQM2"

    /// <summary>A node that goes on as this one would.</summary>
    public MemberNode Clone()
    {
        var writer = new ByteWriter(64 * 1024);
        Save(writer);
        var reader = new ByteReader(writer.Written);
        var store = new MemorySignStore();
        if (_self is { } self && _signed.Find(self) is { } last)
        {
            store.Save(last);
        }

        return Load(ref reader, _kernels, _genesis, _parameters, _secret, new SignedNumbers(store));
    }

    public void Save(ByteWriter writer)
    {
        writer.WriteUInt32(Magic);
        writer.WriteUInt32(Head.Number);
        foreach (JudgedBlock block in _chain.Skip(1))
        {
            writer.WriteBytes(block.Bytes);
        }

        writer.WriteUInt32((uint)Board.Count);
        foreach (Hash256 key in Board.Keys)
        {
            writer.WriteBytes(Board[key]);
        }

        SaveEpoch(writer);
        writer.WriteUInt32((uint)_proposalOrder.Count);
        foreach (Hash256 hash in _proposalOrder)
        {
            writer.WriteBytes(_proposals[hash].Bytes);
        }

        WriteList(
            writer,
            [.. _polls.Values.OrderBy(poll => poll.Round).ThenBy(poll => poll.Member)],
            (poll, w) => poll.Write(w));
        WriteList(
            writer,
            [.. _nextSigns.Values.OrderBy(sign => sign.Hash).ThenBy(sign => sign.Member)],
            (sign, w) => sign.Write(w));
        WriteList(writer, _transactions, (transaction, w) => w.WriteBytes(transaction.Bytes));
        WriteList(writer, _outbox, (bytes, w) => w.WriteBytes(bytes));
        writer.WriteByte((byte)Mode);
        writer.WriteByte((byte)_reason);
        writer.WriteUInt32(_attempt);
        writer.WriteBool(_proposed);
        writer.WriteHash256(_proposedLeaf);
        writer.WriteUInt32(Round);
        writer.WriteInt64(_nowMs);
        writer.WriteInt64(_lastProgressMs);
        writer.WriteInt64(_roundStartMs);
        writer.WriteInt64(_invalidatedMs);
        writer.WriteInt64(_electionEndMs);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The bytes are damaged or of another chain.</exception>
    public static MemberNode Load(
        ref ByteReader reader,
        KernelSet kernels,
        QuorumGenesis genesis,
        QuorumParameters parameters,
        byte[]? secret,
        SignedNumbers signed)
    {
        var node = new MemberNode(kernels, genesis, parameters, secret, signed, 0);
        if (reader.ReadUInt32() != Magic)
        {
            throw new InvalidDataException("this is not a saved member");
        }

        uint blocks = reader.ReadUInt32();
        for (uint i = 0; i < blocks && !reader.Failed; i++)
        {
            JudgedBlock parent = node._chain[^1];
            Verdict verdict = node._judge.Judge(
                reader.ReadBytes(BroadcastSet.BlobBytesMax, "block"),
                parent.State,
                parent.Ledger,
                needsCertificate: true,
                out JudgedBlock? judged);
            node._chain.Add(
                verdict.Accepted ? judged! : throw new InvalidDataException($"saved block {i + 1}: {verdict}"));
        }

        uint blobs = reader.ReadUInt32();
        for (uint i = 0; i < blobs && !reader.Failed; i++)
        {
            node.Board.Add(reader.ReadBytes(BroadcastSet.BlobBytesMax, "blob"));
        }

        node.LoadEpoch(ref reader);
        node.LoadNumber(ref reader);
        return reader.Failed
            ? throw new InvalidDataException(
                $"a saved member is damaged at byte {reader.FailOffset}: {reader.FailReason}")
            : node;
    }

    private static void WriteList<T>(ByteWriter writer, IReadOnlyList<T> items, Action<T, ByteWriter> write)
    {
        writer.WriteUInt32((uint)items.Count);
        foreach (T item in items)
        {
            write(item, writer);
        }
    }

    private void SaveEpoch(ByteWriter writer)
    {
        WriteList(
            writer,
            [.. _signs.Values.OrderBy(sign => sign.Seq).ThenBy(sign => sign.Member)],
            (sign, w) => sign.Write(w));
        WriteList(writer, _evidence, (item, w) => item.Write(w));
        WriteList(writer, [.. _slips.OrderBy(pair => pair.Key)], (pair, w) =>
        {
            pair.Value.Slip.Write(w);
            w.WriteInt64(pair.Value.HeardMs);
        });
    }

    private void LoadEpoch(ref ByteReader reader)
    {
        uint signs = reader.ReadUInt32();
        for (uint i = 0; i < signs && !reader.Failed; i++)
        {
            MemberSign sign = MemberSign.Read(ref reader);
            _signs[(sign.Seq, sign.Member)] = sign;
        }

        uint evidence = reader.ReadUInt32();
        for (uint i = 0; i < evidence && !reader.Failed; i++)
        {
            _evidence.Add(Equivocation.Read(ref reader));
        }

        uint slips = reader.ReadUInt32();
        for (uint i = 0; i < slips && !reader.Failed; i++)
        {
            VoteSlip slip = VoteSlip.Read(ref reader);
            _slips[(slip.Question, slip.OutputId())] = (slip, reader.ReadInt64());
        }
    }

    private void LoadNumber(ref ByteReader reader)
    {
        uint proposals = reader.ReadUInt32();
        for (uint i = 0; i < proposals && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> bytes = reader.ReadBytes(BroadcastSet.BlobBytesMax, "proposal");
            if (_judge.Judge(bytes, Head, Ledger, needsCertificate: false, out JudgedBlock? judged).Accepted)
            {
                _proposals[judged!.State.Id] = judged;
                _proposalOrder.Add(judged.State.Id);
            }
        }

        uint polls = reader.ReadUInt32();
        for (uint i = 0; i < polls && !reader.Failed; i++)
        {
            Poll poll = Poll.Read(ref reader);
            _polls[(poll.Round, poll.Member)] = poll;
        }

        uint signs = reader.ReadUInt32();
        for (uint i = 0; i < signs && !reader.Failed; i++)
        {
            MemberSign sign = MemberSign.Read(ref reader);
            _nextSigns[(sign.Hash, sign.Member)] = sign;
        }

        var transactions = new List<byte[]>();
        ReadBlobs(ref reader, transactions);
        transactions.ForEach(transaction => Submit(transaction));
        ReadBlobs(ref reader, _outbox);
        Mode = (QuorumMode)reader.ReadByte();
        _reason = (OpeningReason)reader.ReadByte();
        _attempt = reader.ReadUInt32();
        _proposed = reader.ReadBool();
        _proposedLeaf = reader.ReadHash256();
        Round = reader.ReadUInt32();
        _nowMs = reader.ReadInt64();
        _lastProgressMs = reader.ReadInt64();
        _roundStartMs = reader.ReadInt64();
        _invalidatedMs = reader.ReadInt64();
        _electionEndMs = reader.ReadInt64();
    }

    private static void ReadBlobs(ref ByteReader reader, List<byte[]> blobs)
    {
        uint count = reader.ReadUInt32();
        for (uint i = 0; i < count && !reader.Failed; i++)
        {
            blobs.Add(reader.ReadBytes(BroadcastSet.BlobBytesMax, "blob").ToArray());
        }
    }
}
