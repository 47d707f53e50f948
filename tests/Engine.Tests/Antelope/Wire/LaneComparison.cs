using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Keys;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Engine.Protocols.Antelope.Wire;
using Tactus.Kernels;
using Tactus.Kernels.Secp256k1;

namespace Tactus.Engine.Tests.Antelope.Wire;

/// <summary>Compares what the lane decoder makes of a block with what the object forms make of it.</summary>
internal sealed class LaneComparison(KernelSet kernels, Hash256 chainId)
{
    private readonly BlockLaneDecoder _decoder = new(kernels, chainId);
    private readonly BlockWork _work = new();

    public int Accepted { get; private set; }

    public int Rejected { get; private set; }

    /// <summary>Decodes both ways and asserts that they agree in every lane.</summary>
    public void Check(byte[] bytes)
    {
        _work.Load(bytes);
        Verdict lanes = _decoder.Decode(_work);
        Verdict objects = ByObjects(bytes, out SignedBlock? block, out List<Unpacked> transactions);
        Assert.True(lanes.Accepted == objects.Accepted, $"lanes: {lanes}; objects: {objects}");
        if (!lanes.Accepted)
        {
            // A block may have several faults, and the two meet them in different order.
            Assert.NotNull(lanes.Detail);
            Assert.InRange(lanes.Index, 0, bytes.Length);
            Rejected++;
            return;
        }

        Accepted++;
        CompareHeader(block!);
        Assert.Equal(transactions.Count, _work.Transactions.Count);
        Assert.Equal(transactions.Count, _work.LeafCount);
        int signature = 0;
        for (int i = 0; i < transactions.Count; i++)
        {
            Compare(i, block!.Transactions[i], transactions[i], ref signature);
        }

        Assert.Equal(signature, _work.Signatures.Count);
    }

    private static Verdict ByObjects(byte[] bytes, out SignedBlock? block, out List<Unpacked> transactions)
    {
        transactions = [];
        block = SignedBlock.TryRead(bytes, out Verdict verdict);
        if (block is null)
        {
            return verdict;
        }

        foreach (TransactionReceipt receipt in block.Transactions)
        {
            if (receipt.Packed is null)
            {
                transactions.Add(default);
                continue;
            }

            Transaction? transaction = receipt.Packed.TryUnpack(out verdict);
            if (transaction is null)
            {
                return verdict;
            }

            if (transaction.Extensions.Count > 0)
            {
                return Verdict.Reject(RejectReason.BadExtension, "transaction extensions");
            }

            IReadOnlyList<byte[]>? contextFreeData = receipt.Packed.TryUnpackContextFreeData(out verdict);
            if (contextFreeData is null)
            {
                return verdict;
            }

            transactions.Add(new Unpacked(transaction, contextFreeData));
        }

        return Extension.Find(block.Extensions, Extension.AdditionalBlockSignatures) is { } data
            && !AreSignatures(data)
            ? Verdict.Reject(RejectReason.BadExtension, "additional signatures")
            : Verdict.Ok;
    }

    private static bool AreSignatures(byte[] data)
    {
        var reader = new ByteReader(data);
        uint count = reader.ReadVarUInt32();
        for (uint i = 0; i < count && !reader.Failed; i++)
        {
            KeySignature.Read(ref reader);
        }

        return !reader.Failed;
    }

    private void CompareHeader(SignedBlock block)
    {
        var header = Assert.IsType<SignedHeader>(_work.Header);
        Assert.Equal(block.Header.Digest(), header.Digest);
        Assert.Equal(block.Id(), _work.Id);
        Assert.Equal(block.Number, _work.Number);
        Assert.Equal(block.Header.Previous, _work.PreviousId);
        Assert.Equal(block.Header.Slot, (uint)_work.Slot);
        Assert.Equal(block.Header.Producer.Value, _work.Producer);
        Assert.Equal(block.ProducerSignature, header.Signature);
    }

    private void Compare(int index, TransactionReceipt receipt, Unpacked unpacked, ref int signature)
    {
        ref TransactionLane lane = ref _work.Transactions[index];
        Assert.Equal((byte)receipt.Status, lane.Status);
        Assert.Equal(receipt.CpuUsageUs, lane.CpuUsageUs);
        Assert.Equal(receipt.NetUsageWords, lane.NetUsageWords);
        Assert.Equal(receipt.Digest(), new Hash256(_work.Leaves.Slice(index * 32, 32)));
        Assert.Equal(receipt.Packed is null, lane.IdOnly);
        if (receipt.Packed is not { } packed)
        {
            Assert.Equal(receipt.Id, lane.Id);
            Assert.Equal(0, lane.SignatureCount);
            return;
        }

        Transaction transaction = unpacked.Transaction!;
        Assert.Equal(transaction.Id(), lane.Id);
        var reader = new ByteReader(_work.BodyOf(in lane));
        Assert.Equal(transaction.Id(), Transaction.Read(ref reader).Id());
        Assert.False(reader.Failed);
        Assert.Equal(0, reader.Remaining);
        Assert.Equal(packed.PackedTrx.Length, lane.PackedBytes);
        Assert.Equal(signature, lane.FirstSignature);
        Assert.Equal(packed.Signatures.Count, lane.SignatureCount);
        Hash256 digest = transaction.SigningDigest(chainId, unpacked.ContextFreeData!);
        foreach (KeySignature expected in packed.Signatures)
        {
            Compare(signature++, index, expected, digest);
        }
    }

    private void Compare(int i, int transaction, KeySignature expected, Hash256 digest)
    {
        SignatureLanes lanes = _work.Signatures;
        Assert.Equal(digest, new Hash256(lanes.DigestOf(i)));
        Assert.Equal(transaction, lanes.TransactionIndexes[i]);
        Assert.Equal((byte)expected.Type, lanes.Types[i]);
        Assert.Equal(expected.Compact[1..].ToArray(), lanes.Signatures.AsSpan(i * 64, 64).ToArray());
        bool headerFits = CanonicalSignature.TryRecoveryId(expected.Compact[0], out byte recoveryId);
        Assert.Equal(recoveryId, lanes.RecoveryIds[i]);
        bool good = expected.Type != KeyType.K1
            || (headerFits && CanonicalSignature.IsCanonical(expected.Compact[1..]));
        Assert.Equal(good ? SignatureVerdict.Unknown : SignatureVerdict.OutOfRange, lanes.Verdicts[i]);
        if (expected.Type != KeyType.K1)
        {
            // The range begins behind the variant index, which these tests never pad.
            (int offset, int length) = lanes.Ranges[i];
            byte[] wire = [(byte)expected.Type, .. _work.Bytes.Slice(offset, length)];
            var reader = new ByteReader(wire);
            Assert.Equal(expected, KeySignature.Read(ref reader));
            Assert.Equal(0, reader.Remaining);
        }
    }

    private readonly record struct Unpacked(Transaction? Transaction, IReadOnlyList<byte[]>? ContextFreeData);
}
