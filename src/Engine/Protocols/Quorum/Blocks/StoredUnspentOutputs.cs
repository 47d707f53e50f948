using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Quorum.Coins;
using Tactus.Engine.State;

namespace Tactus.Engine.Protocols.Quorum.Blocks;

/// <summary>The set of unspent outputs over the engine's state. Outputs are blobs under the first 128 bits of their id,
/// the only blobs of this protocol, and hold the whole id, which is compared. Spent outputs leave a cell of 40 bytes
/// for vote slips: whole id, creating and spending block; those of past terms stay, as the store has no order by which
/// to find them.</summary>
public sealed class StoredUnspentOutputs : IUnspentOutputs, ISpentOutputs
{
    private const byte SpentTable = 1;
    private const byte TotalsTable = 2;

    private readonly byte[] _stored = new byte[UnspentOutput.StoredSize];
    private IStateView? _view;

    public Hash256 UnspentHash { get; private set; }

    public VoteTerm Term { get; set; } = VoteTerm.First;

    private IStateView View => _view ?? throw new InvalidOperationException("no block was begun");

    /// <summary>Starts on a view and reads the XOR and the term.</summary>
    public void Begin(IStateView view)
    {
        _view = view;
        UnspentHash = view.TryGet(StateKey.Of(TotalsTable, 0), out StateCell cell)
            ? StateCell.As<Hash256>(ref cell)
            : default;
        Term = view.TryGet(StateKey.Of(TotalsTable, 1), out StateCell term)
            ? StateCell.As<VoteTerm>(ref term)
            : VoteTerm.First;
    }

    /// <summary>Writes the XOR and the term.</summary>
    public void Finish()
    {
        View.Put(StateKey.Of(TotalsTable, 0), StateCell.Of(UnspentHash));
        View.Put(StateKey.Of(TotalsTable, 1), StateCell.Of(Term));
    }

    /// <summary>Takes back what a failed transaction wrote since the mark. The term is left to whoever finishes the
    /// block: a builder, which alone takes transactions back, never does.</summary>
    public void RollbackTo(int mark, in Hash256 unspentHash)
    {
        View.RollbackTo(mark);
        UnspentHash = unspentHash;
    }

    public bool TryGet(in Hash256 id, out UnspentOutput output)
    {
        output = default;
        if (!View.TryGetBlob(KeyOf(id), out ReadOnlySpan<byte> stored) || stored.Length != UnspentOutput.StoredSize)
        {
            return false;
        }

        output = UnspentOutput.Read(stored);
        return output.Id == id;
    }

    public bool TryAdd(in UnspentOutput output)
    {
        StateKey key = KeyOf(output.Id);
        if (View.TryGetBlob(key, out _))
        {
            return false;
        }

        output.Write(_stored);
        View.PutBlob(key, _stored);
        UnspentHash = MemoryUnspentOutputs.Xor(UnspentHash, output.SnapshotHash);
        return true;
    }

    public void Spend(in UnspentOutput output, ulong seq)
    {
        View.RemoveBlob(KeyOf(output.Id));
        UnspentHash = MemoryUnspentOutputs.Xor(UnspentHash, output.SnapshotHash);
        Term = Term.Moved(output);
        View.Put(SpentKeyOf(output.Id), StateCell.Of(new SpentCell(output.Id, (uint)output.Seq, (uint)seq)));
    }

    public bool TryGetSpent(in Hash256 id, out SpentOutput spent)
    {
        spent = default;
        if (!View.TryGet(SpentKeyOf(id), out StateCell cell))
        {
            return false;
        }

        SpentCell found = StateCell.As<SpentCell>(ref cell);
        spent = new SpentOutput(found.CreatedSeq, found.SpentSeq);
        return found.Id == id;
    }

    private static StateKey KeyOf(in Hash256 id) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(id.Bytes), BinaryPrimitives.ReadUInt64LittleEndian(id.Bytes[8..]));

    private static StateKey SpentKeyOf(in Hash256 id) => StateKey.Of(
        SpentTable,
        BinaryPrimitives.ReadUInt64LittleEndian(id.Bytes),
        BinaryPrimitives.ReadUInt64LittleEndian(id.Bytes[8..]));

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct SpentCell(Hash256 id, uint createdSeq, uint spentSeq)
    {
        public readonly Hash256 Id = id;
        public readonly uint CreatedSeq = createdSeq;
        public readonly uint SpentSeq = spentSeq;
    }
}
