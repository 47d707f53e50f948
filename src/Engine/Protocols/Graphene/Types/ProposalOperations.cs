using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols.Graphene.Types;

/// <summary>22: puts operations up for approval.</summary>
/// <param name="Fee">Fee.</param>
/// <param name="Payer">Who proposes.</param>
/// <param name="ExpirationSec">When it is decided at the latest, in Unix seconds.</param>
/// <param name="Operations">What would be done.</param>
/// <param name="ReviewSec">Seconds before the expiration in which nothing may be approved any more, or null.</param>
public sealed record ProposalCreate(
    Asset Fee, uint Payer, uint ExpirationSec, IReadOnlyList<Operation> Operations, uint? ReviewSec)
    : Operation(OperationTag.ProposalCreate, Fee)
{
    public override uint FeePayer => Payer;

    public override string? Check() =>
        Operations.Count == 0 ? "a proposal without operations"
        : Operations.Any(o => o.Tag == OperationTag.ProposalCreate) ? "a proposal inside a proposal"
        : Operations.Select(o => o.CheckAll()).FirstOrDefault(e => e is not null);

    internal static ProposalCreate ReadFields(Asset fee, ref ByteReader reader)
    {
        uint payer = reader.ReadVarUInt32();
        uint expiration = reader.ReadUInt32();
        var operations = new Operation[reader.ReadCount(WireLimits.OperationsMax, 10, "proposed operations")];
        for (int i = 0; i < operations.Length && !reader.Failed; i++)
        {
            // [N] One level: nested proposals would let bytes decide the depth of the stack.
            ByteReader ahead = reader;
            if (ahead.ReadVarUInt32() == (uint)OperationTag.ProposalCreate)
            {
                reader.Fail("a proposal inside a proposal");
            }

            operations[i] = Read(ref reader);
        }

        uint? review = reader.ReadBool() ? reader.ReadUInt32() : null;
        WireForm.ReadNoExtensions(ref reader);
        return new ProposalCreate(fee, payer, expiration, operations, review);
    }

    protected override void WriteFields(ByteWriter writer)
    {
        writer.WriteVarUInt32(Payer);
        writer.WriteUInt32(ExpirationSec);
        writer.WriteVarUInt32((uint)Operations.Count);
        foreach (Operation operation in Operations)
        {
            operation.Write(writer);
        }

        writer.WriteBool(ReviewSec is not null);
        if (ReviewSec is { } review)
        {
            writer.WriteUInt32(review);
        }

        writer.WriteVarUInt32(0);
    }
}

/// <summary>23: adds approvals to a proposal or takes them back.</summary>
public sealed record ProposalUpdate(Asset Fee, uint Payer, uint Proposal) : Operation(OperationTag.ProposalUpdate, Fee)
{
    public IReadOnlyList<uint> ActiveAdd { get; init; } = [];

    public IReadOnlyList<uint> ActiveRemove { get; init; } = [];

    public IReadOnlyList<uint> OwnerAdd { get; init; } = [];

    public IReadOnlyList<uint> OwnerRemove { get; init; } = [];

    public IReadOnlyList<SigningKey> KeyAdd { get; init; } = [];

    public IReadOnlyList<SigningKey> KeyRemove { get; init; } = [];

    public bool Adds => ActiveAdd.Count + OwnerAdd.Count + KeyAdd.Count > 0;

    public override uint FeePayer => Payer;

    public override void Require(RequiredAuthorities required)
    {
        required.Active.Add(Payer);
        required.Active.UnionWith(ActiveAdd);
        required.Active.UnionWith(ActiveRemove);
        required.Owner.UnionWith(OwnerAdd);
        required.Owner.UnionWith(OwnerRemove);
        required.Keys.UnionWith(KeyAdd);
        required.Keys.UnionWith(KeyRemove);
    }

    public override string? Check() =>
        !Adds && ActiveRemove.Count + OwnerRemove.Count + KeyRemove.Count == 0 ? "no approval is added or taken back"
        : ActiveAdd.Intersect(ActiveRemove).Any() || OwnerAdd.Intersect(OwnerRemove).Any()
            || KeyAdd.Intersect(KeyRemove).Any()
            ? "an approval is both added and taken back"
        : null;

    internal static ProposalUpdate ReadFields(Asset fee, ref ByteReader reader)
    {
        var update = new ProposalUpdate(fee, reader.ReadVarUInt32(), reader.ReadVarUInt32())
        {
            ActiveAdd = WireForm.ReadInstances(ref reader, "active approvals to add"),
            ActiveRemove = WireForm.ReadInstances(ref reader, "active approvals to remove"),
            OwnerAdd = WireForm.ReadInstances(ref reader, "owner approvals to add"),
            OwnerRemove = WireForm.ReadInstances(ref reader, "owner approvals to remove"),
            KeyAdd = WireForm.ReadKeys(ref reader, "key approvals to add"),
            KeyRemove = WireForm.ReadKeys(ref reader, "key approvals to remove"),
        };
        WireForm.ReadNoExtensions(ref reader);
        return update;
    }

    protected override void WriteFields(ByteWriter writer)
    {
        writer.WriteVarUInt32(Payer);
        writer.WriteVarUInt32(Proposal);
        WireForm.WriteInstances(writer, ActiveAdd);
        WireForm.WriteInstances(writer, ActiveRemove);
        WireForm.WriteInstances(writer, OwnerAdd);
        WireForm.WriteInstances(writer, OwnerRemove);
        WireForm.WriteKeys(writer, KeyAdd);
        WireForm.WriteKeys(writer, KeyRemove);
        writer.WriteVarUInt32(0);
    }
}

/// <summary>24: whoever must approve a proposal vetoes it.</summary>
public sealed record ProposalDelete(Asset Fee, uint Payer, bool UsingOwner, uint Proposal) : Operation(
    OperationTag.ProposalDelete, Fee)
{
    public override uint FeePayer => Payer;

    public override void Require(RequiredAuthorities required) =>
        (UsingOwner ? required.Owner : required.Active).Add(Payer);

    internal static ProposalDelete ReadFields(Asset fee, ref ByteReader reader)
    {
        var delete = new ProposalDelete(fee, reader.ReadVarUInt32(), reader.ReadBool(), reader.ReadVarUInt32());
        WireForm.ReadNoExtensions(ref reader);
        return delete;
    }

    protected override void WriteFields(ByteWriter writer)
    {
        writer.WriteVarUInt32(Payer);
        writer.WriteBool(UsingOwner);
        writer.WriteVarUInt32(Proposal);
        writer.WriteVarUInt32(0);
    }
}

/// <summary>31: new network parameters. Needs the genesis account, so only a proposal can carry it.</summary>
public sealed record UpdateGlobalParameters(Asset Fee, ChainParameters Parameters) : Operation(
    OperationTag.UpdateGlobalParameters, Fee)
{
    public override uint FeePayer => WellKnown.GenesisAccount;

    public override string? Check() => Parameters.Check();

    internal static UpdateGlobalParameters ReadFields(Asset fee, ref ByteReader reader) =>
        new(fee, ChainParameters.Read(ref reader));

    protected override void WriteFields(ByteWriter writer) => Parameters.Write(writer);
}
