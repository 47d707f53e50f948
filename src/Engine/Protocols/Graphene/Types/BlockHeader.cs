using System.Buffers.Binary;
using System.Security.Cryptography;
using Tactus.Engine.Primitives;
using Tactus.Kernels;
using Tactus.Kernels.Sha256;

namespace Tactus.Engine.Protocols.Graphene.Types;

/// <summary>A block's header. Bytes [C]: previous[20], timestamp u32, witness varint, merkle_root[20], extensions
/// (varint 0); signed: then signature[65].</summary>
/// <remarks>Steem and Hive differ in one field: the witness is a name.</remarks>
public sealed record BlockHeader
{
    /// <summary>Bytes of a block id and of a Merkle root.</summary>
    public const int IdSize = Ripemd160.DigestBytes;

    public const int SignatureSize = 65;

    /// <summary>First header byte of a recoverable signature by a compressed key; the recovery id is added.</summary>
    public const byte SignatureHeader = 31;

    /// <summary>Id of the parent, zero-padded; zero for block 1.</summary>
    public Hash256 Previous { get; init; }

    /// <summary>Unix seconds of the slot.</summary>
    public uint TimeSec { get; init; }

    /// <summary>Instance of the witness, 1.6.x.</summary>
    public uint Witness { get; init; }

    /// <summary>Its name on Steem and Hive, where it replaces the instance; null elsewhere.</summary>
    public string? WitnessName { get; init; }

    /// <summary>20 bytes, zero-padded.</summary>
    public Hash256 MerkleRoot { get; init; }

    /// <summary>[C] block_num = big-endian first four bytes of the parent's id, plus 1.</summary>
    public uint Number => Previous.LeadingUInt32 + 1;

    public static BlockHeader Read(ref ByteReader reader)
    {
        var header = new BlockHeader
        {
            Previous = new Hash256(reader.ReadSpan(IdSize)),
            TimeSec = reader.ReadUInt32(),
            Witness = reader.ReadVarUInt32(),
            MerkleRoot = new Hash256(reader.ReadSpan(IdSize)),
        };
        WireForm.ReadNoExtensions(ref reader);
        return header;
    }

    public void Write(ByteWriter writer)
    {
        writer.WriteSpan(Previous.Bytes[..IdSize]);
        writer.WriteUInt32(TimeSec);
        if (WitnessName is null)
        {
            writer.WriteVarUInt32(Witness);
        }
        else
        {
            WireForm.WriteText(writer, WitnessName);
        }

        writer.WriteSpan(MerkleRoot.Bytes[..IdSize]);
        writer.WriteVarUInt32(0);
    }

    /// <summary>What the witness signs: sha256 of the header without the signature.</summary>
    public Hash256 Digest()
    {
        var writer = new ByteWriter(96);
        Write(writer);
        return DigestOf(writer.Written);
    }

    /// <summary>The id of the signed header.</summary>
    public Hash256 IdWith(ReadOnlySpan<byte> signature65)
    {
        var writer = new ByteWriter(160);
        Write(writer);
        writer.WriteSpan(signature65);
        return IdOf(writer.Written, Number);
    }

    public static Hash256 DigestOf(ReadOnlySpan<byte> header)
    {
        Span<byte> digest = stackalloc byte[Hash256.Size];
        SHA256.HashData(header, digest);
        return new Hash256(digest);
    }

    /// <summary>[C] id = first 20 bytes of sha224(signed header), the first four replaced by the big-endian
    /// number.</summary>
    public static Hash256 IdOf(ReadOnlySpan<byte> signedHeader, uint number)
    {
        Span<byte> digest = stackalloc byte[Sha224.DigestBytes];
        Sha224.Hash(signedHeader, digest);
        BinaryPrimitives.WriteUInt32BigEndian(digest, number);
        return new Hash256(digest[..IdSize]);
    }
}

/// <summary>A header as decoded from a block, with what the signature says.</summary>
public sealed class SignedHeader
{
    public required BlockHeader Header { get; init; }

    /// <summary>What was signed.</summary>
    public required Hash256 Digest { get; init; }

    /// <summary>65 bytes.</summary>
    public required byte[] Signature { get; init; }

    /// <summary>The key that made the signature, once recovered: a fact that no state changes.</summary>
    public SigningKey? Signer { get; set; }
}
