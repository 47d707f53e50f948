using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols.Graphene.Types;

/// <summary>[C] Tags of the operations that this chain knows.</summary>
public enum OperationTag : byte
{
    Transfer = 0,
    LimitOrderCreate = 1,
    LimitOrderCancel = 2,
    AccountCreate = 5,
    AccountUpdate = 6,
    WitnessCreate = 20,
    WitnessUpdate = 21,
    ProposalCreate = 22,
    ProposalUpdate = 23,
    ProposalDelete = 24,
    DelegateCreate = 29,
    UpdateGlobalParameters = 31,
}

/// <summary>Whose authority an operation needs, collected over a transaction.</summary>
public sealed class RequiredAuthorities
{
    public SortedSet<uint> Active { get; } = [];

    public SortedSet<uint> Owner { get; } = [];

    /// <summary>Keys that must have signed themselves (key approvals of proposals).</summary>
    public SortedSet<SigningKey> Keys { get; } = [];

    public void Clear()
    {
        Active.Clear();
        Owner.Clear();
        Keys.Clear();
    }
}

/// <summary>One operation of a transaction. Bytes [C]: tag as varint, then the fields in order.</summary>
public abstract record Operation(OperationTag Tag, Asset Fee)
{
    /// <summary>Who pays the fee.</summary>
    public abstract uint FeePayer { get; }

    protected abstract void WriteFields(ByteWriter writer);

    /// <summary>Adds whose authority it needs; most need the fee payer's active one.</summary>
    public virtual void Require(RequiredAuthorities required) => required.Active.Add(FeePayer);

    /// <summary>Null, or what is wrong with it whatever the state is.</summary>
    public virtual string? Check() => null;

    public void Write(ByteWriter writer)
    {
        writer.WriteVarUInt32((uint)Tag);
        Fee.Write(writer);
        WriteFields(writer);
    }

    public string? CheckAll() => Fee.Amount < 0 ? $"a fee of {Fee.Amount}" : Check();

    public static Operation Read(ref ByteReader reader)
    {
        int at = reader.Position;
        uint tag = reader.ReadVarUInt32();
        Asset fee = Asset.Read(ref reader);
        switch ((OperationTag)tag)
        {
            case OperationTag.Transfer:
                return Transfer.ReadFields(fee, ref reader);
            case OperationTag.LimitOrderCreate:
                return LimitOrderCreate.ReadFields(fee, ref reader);
            case OperationTag.LimitOrderCancel:
                return LimitOrderCancel.ReadFields(fee, ref reader);
            case OperationTag.AccountCreate:
                return AccountCreate.ReadFields(fee, ref reader);
            case OperationTag.AccountUpdate:
                return AccountUpdate.ReadFields(fee, ref reader);
            case OperationTag.WitnessCreate:
                return WitnessCreate.ReadFields(fee, ref reader);
            case OperationTag.WitnessUpdate:
                return WitnessUpdate.ReadFields(fee, ref reader);
            case OperationTag.ProposalCreate:
                return ProposalCreate.ReadFields(fee, ref reader);
            case OperationTag.ProposalUpdate:
                return ProposalUpdate.ReadFields(fee, ref reader);
            case OperationTag.ProposalDelete:
                return ProposalDelete.ReadFields(fee, ref reader);
            case OperationTag.DelegateCreate:
                return DelegateCreate.ReadFields(fee, ref reader);
            case OperationTag.UpdateGlobalParameters:
                return UpdateGlobalParameters.ReadFields(fee, ref reader);
            default:
                reader.Fail($"operation {tag} is not known to this chain", at);
                return new LimitOrderCancel(fee, 0, 0);
        }
    }

    /// <summary>Passes over one operation; transfers, of which blocks are full, without allocating.</summary>
    public static void Skip(ref ByteReader reader)
    {
        ByteReader ahead = reader;
        if (ahead.ReadVarUInt32() == (uint)OperationTag.Transfer)
        {
            reader.ReadVarUInt32();
            TransferFields.Read(ref reader);
        }
        else
        {
            Read(ref reader);
        }
    }
}

