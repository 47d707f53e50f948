using System.Security.Cryptography;
using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols.Quorum.Coins;

/// <summary>A Skycoin block header, 124 bytes [C].</summary>
/// <param name="Version">0 in every block so far.</param>
/// <param name="TimeSec">Unix seconds; each block's is above its parent's.</param>
/// <param name="Seq">Sequence number, 0 for genesis [D: "block 5000"].</param>
/// <param name="Fee">Coin hours that the block burns: the sum over its transactions.</param>
/// <param name="PreviousHash">Hash of the parent's header.</param>
/// <param name="BodyHash">Merkle root of the transaction ids, padded with zeros to a power of two.</param>
/// <param name="UnspentHash">XOR of the snapshot hashes of all unspent outputs before this block.</param>
public readonly record struct CoinHeader(
    uint Version, ulong TimeSec, ulong Seq, ulong Fee, Hash256 PreviousHash, Hash256 BodyHash, Hash256 UnspentHash)
{
    public const int Size = 4 + 8 + 8 + 8 + (3 * Hash256.Size);

    public static CoinHeader Read(ref ByteReader reader) => new(
        reader.ReadUInt32(),
        reader.ReadUInt64(),
        reader.ReadUInt64(),
        reader.ReadUInt64(),
        reader.ReadHash256(),
        reader.ReadHash256(),
        reader.ReadHash256());

    public void Write(ByteWriter writer)
    {
        writer.WriteUInt32(Version);
        writer.WriteUInt64(TimeSec);
        writer.WriteUInt64(Seq);
        writer.WriteUInt64(Fee);
        writer.WriteHash256(PreviousHash);
        writer.WriteHash256(BodyHash);
        writer.WriteHash256(UnspentHash);
    }

    /// <summary>The block's hash: sha256 over the 124 bytes.</summary>
    public Hash256 Hash()
    {
        var writer = new ByteWriter(Size);
        Write(writer);
        return HashOf(writer.Written);
    }

    /// <summary>Hash of the header that a block's bytes begin with.</summary>
    public static Hash256 HashOf(ReadOnlySpan<byte> block)
    {
        Span<byte> digest = stackalloc byte[Hash256.Size];
        SHA256.HashData(block[..Size], digest);
        return new Hash256(digest);
    }
}
