// Bytes of a transaction, little-endian ([N]: the document defines none):
//   kind 1 | actor 8 | sequence 8 | expiration 4 | what the kind needs | recovery id 1, r 32, s 32
//   0 transfer        to 8, amount 8
//   1 open account    account 8, key 33, amount 8
//   2 bid             category 1, price 8, sign key 33, commitment 32
//   3 lock            amount 8
//   4 unlock          amount 8
//   5 approve         machine 4 (0: nobody)
//   6 sell machine    machine 4, to 8
//   7 machine keys    machine 4, sign key 33, commitment 32
// The signature is over id = SHA-256(chain id | the bytes before the signature). Merkle leaf = SHA-256 of all bytes.
using System.Buffers.Binary;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.VmDposw.Machines;

namespace Tactus.Engine.Protocols.VmDposw.Wire;

/// <summary>What a request asks for.</summary>
public enum VmTransactionKind : byte
{
    Transfer = 0,
    OpenAccount = 1,
    Bid = 2,
    Lock = 3,
    Unlock = 4,
    Approve = 5,
    SellMachine = 6,
    MachineKeys = 7,
}

/// <summary>A request: a signed transaction of one kind. Fields that the kind does not have are zero.</summary>
public struct VmTransaction
{
    public const int SignatureBytes = 65;

    /// <summary>Shortest and longest body, without signature.</summary>
    public const int BodyBytesMin = HeadBytes + 4;

    public const int BodyBytesMax = HeadBytes + 1 + 8 + SignKey.Size + Hash256.Size;

    private const int HeadBytes = 1 + 8 + 8 + 4;

    public VmTransactionKind Kind { get; set; }

    /// <summary>Account that acts and signs.</summary>
    public ulong Actor { get; set; }

    /// <summary>Above the actor's last one; gaps are allowed. Keeps a request from being applied twice.</summary>
    public ulong Sequence { get; set; }

    /// <summary>Last second, since 1970, in which a block may include it.</summary>
    public uint ExpirationSec { get; set; }

    /// <summary>Receiver, new account or buyer.</summary>
    public ulong To { get; set; }

    /// <summary>BFDT units.</summary>
    public long Amount { get; set; }

    public VmCategory Category { get; set; }

    public uint Machine { get; set; }

    public SignKey Key { get; set; }

    public Hash256 Commitment { get; set; }

    /// <summary>The actor of a body that was read before.</summary>
    public static ulong ActorOf(ReadOnlySpan<byte> body) => BinaryPrimitives.ReadUInt64LittleEndian(body[1..]);

    /// <summary>Reads a body; what follows it is left to the caller.</summary>
    public static VmTransaction Read(ref ByteReader reader)
    {
        int at = reader.Position;
        var request = new VmTransaction
        {
            Kind = (VmTransactionKind)reader.ReadByte(),
            Actor = reader.ReadUInt64(),
            Sequence = reader.ReadUInt64(),
            ExpirationSec = reader.ReadUInt32(),
        };
        switch (request.Kind)
        {
            case VmTransactionKind.Transfer:
                request.To = reader.ReadUInt64();
                request.Amount = reader.ReadInt64();
                break;
            case VmTransactionKind.OpenAccount:
                request.To = reader.ReadUInt64();
                request.Key = VmBlockHeader.ReadKey(ref reader);
                request.Amount = reader.ReadInt64();
                break;
            case VmTransactionKind.Bid:
                request.Category = VmBlockHeader.ReadCategory(ref reader);
                request.Amount = reader.ReadInt64();
                request.Key = VmBlockHeader.ReadKey(ref reader);
                request.Commitment = reader.ReadHash256();
                break;
            case VmTransactionKind.Lock or VmTransactionKind.Unlock:
                request.Amount = reader.ReadInt64();
                break;
            case VmTransactionKind.Approve:
                request.Machine = reader.ReadUInt32();
                break;
            case VmTransactionKind.SellMachine:
                request.Machine = reader.ReadUInt32();
                request.To = reader.ReadUInt64();
                break;
            case VmTransactionKind.MachineKeys:
                request.Machine = reader.ReadUInt32();
                request.Key = VmBlockHeader.ReadKey(ref reader);
                request.Commitment = reader.ReadHash256();
                break;
            default:
                reader.Fail("the kind of the transaction is none of 0 to 7", at);
                break;
        }

        return request;
    }

    public readonly void Write(ByteWriter writer)
    {
        writer.WriteByte((byte)Kind);
        writer.WriteUInt64(Actor);
        writer.WriteUInt64(Sequence);
        writer.WriteUInt32(ExpirationSec);
        switch (Kind)
        {
            case VmTransactionKind.Transfer:
                writer.WriteUInt64(To);
                writer.WriteInt64(Amount);
                break;
            case VmTransactionKind.OpenAccount:
                writer.WriteUInt64(To);
                writer.WriteSpan(Key.Bytes);
                writer.WriteInt64(Amount);
                break;
            case VmTransactionKind.Bid:
                writer.WriteByte((byte)Category);
                writer.WriteInt64(Amount);
                writer.WriteSpan(Key.Bytes);
                writer.WriteHash256(Commitment);
                break;
            case VmTransactionKind.Lock or VmTransactionKind.Unlock:
                writer.WriteInt64(Amount);
                break;
            case VmTransactionKind.Approve:
                writer.WriteUInt32(Machine);
                break;
            case VmTransactionKind.SellMachine:
                writer.WriteUInt32(Machine);
                writer.WriteUInt64(To);
                break;
            case VmTransactionKind.MachineKeys:
                writer.WriteUInt32(Machine);
                writer.WriteSpan(Key.Bytes);
                writer.WriteHash256(Commitment);
                break;
            default:
                throw new InvalidOperationException($"no such kind: {Kind}");
        }
    }
}