/// <summary>The fields of a transfer, read without allocating. Bytes [C]: fee, from, to, amount, optional memo
/// (from33 to33 nonce u64 bytes), extensions.</summary>
public readonly record struct TransferFields(Asset Fee, uint From, uint To, Asset Amount)
{
    public static TransferFields Read(ref ByteReader reader)
    {
        var fields = new TransferFields(
            Asset.Read(ref reader), reader.ReadVarUInt32(), reader.ReadVarUInt32(), Asset.Read(ref reader));
        if (reader.ReadBool())
        {
            reader.Skip(2 * SigningKey.Size + 8);
            reader.ReadBytes(WireLimits.TextBytesMax, "memo");
        }

        WireForm.ReadNoExtensions(ref reader);
        return fields;
    }

    public string? Check() =>
        From == To ? "a transfer to itself"
        : Amount.Amount <= 0 ? $"a transfer of {Amount}"
        : Fee.Amount < 0 ? $"a fee of {Fee.Amount}"
        : null;
}

public sealed record Memo(SigningKey From, SigningKey To, ulong Nonce, byte[] Message);

/// <summary>0: moves an amount.</summary>
public sealed record Transfer(Asset Fee, uint From, uint To, Asset Amount, Memo? Memo = null) : Operation(
    OperationTag.Transfer, Fee)
{
    public override uint FeePayer => From;

    public override string? Check() => new TransferFields(Fee, From, To, Amount).Check();

    internal static Transfer ReadFields(Asset fee, ref ByteReader reader)
    {
        uint from = reader.ReadVarUInt32();
        uint to = reader.ReadVarUInt32();
        Asset amount = Asset.Read(ref reader);
        Memo? memo = null;
        if (reader.ReadBool())
        {
            memo = new Memo(
                SigningKey.Read(ref reader),
                SigningKey.Read(ref reader),
                reader.ReadUInt64(),
                reader.ReadBytes(WireLimits.TextBytesMax, "memo").ToArray());
        }

        WireForm.ReadNoExtensions(ref reader);
        return new Transfer(fee, from, to, amount, memo);
    }

    protected override void WriteFields(ByteWriter writer)
    {
        writer.WriteVarUInt32(From);
        writer.WriteVarUInt32(To);
        Amount.Write(writer);
        writer.WriteBool(Memo is not null);
        if (Memo is not null)
        {
            Memo.From.Write(writer);
            Memo.To.Write(writer);
            writer.WriteUInt64(Memo.Nonce);
            writer.WriteBytes(Memo.Message);
        }

        writer.WriteVarUInt32(0);
    }
}

/// <summary>1: offers one asset for another. Read for its bytes; this chain has no market to execute it.</summary>
public sealed record LimitOrderCreate(
    Asset Fee, uint Seller, Asset ToSell, Asset ToReceive, uint ExpirationSec, bool FillOrKill)
    : Operation(OperationTag.LimitOrderCreate, Fee)
{
    public override uint FeePayer => Seller;

    internal static LimitOrderCreate ReadFields(Asset fee, ref ByteReader reader)
    {
        var order = new LimitOrderCreate(
            fee,
            reader.ReadVarUInt32(),
            Asset.Read(ref reader),
            Asset.Read(ref reader),
            reader.ReadUInt32(),
            reader.ReadBool());
        WireForm.ReadNoExtensions(ref reader);
        return order;
    }

    protected override void WriteFields(ByteWriter writer)
    {
        writer.WriteVarUInt32(Seller);
        ToSell.Write(writer);
        ToReceive.Write(writer);
        writer.WriteUInt32(ExpirationSec);
        writer.WriteBool(FillOrKill);
        writer.WriteVarUInt32(0);
    }
}

/// <summary>2: takes an offer back.</summary>
public sealed record LimitOrderCancel(Asset Fee, uint Account, uint Order) : Operation(
    OperationTag.LimitOrderCancel, Fee)
{
    public override uint FeePayer => Account;

    internal static LimitOrderCancel ReadFields(Asset fee, ref ByteReader reader)
    {
        var cancel = new LimitOrderCancel(fee, reader.ReadVarUInt32(), reader.ReadVarUInt32());
        WireForm.ReadNoExtensions(ref reader);
        return cancel;
    }

    protected override void WriteFields(ByteWriter writer)
    {
        writer.WriteVarUInt32(Account);
        writer.WriteVarUInt32(Order);
        writer.WriteVarUInt32(0);
    }
}
