using System.Security.Cryptography;
using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols.Graphene.Types;

/// <summary>A transaction as a model, for building and inspection; blocks in bulk go through the lane decoder. Bytes of
/// the body [C]: ref_block_num u16, ref_block_prefix u32, expiration u32, operations, extensions.</summary>
public sealed record SignedTransaction
{
    public ushort RefBlockNum { get; init; }

    public uint RefBlockPrefix { get; init; }

    public uint ExpirationSec { get; init; }

    public required IReadOnlyList<Operation> Operations { get; init; }

    public IReadOnlyList<byte[]> Signatures { get; init; } = [];

    public byte[] Body()
    {
        var writer = new ByteWriter();
        writer.WriteUInt16(RefBlockNum);
        writer.WriteUInt32(RefBlockPrefix);
        writer.WriteUInt32(ExpirationSec);
        writer.WriteVarUInt32((uint)Operations.Count);
        foreach (Operation operation in Operations)
        {
            operation.Write(writer);
        }

        writer.WriteVarUInt32(0);
        return writer.ToArray();
    }

    /// <summary>Body and signatures: how transactions travel and wait.</summary>
    public byte[] ToBytes()
    {
        var writer = new ByteWriter();
        writer.WriteSpan(Body());
        writer.WriteVarUInt32((uint)Signatures.Count);
        foreach (byte[] signature in Signatures)
        {
            writer.WriteSpan(signature);
        }

        return writer.ToArray();
    }

    public static SignedTransaction Read(ref ByteReader reader)
    {
        ushort refNum = reader.ReadUInt16();
        uint refPrefix = reader.ReadUInt32();
        uint expiration = reader.ReadUInt32();
        var operations = new Operation[reader.ReadCount(WireLimits.OperationsMax, 10, "operations")];
        for (int i = 0; i < operations.Length && !reader.Failed; i++)
        {
            operations[i] = Operation.Read(ref reader);
        }

        WireForm.ReadNoExtensions(ref reader);
        byte[][] signatures =
            new byte[reader.ReadCount(WireLimits.SignaturesMax, BlockHeader.SignatureSize, "signatures")][];
        for (int i = 0; i < signatures.Length; i++)
        {
            signatures[i] = reader.ReadSpan(BlockHeader.SignatureSize).ToArray();
        }

        return new SignedTransaction
        {
            RefBlockNum = refNum,
            RefBlockPrefix = refPrefix,
            ExpirationSec = expiration,
            Operations = operations,
            Signatures = signatures,
        };
    }

    /// <summary>The same transaction naming a block that its chain must hold: "the signer of the transaction can be
    /// confident that their transaction may not be applied to any blockchain that does not include that
    /// block."</summary>
    public SignedTransaction Referring(in Hash256 blockId) => this with
    {
        RefBlockNum = (ushort)blockId.LeadingUInt32,
        RefBlockPrefix = PrefixOf(blockId),
    };

    /// <summary>[C] Bytes 4..7 of a block id, little-endian.</summary>
    public static uint PrefixOf(in Hash256 blockId) =>
        System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(blockId.Bytes[4..]);

    /// <summary>[C] txid = first 20 bytes of sha256(body), zero-padded here.</summary>
    public static Hash256 IdOf(ReadOnlySpan<byte> body)
    {
        Span<byte> digest = stackalloc byte[Hash256.Size];
        SHA256.HashData(body, digest);
        return new Hash256(digest[..BlockHeader.IdSize]);
    }

    /// <summary>[C] What is signed: sha256(chain_id, body).</summary>
    public static Hash256 SigningDigest(in Hash256 chainId, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(chainId.Bytes);
        hash.AppendData(body);
        Span<byte> digest = stackalloc byte[Hash256.Size];
        hash.GetHashAndReset(digest);
        return new Hash256(digest);
    }
}
