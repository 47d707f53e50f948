// Bytes of a header, little-endian, in this order ([N]: the document defines none):
//   version 1 | number 4 | previous 32 | slot 8 | round 4 | machine 4 | key index j 4 | difficulty 8 |
//   K_j 32 | S_j 32 | transaction root 32 |
//   varuint count, then per change: machine 4, category 1, key 33, commitment 32 |
//   nonce 8
// id = work = SHA-256 of these bytes. A block is the header, the VM's signature of the id (recovery id 1, r 32, s 32;
// low s), and its transactions: varuint count, then each as varuint length and bytes (VmTransaction).
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.VmDposw.Consensus;
using Tactus.Engine.Protocols.VmDposw.Machines;

namespace Tactus.Engine.Protocols.VmDposw.Wire;

/// <summary>Header of a block.</summary>
public sealed record VmBlockHeader
{
    public const byte Version = 1;

    /// <summary>Most changes of the cluster in one block.</summary>
    public const int ChangesMax = VmDposwParameters.DelegatesMax;

    public const int SignatureBytes = 65;

    /// <summary>Bytes without changes, nonce included.</summary>
    public const int BytesMin = 1 + 4 + 32 + 8 + 4 + 4 + 4 + 8 + 32 + 32 + 32 + 1 + 8;

    public uint Number { get; init; }

    public Hash256 Previous { get; init; }

    public long Slot { get; init; }

    public uint Round { get; init; }

    /// <summary>VM that made the block.</summary>
    public uint Machine { get; init; }

    /// <summary>j.</summary>
    public uint KeyIndex { get; init; }

    public ulong Difficulty { get; init; }

    /// <summary>K_j.</summary>
    public Hash256 Key { get; init; }

    /// <summary>S_j.</summary>
    public Hash256 Signature { get; init; }

    public Hash256 TransactionRoot { get; init; }

    public IReadOnlyList<DelegateChange> Changes { get; init; } = [];

    public ulong Nonce { get; init; }

    /// <summary>The bytes before the nonce: what is mined.</summary>
    public void WriteUnmined(ByteWriter writer)
    {
        writer.WriteByte(Version);
        writer.WriteUInt32(Number);
        writer.WriteHash256(Previous);
        writer.WriteInt64(Slot);
        writer.WriteUInt32(Round);
        writer.WriteUInt32(Machine);
        writer.WriteUInt32(KeyIndex);
        writer.WriteUInt64(Difficulty);
        writer.WriteHash256(Key);
        writer.WriteHash256(Signature);
        writer.WriteHash256(TransactionRoot);
        WriteChanges(writer, Changes);
    }

    public void Write(ByteWriter writer)
    {
        WriteUnmined(writer);
        writer.WriteUInt64(Nonce);
    }

    public static VmBlockHeader Read(ref ByteReader reader)
    {
        if (reader.ReadByte() != Version)
        {
            reader.Fail("the block's version is not 1", 0);
        }

        return new VmBlockHeader
        {
            Number = reader.ReadUInt32(),
            Previous = reader.ReadHash256(),
            Slot = reader.ReadInt64(),
            Round = reader.ReadUInt32(),
            Machine = reader.ReadUInt32(),
            KeyIndex = reader.ReadUInt32(),
            Difficulty = reader.ReadUInt64(),
            Key = reader.ReadHash256(),
            Signature = reader.ReadHash256(),
            TransactionRoot = reader.ReadHash256(),
            Changes = ReadChanges(ref reader),
            Nonce = reader.ReadUInt64(),
        };
    }

    internal static void WriteChanges(ByteWriter writer, IReadOnlyList<DelegateChange> changes)
    {
        writer.WriteVarUInt32((uint)changes.Count);
        foreach (DelegateChange change in changes)
        {
            writer.WriteUInt32(change.Machine);
            writer.WriteByte((byte)change.Category);
            writer.WriteSpan(change.Key.Bytes);
            writer.WriteHash256(change.Commitment);
        }
    }

    internal static IReadOnlyList<DelegateChange> ReadChanges(ref ByteReader reader, int countMax = ChangesMax)
    {
        int count = reader.ReadCount(countMax, DelegateChange.Size, "changes of the cluster");
        if (count == 0)
        {
            return [];
        }

        var changes = new DelegateChange[count];
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            uint machine = reader.ReadUInt32();
            VmCategory category = ReadCategory(ref reader);
            SignKey key = ReadKey(ref reader);
            changes[i] = new DelegateChange(machine, category, key, reader.ReadHash256());
        }

        return changes;
    }

    internal static VmCategory ReadCategory(ref ByteReader reader)
    {
        byte category = reader.ReadByte();
        if (category >= VmCategories.Count)
        {
            reader.Fail("the category is none of 0, 1, 2", reader.Position - 1);
        }

        return (VmCategory)category;
    }

    internal static SignKey ReadKey(ref ByteReader reader)
    {
        int at = reader.Position;
        ReadOnlySpan<byte> bytes = reader.ReadSpan(SignKey.Size);
        if (bytes.Length != SignKey.Size)
        {
            return default;
        }

        var key = new SignKey(bytes);
        if (!key.IsWellFormed)
        {
            reader.Fail("a compressed public key begins with 2 or 3", at);
        }

        return key;
    }
}

/// <summary>What Decode leaves for consensus in <see cref="Pipeline.BlockWork.Header"/>.</summary>
/// <param name="Header">The header.</param>
/// <param name="RecoveryId">Of the VM's signature, 0..3.</param>
/// <param name="Signature">r then s.</param>
public sealed record SignedVmHeader(VmBlockHeader Header, byte RecoveryId, ReadOnlyMemory<byte> Signature);
