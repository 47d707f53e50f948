using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Graphene.Types;

namespace Tactus.Engine.Protocols.Graphene.Consensus;

/// <summary>From state to state: the parts of applying a block that need no accounts. [C] The order is that of
/// bitshares-core's _apply_block.</summary>
public static class WitnessTransition
{
    /// <summary>What a header must satisfy on any parent, executed or not.</summary>
    public static Verdict CheckLink(WitnessState parent, BlockHeader header)
    {
        if (header.Previous != parent.Id || header.Number != parent.Number + 1)
        {
            return Verdict.Reject(
                RejectReason.BadLink, $"block {header.Number} links to {header.Previous.ToShortString()}, the parent is {parent.Id.ToShortString()}");
        }

        return header.TimeSec > parent.TimeSec
            ? Verdict.Ok
            : Verdict.Reject(
                RejectReason.BadSlot, $"block {header.Number} at {header.TimeSec} is not after its parent at {parent.TimeSec}");
    }

    /// <summary>What a header must satisfy on an executed parent: its slot, and whose it is.</summary>
    /// <param name="parent">An executed state.</param>
    /// <param name="header">The header.</param>
    /// <param name="slot">The slot, counted from the parent.</param>
    public static Verdict CheckSlot(WitnessState parent, BlockHeader header, out long slot)
    {
        slot = Slots.At(parent, header.TimeSec);
        if (slot == 0)
        {
            return Verdict.Reject(
                RejectReason.BadSlot, $"{header.TimeSec} lies before the first slot, {Slots.TimeSec(parent, 1)}, after block {parent.Number}");
        }

        // [C] slot_at rounds down, so a time between two slots would pass as the earlier one; producers never make it.
        // [N] It is refused: a slot has one time.
        if (Slots.TimeSec(parent, slot) != header.TimeSec)
        {
            return Verdict.Reject(
                RejectReason.BadSlot, $"{header.TimeSec} is not the time of a slot; slot {slot} is at {Slots.TimeSec(parent, slot)}");
        }

        uint scheduled = Slots.Witness(parent, slot);
        return scheduled == header.Witness
            ? Verdict.Ok
            : Verdict.Reject(
                RejectReason.WrongProducer, $"slot {slot} belongs to witness 1.6.{scheduled}, not 1.6.{header.Witness}");
    }

    /// <summary>The signature must be by the witness's key of this moment.</summary>
    public static Verdict CheckKey(WitnessState parent, uint witness, in SigningKey signer) =>
        parent.KeyOf(witness) == signer
            ? Verdict.Ok
            : Verdict.Reject(
                RejectReason.BadBlockSignature, $"signed by {signer}, the key of witness 1.6.{witness} is {parent.KeyOf(witness)}");

    /// <summary>Owners of the slots between the parent and slot k.</summary>
    public static uint[] MissedBefore(WitnessState parent, long slot)
    {
        // [C] "only if missed < N": a gap of a whole round or more is an outage of the network, not of witnesses.
        long missed = slot - 1;
        if (missed <= 0 || missed >= parent.Shuffled.Length)
        {
            return [];
        }

        var owners = new uint[missed];
        for (long k = 1; k <= missed; k++)
        {
            owners[k - 1] = Slots.Witness(parent, k);
        }

        return owners;
    }

    /// <summary>Head, slots, confirmation and irreversibility after a block, before its maintenance.</summary>
    public static WitnessState Extend(WitnessState parent, BlockHeader header, in Hash256 id, long slot)
    {
        ulong missed = (ulong)(slot - 1);
        var confirmed = new uint[parent.LastConfirmed.Length];
        parent.LastConfirmed.CopyTo(confirmed);
        int seat = parent.Active.BinarySearch(header.Witness);
        if (seat >= 0)
        {
            confirmed[seat] = header.Number;
        }

        return parent with
        {
            Number = header.Number,
            Id = id,
            TimeSec = header.TimeSec,
            Producer = header.Witness,
            AbsoluteSlot = parent.AbsoluteSlot + missed + 1,
            RecentSlots = Participation.After(parent.RecentSlots, missed),
            LastConfirmed = ImmutableCollectionsMarshal.AsImmutableArray(confirmed),
            LastIrreversible = Math.Max(parent.LastIrreversible, Irreversibility.Candidate(confirmed)),
            Executed = true,
        };
    }

    /// <summary>The end of a block: whether the next slots are skipped, and a new order at every multiple of
    /// N.</summary>
    public static WitnessState Close(WitnessState state, bool didMaintenance)
    {
        state = state with { DidMaintenance = didMaintenance };
        if (state.Number % (uint)state.Active.Length != 0)
        {
            return state;
        }

        uint[] order = [.. state.Active];
        WitnessShuffle.Shuffle(order.AsSpan(), state.TimeSec);
        return state with { Shuffled = ImmutableCollectionsMarshal.AsImmutableArray(order) };
    }
}
