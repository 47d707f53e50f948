using System.Runtime.InteropServices;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.VmDposw.Machines;
using Tactus.Engine.State;

namespace Tactus.Engine.Protocols.VmDposw.Ledger;

/// <summary>Records of the state. Keys are a table tag and an account or VM id.</summary>
internal static class VmTables
{
    public static StateKey Account(ulong account) => StateKey.Of(1, account);

    public static StateKey AccountKey(ulong account) => StateKey.Of(2, account);

    public static StateKey Machine(uint machine) => StateKey.Of(3, machine);

    public static StateKey MachineKey(uint machine) => StateKey.Of(4, machine);

    public static StateKey MachineCommitment(uint machine) => StateKey.Of(5, machine);

    public static StateKey System => StateKey.Of(6, 0);

    /// <summary>Blob: the open bids, <see cref="OpenBid.Size"/> bytes each.</summary>
    public static StateKey Bids => StateKey.Of(7, 0);
}

/// <summary>An account.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct AccountCell
{
    /// <summary>Free BFDT units.</summary>
    public long Balance;

    /// <summary>Locked units: the weight of its approval.</summary>
    public long Locked;

    /// <summary>Sequence of its last request.</summary>
    public ulong Sequence;

    /// <summary>VM that it approves, 0 for none.</summary>
    public ulong Approves;
}

/// <summary>A VM.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MachineCell
{
    public ulong Owner;

    /// <summary>Its price, locked: [D] 3.1 "have BFDT locked in the BFDChain eco-system".</summary>
    public long Stake;

    /// <summary>Locked units of those who approve it.</summary>
    public long Approvals;

    /// <summary>Place in the queue pool.</summary>
    public ulong Ticket;

    /// <summary>Bits 0..7 category, bits 8..15 role.</summary>
    public ulong Kind;

    public readonly VmCategory Category => (VmCategory)(byte)Kind;

    public readonly VmRole Role => (VmRole)(byte)(Kind >> 8);

    public static ulong KindOf(VmCategory category, VmRole role) => (ulong)category | ((ulong)role << 8);
}

/// <summary>Totals of the chain.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SystemCell
{
    /// <summary>All units: free, locked, in stakes and in escrow.</summary>
    public long Supply;

    /// <summary>Requests of the round so far.</summary>
    public long Requests;

    public uint Machines;

    public uint Delegates;

    /// <summary>Voting right of all VMs and of the cluster.</summary>
    public uint TotalRight;

    public uint ClusterRight;

    /// <summary>Round that <see cref="Requests"/> counts.</summary>
    public uint Round;

    /// <summary>Bit 31: a witness was admitted for demand in this round; bits 0..30: bidding period.</summary>
    public uint PeriodAndAdmitted;

    private const uint AdmittedBit = 1U << 31;

    public uint Period
    {
        readonly get => PeriodAndAdmitted & ~AdmittedBit;
        set => PeriodAndAdmitted = (PeriodAndAdmitted & AdmittedBit) | value;
    }

    public bool Admitted
    {
        readonly get => (PeriodAndAdmitted & AdmittedBit) != 0;
        set => PeriodAndAdmitted = value ? PeriodAndAdmitted | AdmittedBit : PeriodAndAdmitted & ~AdmittedBit;
    }
}

/// <summary>A bid as the blob of open bids holds it.</summary>
internal readonly record struct OpenBid(ulong Account, VmCategory Category, long Price, SignKey Key, Hash256 Commitment)
{
    public const int Size = 8 + 1 + 8 + SignKey.Size + Hash256.Size;

    /// <summary>Most open bids of a period.</summary>
    public const int CountMax = 256;

    public void Write(ByteWriter writer)
    {
        writer.WriteUInt64(Account);
        writer.WriteByte((byte)Category);
        writer.WriteInt64(Price);
        writer.WriteSpan(Key.Bytes);
        writer.WriteHash256(Commitment);
    }

    public static OpenBid Read(ref ByteReader reader)
    {
        ulong account = reader.ReadUInt64();
        VmCategory category = (VmCategory)reader.ReadByte();
        long price = reader.ReadInt64();
        var key = new SignKey(reader.ReadSpan(SignKey.Size));
        return new OpenBid(account, category, price, key, reader.ReadHash256());
    }
}
