using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols.Antelope.Types;

/// <summary>A block: header, producer signature, receipts, extensions. The bytes in a block log and from a peer are the
/// same.</summary>
public sealed class SignedBlock
{
    public SignedBlock(BlockHeader header)
    {
        Header = header;
    }

    public BlockHeader Header { get; }

    /// <summary>Signature of the producer; further ones of a multi-key authority are in block extension 2.</summary>
    public KeySignature ProducerSignature { get; set; } = KeySignature.Empty;

    public IReadOnlyList<TransactionReceipt> Transactions { get; set; } = [];

    public IReadOnlyList<Extension> Extensions { get; set; } = [];

    public uint Number => Header.Number;

    /// <summary>Reads one block that must fill the bytes.</summary>
    /// <returns>Null with the reason and byte offset where the bytes are no block.</returns>
    public static SignedBlock? TryRead(ReadOnlySpan<byte> bytes, out Verdict verdict)
    {
        var reader = new ByteReader(bytes);
        SignedBlock block = Read(ref reader);
        if (reader.Failed)
        {
            verdict = Verdict.Malformed(in reader);
            return null;
        }

        if (reader.Remaining != 0)
        {
            verdict = Verdict.Reject(
                RejectReason.TrailingBytes, $"{reader.Remaining} bytes follow the block", reader.Position);
            return null;
        }

        verdict = Verdict.Ok;
        return block;
    }

    public static SignedBlock Read(ref ByteReader reader)
    {
        var block = new SignedBlock(BlockHeader.Read(ref reader))
        {
            ProducerSignature = KeySignature.Read(ref reader),
        };
        int count = reader.ReadCount(WireLimits.ElementsMax, TransactionReceipt.BytesMin, "transactions");
        var transactions = new TransactionReceipt[count];
        for (int i = 0; i < count; i++)
        {
            transactions[i] = TransactionReceipt.Read(ref reader);
            if (reader.Failed)
            {
                break;
            }
        }

        block.Transactions = transactions;
        block.Extensions = Extension.ReadAll(ref reader, ExtensionPlace.Block);
        return block;
    }

    public void Write(ByteWriter writer)
    {
        Header.Write(writer);
        ProducerSignature.Write(writer);
        writer.WriteVarUInt32((uint)Transactions.Count);
        foreach (TransactionReceipt receipt in Transactions)
        {
            receipt.Write(writer);
        }

        Extension.WriteAll(writer, Extensions);
    }

    public byte[] ToBytes()
    {
        var writer = new ByteWriter();
        Write(writer);
        return writer.ToArray();
    }

    public Hash256 Id() => Header.Id();
}
