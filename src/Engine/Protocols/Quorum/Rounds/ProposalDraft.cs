using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Quorum.Blocks;
using Tactus.Engine.Protocols.Quorum.Coins;
using Tactus.Kernels;

namespace Tactus.Engine.Protocols.Quorum.Rounds;

/// <summary>Builds a proposal in memory. Who proposes answers for the fee rule; signatures were checked when the
/// transactions came, owners are checked here; the others judge the result.</summary>
public static class ProposalDraft
{
    /// <summary>Bytes of transactions in a proposal: a quarter of what a block may have, which leaves room for an
    /// opening and the certificate.</summary>
    private const int TransactionBytesMax = PipelineLimits.BlockBytesMax / 4;

    /// <summary>A block on a parent, without a certificate.</summary>
    /// <param name="kernels">Kernels.</param>
    /// <param name="parent">State of the parent.</param>
    /// <param name="ledger">Unspent outputs after the parent; not changed.</param>
    /// <param name="timeSec">Time of the block.</param>
    /// <param name="transactions">Those that do not apply, and those that no longer fit, are left out.</param>
    /// <param name="opening">What opens an epoch, or null.</param>
    public static byte[] Build(
        KernelSet kernels,
        QuorumState parent,
        MemoryUnspentOutputs ledger,
        ulong timeSec,
        IEnumerable<SubmittedTransaction> transactions,
        Opening? opening)
    {
        MemoryUnspentOutputs after = ledger.Clone();
        var place = new BlockPlace(parent.Number + 1UL, timeSec, parent.TimeSec);
        var included = new List<byte[]>();
        var leaves = new ByteWriter();
        ulong fees = 0;
        int size = 0;
        foreach (SubmittedTransaction transaction in transactions)
        {
            MemoryUnspentOutputs tried = after.Clone();
            if (size + transaction.Bytes.Length <= TransactionBytesMax
                && TryApply(transaction, place, tried, out ulong fee) && fee <= ulong.MaxValue - fees)
            {
                after = tried;
                fees += fee;
                size += transaction.Bytes.Length;
                included.Add(transaction.Bytes);
                leaves.WriteHash256(transaction.Id);
            }
        }

        if (opening is not null)
        {
            leaves.WriteHash256(opening.Leaf());
        }

        Hash256 root = BlockLaneDecoder.Root(kernels, leaves.WrittenForUpdate);
        var header = new CoinHeader(0, timeSec, place.Seq, fees, parent.Id, root, ledger.UnspentHash);
        return Write(header, included, new BlockSeal(opening?.Epoch ?? parent.Epoch.Number, opening, []));
    }

    /// <summary>A block from its parts.</summary>
    public static byte[] Write(in CoinHeader header, IReadOnlyCollection<byte[]> transactions, BlockSeal seal)
    {
        var writer = new ByteWriter(1024);
        header.Write(writer);
        writer.WriteUInt32((uint)transactions.Count);
        foreach (byte[] transaction in transactions)
        {
            writer.WriteSpan(transaction);
        }

        seal.Write(writer);
        return writer.ToArray();
    }

    /// <summary>The same block with a certificate in place of what it had.</summary>
    public static byte[] Certify(ReadOnlySpan<byte> block, SealedHeader header, byte[] certificate)
    {
        var old = new ByteWriter();
        header.Seal.Write(old);
        var writer = new ByteWriter(block.Length + certificate.Length);
        writer.WriteSpan(block[..^old.Length]);
        (header.Seal with { Signatures = certificate }).Write(writer);
        return writer.ToArray();
    }

    private static bool TryApply(
        SubmittedTransaction submitted, in BlockPlace place, MemoryUnspentOutputs unspent, out ulong fee)
    {
        var reader = new ByteReader(submitted.Bytes);
        CoinTransaction transaction = CoinTransaction.Read(ref reader);
        var hashes = new ByteWriter();
        for (int i = 0; i < transaction.OutputCount; i++)
        {
            var output = UnspentOutput.Create(submitted.Id, transaction.Output(i), place.TimeSec, place.Seq);
            hashes.WriteHash256(output.Id);
            hashes.WriteHash256(output.SnapshotHash);
        }

        return TransactionRules.Apply(transaction, place, hashes.Written, submitted.Signers, unspent, out fee).Accepted;
    }
}
