using System.Security.Cryptography;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Wire;

namespace Tactus.Engine.Protocols.Antelope.Types;

/// <summary>How the bytes of a packed transaction are stored.</summary>
public enum TransactionCompression : byte
{
    None = 0,
    Zlib = 1,
}

/// <summary>A signed transaction as blocks and peers carry it: signatures, and bytes that hold the transaction and its
/// context-free data, maybe compressed.</summary>
public sealed record PackedTransaction(
    IReadOnlyList<KeySignature> Signatures,
    TransactionCompression Compression,
    byte[] PackedContextFreeData,
    byte[] PackedTrx)
{
    /// <summary>Smallest packed form: no signature, compression, two empty byte vectors.</summary>
    public const int BytesMin = 4;

    /// <summary>Packs without compression.</summary>
    public static PackedTransaction Of(
        Transaction transaction,
        IReadOnlyList<KeySignature> signatures,
        IReadOnlyList<byte[]>? contextFreeData = null)
    {
        var writer = new ByteWriter();
        if (contextFreeData is { Count: > 0 })
        {
            WriteContextFreeData(writer, contextFreeData);
        }

        return new PackedTransaction(signatures, TransactionCompression.None, writer.ToArray(), transaction.ToBytes());
    }

    public static PackedTransaction Read(ref ByteReader reader)
    {
        int count = reader.ReadCount(WireLimits.ElementsMax, 1 + KeySignature.CompactSize, "signatures");
        var signatures = new KeySignature[count];
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            signatures[i] = KeySignature.Read(ref reader);
        }

        int at = reader.Position;
        byte compression = reader.ReadByte();
        if (compression > (byte)TransactionCompression.Zlib)
        {
            reader.Fail($"compression {compression} is unknown (0 = none, 1 = zlib)", at);
        }

        byte[] contextFreeData = reader.ReadBytes(WireLimits.BytesMax, "packed context-free data").ToArray();
        byte[] trx = reader.ReadBytes(WireLimits.BytesMax, "packed transaction").ToArray();
        return new PackedTransaction(signatures, (TransactionCompression)compression, contextFreeData, trx);
    }

    public void Write(ByteWriter writer)
    {
        WriteSignatures(writer);
        writer.WriteByte((byte)Compression);
        writer.WriteBytes(PackedContextFreeData);
        writer.WriteBytes(PackedTrx);
    }

    /// <summary>Unpacks the transaction, inflating it first where compressed. Bytes after it are ignored, as nodeos
    /// does: the id is of the transaction written anew.</summary>
    /// <returns>Null with the reason where the bytes are malformed or inflate beyond
    /// <see cref="WireLimits.InflatedBytesMax"/>.</returns>
    public Transaction? TryUnpack(out Verdict verdict)
    {
        if (!TryPlain(PackedTrx, "packed transaction", out ReadOnlySpan<byte> plain, out verdict))
        {
            return null;
        }

        var reader = new ByteReader(plain);
        var transaction = Transaction.Read(ref reader);
        if (reader.Failed)
        {
            verdict = Verdict.Malformed(in reader);
            return null;
        }

        return transaction;
    }

    /// <summary>The context-free data as a list; empty bytes and an empty list are both "none".</summary>
    public IReadOnlyList<byte[]>? TryUnpackContextFreeData(out Verdict verdict)
    {
        verdict = Verdict.Ok;
        if (PackedContextFreeData.Length == 0)
        {
            return [];
        }

        if (!TryPlain(PackedContextFreeData, "packed context-free data", out ReadOnlySpan<byte> plain, out verdict))
        {
            return null;
        }

        var reader = new ByteReader(plain);
        int count = reader.ReadCount(WireLimits.ElementsMax, 1, "context-free data");
        var items = new byte[count][];
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            items[i] = reader.ReadBytes(WireLimits.BytesMax, "context-free data item").ToArray();
        }

        if (reader.Failed)
        {
            verdict = Verdict.Malformed(in reader);
            return null;
        }

        return items;
    }

    /// <summary>What receipts commit to: sha256( compression || packed transaction || sha256( signatures || packed
    /// context-free data ) ), over the bytes as received.</summary>
    public Hash256 PackedDigest()
    {
        var prunable = new ByteWriter();
        WriteSignatures(prunable);
        prunable.WriteBytes(PackedContextFreeData);
        var writer = new ByteWriter(PackedTrx.Length + 64);
        writer.WriteByte((byte)Compression);
        writer.WriteBytes(PackedTrx);
        SHA256.HashData(prunable.Written, writer.Reserve(Hash256.Size));
        return new Hash256(SHA256.HashData(writer.Written));
    }

    internal static void WriteContextFreeData(ByteWriter writer, IReadOnlyList<byte[]> items)
    {
        writer.WriteVarUInt32((uint)items.Count);
        foreach (byte[] item in items)
        {
            writer.WriteBytes(item);
        }
    }

    private void WriteSignatures(ByteWriter writer)
    {
        writer.WriteVarUInt32((uint)Signatures.Count);
        foreach (KeySignature signature in Signatures)
        {
            signature.Write(writer);
        }
    }

    private bool TryPlain(byte[] packed, string what, out ReadOnlySpan<byte> plain, out Verdict verdict)
    {
        verdict = Verdict.Ok;
        plain = packed;
        if (Compression == TransactionCompression.None)
        {
            return true;
        }

        var output = new ByteWriter(Math.Min(4 * packed.Length, WireLimits.InflatedBytesMax));
        InflateResult result = ZlibInflate.Run(packed, output, WireLimits.InflatedBytesMax);
        plain = output.Written;
        if (result.Error is null)
        {
            return true;
        }

        verdict = Verdict.Reject(
            result.TooLarge ? RejectReason.LimitExceeded : RejectReason.Malformed, $"{what}: {result.Error}",
            result.Consumed);
        return false;
    }
}
