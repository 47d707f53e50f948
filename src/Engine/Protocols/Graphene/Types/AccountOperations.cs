using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols.Graphene.Types;

/// <summary>5: makes an account.</summary>
public sealed record AccountCreate(
    Asset Fee, uint Registrar, uint Referrer, ushort ReferrerPercent, string Name, Authority Owner, Authority Active,
    AccountOptions Options)
    : Operation(OperationTag.AccountCreate, Fee)
{
    public override uint FeePayer => Registrar;

    public override string? Check() =>
        !IsName(Name) ? $"'{Name}' is not an account name"
        : Owner.Check() ?? Active.Check() ?? Options.Check();

    /// <summary>[C] is_valid_name: labels of 3 or more of a-z, 0-9 and -, joined by dots; a label begins with a letter
    /// and does not end with -.</summary>
    public static bool IsName(string name)
    {
        if (name.Length is < 3 or > WireLimits.AccountNameBytesMax)
        {
            return false;
        }

        foreach (string label in name.Split('.'))
        {
            if (label.Length < 3 || label[0] is < 'a' or > 'z' || label[^1] == '-'
                || label.Any(c => c is not ((>= 'a' and <= 'z') or (>= '0' and <= '9') or '-')))
            {
                return false;
            }
        }

        return true;
    }

    internal static AccountCreate ReadFields(Asset fee, ref ByteReader reader)
    {
        var create = new AccountCreate(
            fee,
            reader.ReadVarUInt32(),
            reader.ReadVarUInt32(),
            reader.ReadUInt16(),
            WireForm.ReadText(ref reader, WireLimits.AccountNameBytesMax, "account name"),
            Authority.Read(ref reader),
            Authority.Read(ref reader),
            AccountOptions.Read(ref reader));
        WireForm.ReadNoExtensions(ref reader);
        return create;
    }

    protected override void WriteFields(ByteWriter writer)
    {
        writer.WriteVarUInt32(Registrar);
        writer.WriteVarUInt32(Referrer);
        writer.WriteUInt16(ReferrerPercent);
        WireForm.WriteText(writer, Name);
        Owner.Write(writer);
        Active.Write(writer);
        Options.Write(writer);
        writer.WriteVarUInt32(0);
    }
}

/// <summary>6: changes authorities or the opinion of an account.</summary>
public sealed record AccountUpdate(
    Asset Fee, uint Account, Authority? Owner, Authority? Active, AccountOptions? Options)
    : Operation(OperationTag.AccountUpdate, Fee)
{
    public override uint FeePayer => Account;

    /// <summary>[C] A new owner authority needs the owner's.</summary>
    public override void Require(RequiredAuthorities required) =>
        (Owner is null ? required.Active : required.Owner).Add(Account);

    public override string? Check() =>
        Owner is null && Active is null && Options is null
            ? "nothing is changed"
            : Owner?.Check() ?? Active?.Check() ?? Options?.Check();

    internal static AccountUpdate ReadFields(Asset fee, ref ByteReader reader)
    {
        var update = new AccountUpdate(
            fee,
            reader.ReadVarUInt32(),
            WireForm.ReadOptional(ref reader, Authority.Read),
            WireForm.ReadOptional(ref reader, Authority.Read),
            WireForm.ReadOptional(ref reader, AccountOptions.Read));
        WireForm.ReadNoExtensions(ref reader);
        return update;
    }

    protected override void WriteFields(ByteWriter writer)
    {
        writer.WriteVarUInt32(Account);
        writer.WriteBool(Owner is not null);
        Owner?.Write(writer);
        writer.WriteBool(Active is not null);
        Active?.Write(writer);
        writer.WriteBool(Options is not null);
        Options?.Write(writer);
        writer.WriteVarUInt32(0);
    }
}

/// <summary>20: an account offers itself as a witness.</summary>
public sealed record WitnessCreate(Asset Fee, uint Account, string Url, SigningKey Key) : Operation(
    OperationTag.WitnessCreate, Fee)
{
    public override uint FeePayer => Account;

    internal static WitnessCreate ReadFields(Asset fee, ref ByteReader reader) =>
        new(
            fee,
            reader.ReadVarUInt32(),
            WireForm.ReadText(ref reader, WireLimits.TextBytesMax, "url"),
            SigningKey.Read(ref reader));

    protected override void WriteFields(ByteWriter writer)
    {
        writer.WriteVarUInt32(Account);
        WireForm.WriteText(writer, Url);
        Key.Write(writer);
    }
}

/// <summary>21: changes a witness's address or signing key.</summary>
public sealed record WitnessUpdate(Asset Fee, uint Witness, uint Account, string? Url, SigningKey? Key)
    : Operation(OperationTag.WitnessUpdate, Fee)
{
    public override uint FeePayer => Account;

    internal static WitnessUpdate ReadFields(Asset fee, ref ByteReader reader)
    {
        uint witness = reader.ReadVarUInt32();
        uint account = reader.ReadVarUInt32();
        string? url = reader.ReadBool() ? WireForm.ReadText(ref reader, WireLimits.TextBytesMax, "url") : null;
        SigningKey? key = reader.ReadBool() ? SigningKey.Read(ref reader) : null;
        return new WitnessUpdate(fee, witness, account, url, key);
    }

    protected override void WriteFields(ByteWriter writer)
    {
        writer.WriteVarUInt32(Witness);
        writer.WriteVarUInt32(Account);
        writer.WriteBool(Url is not null);
        if (Url is not null)
        {
            WireForm.WriteText(writer, Url);
        }

        writer.WriteBool(Key is not null);
        Key?.Write(writer);
    }
}

/// <summary>29: an account offers itself as a delegate. "A delegate becomes a co-signer on a special account that has
/// the privilege of proposing changes to the network parameters."</summary>
public sealed record DelegateCreate(Asset Fee, uint Account, string Url) : Operation(OperationTag.DelegateCreate, Fee)
{
    public override uint FeePayer => Account;

    internal static DelegateCreate ReadFields(Asset fee, ref ByteReader reader) =>
        new(fee, reader.ReadVarUInt32(), WireForm.ReadText(ref reader, WireLimits.TextBytesMax, "url"));

    protected override void WriteFields(ByteWriter writer)
    {
        writer.WriteVarUInt32(Account);
        WireForm.WriteText(writer, Url);
    }
}
