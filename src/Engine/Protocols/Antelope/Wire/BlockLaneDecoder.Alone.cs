using System.Buffers.Binary;
using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Production;

namespace Tactus.Engine.Protocols.Antelope.Wire;

/// <content>Transactions that come alone, for the pending queue.</content>
public sealed partial class BlockLaneDecoder : ITransactionDecoder
{
    public void Start(BlockWork work, int countMax)
    {
        work.Load(default);
        work.ReserveLeaves(countMax);
        _hashing.Start();
    }

    public Verdict Append(BlockWork work, ReadOnlySpan<byte> packed)
    {
        int signatures = work.Signatures.Count;
        int at = work.Append(packed);
        var reader = new ByteReader(work.Bytes, at);
        ref TransactionLane lane = ref work.Transactions.Add();
        lane.FirstSignature = signatures;
        Verdict verdict = Packed(ref reader, work, ref lane, alone: true);
        if (!verdict.Accepted)
        {
            work.Transactions.RemoveLast();
            work.Signatures.Truncate(signatures);
            work.TruncateBytes(at);
        }

        return verdict;
    }

    public void Finish(BlockWork work) => _hashing.Flush(work);

    // Every body that was decoded begins with it.
    public uint ExpirationSec(BlockWork work, int index) =>
        BinaryPrimitives.ReadUInt32LittleEndian(work.BodyOf(in work.Transactions[index]));
}
