using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Graphene.Types;
using Tactus.Engine.State;

namespace Tactus.Engine.Protocols.Graphene.Ledger;

/// <summary>A proposal as the state holds it.</summary>
internal sealed record StoredProposal
{
    public required uint Proposer { get; init; }

    public required uint ExpirationSec { get; init; }

    /// <summary>When approvals can no longer be added; null without a review period.</summary>
    public uint? ReviewStartSec { get; init; }

    public required IReadOnlyList<Operation> Operations { get; init; }

    public SortedSet<uint> Active { get; init; } = [];

    public SortedSet<uint> Owner { get; init; } = [];

    public SortedSet<SigningKey> Keys { get; init; } = [];

    public static StoredProposal Read(ref ByteReader reader)
    {
        uint proposer = reader.ReadUInt32();
        uint expiration = reader.ReadUInt32();
        uint? review = reader.ReadBool() ? reader.ReadUInt32() : null;
        var operations = new Operation[reader.ReadCount(WireLimits.OperationsMax, 10, "operations")];
        for (int i = 0; i < operations.Length; i++)
        {
            operations[i] = Operation.Read(ref reader);
        }

        return new StoredProposal
        {
            Proposer = proposer,
            ExpirationSec = expiration,
            ReviewStartSec = review,
            Operations = operations,
            Active = [.. WireForm.ReadInstances(ref reader, "active approvals")],
            Owner = [.. WireForm.ReadInstances(ref reader, "owner approvals")],
            Keys = [.. WireForm.ReadKeys(ref reader, "key approvals")],
        };
    }

    public void Write(ByteWriter writer)
    {
        writer.WriteUInt32(Proposer);
        writer.WriteUInt32(ExpirationSec);
        writer.WriteBool(ReviewStartSec is not null);
        if (ReviewStartSec is { } review)
        {
            writer.WriteUInt32(review);
        }

        writer.WriteVarUInt32((uint)Operations.Count);
        foreach (Operation operation in Operations)
        {
            operation.Write(writer);
        }

        WireForm.WriteInstances(writer, [.. Active]);
        WireForm.WriteInstances(writer, [.. Owner]);
        WireForm.WriteKeys(writer, [.. Keys]);
    }
}

/// <summary>The proposals that are not decided, in the order in which they expire.</summary>
internal static class ProposalTable
{
    /// <summary>Most undecided proposals: the list of them is one record.</summary>
    public const int ProposalsMax = 65_536;

    public static StoredProposal? Find(LedgerView ledger, uint id) =>
        ledger.State.TryGetBlob(StateKey.Of(Tables.Proposal, id), out _)
            ? ledger.ReadBlob(StateKey.Of(Tables.Proposal, id), "proposal", StoredProposal.Read)
            : null;

    public static void Put(LedgerView ledger, uint id, StoredProposal proposal) =>
        ledger.WriteBlob(StateKey.Of(Tables.Proposal, id), proposal.Write);

    public static bool TryAdd(LedgerView ledger, uint id, StoredProposal proposal)
    {
        List<(uint ExpirationSec, uint Id)> list = List(ledger);
        if (list.Count >= ProposalsMax)
        {
            return false;
        }

        list.Add((proposal.ExpirationSec, id));
        list.Sort();
        PutList(ledger, list);
        Put(ledger, id, proposal);
        return true;
    }

    public static void Remove(LedgerView ledger, uint id)
    {
        List<(uint ExpirationSec, uint Id)> list = List(ledger);
        list.RemoveAll(p => p.Id == id);
        PutList(ledger, list);
        ledger.State.RemoveBlob(StateKey.Of(Tables.Proposal, id));
    }

    /// <summary>The proposal that expires first, if it has expired.</summary>
    public static bool TryFirstExpired(LedgerView ledger, uint nowSec, out uint id)
    {
        id = 0;
        if (!ledger.State.TryGetBlob(StateKey.Of(Tables.Proposals, 0), out ReadOnlySpan<byte> bytes)
            || bytes.Length < 8)
        {
            return false;
        }

        var reader = new ByteReader(bytes);
        bool expired = reader.ReadUInt32() <= nowSec;
        id = reader.ReadUInt32();
        return expired;
    }

    private static List<(uint ExpirationSec, uint Id)> List(LedgerView ledger)
    {
        var list = new List<(uint, uint)>();
        if (ledger.State.TryGetBlob(StateKey.Of(Tables.Proposals, 0), out ReadOnlySpan<byte> bytes))
        {
            var reader = new ByteReader(bytes);
            while (reader.Remaining >= 8)
            {
                list.Add((reader.ReadUInt32(), reader.ReadUInt32()));
            }
        }

        return list;
    }

    private static void PutList(LedgerView ledger, List<(uint ExpirationSec, uint Id)> list) =>
        ledger.WriteBlob(StateKey.Of(Tables.Proposals, 0), writer =>
        {
            foreach ((uint expiration, uint id) in list)
            {
                writer.WriteUInt32(expiration);
                writer.WriteUInt32(id);
            }
        });
}
