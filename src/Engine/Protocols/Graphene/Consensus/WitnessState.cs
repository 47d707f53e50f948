using System.Collections.Immutable;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Graphene.Types;

namespace Tactus.Engine.Protocols.Graphene.Consensus;

/// <summary>What consensus knows after a block: who may produce when, who has confirmed what. Immutable.</summary>
/// <remarks>Active witnesses and their keys come from executing blocks (votes are tallied, keys are changed by
/// transactions), so the state after a header alone is provisional: see <see cref="Executed"/>. Only an executed state
/// can judge a child fully.</remarks>
public sealed record WitnessState
{
    public required uint Number { get; init; }

    public required Hash256 Id { get; init; }

    /// <summary>Unix seconds of the block; of the genesis where there is none.</summary>
    public required uint TimeSec { get; init; }

    /// <summary>Slots so far, those skipped by maintenance not counted: blocks plus missed slots.</summary>
    public ulong AbsoluteSlot { get; init; }

    public UInt128 RecentSlots { get; init; } = Participation.Initial;

    public uint LastIrreversible { get; init; }

    /// <summary>Witness of the block.</summary>
    public uint Producer { get; init; }

    public required byte IntervalSec { get; init; }

    public required byte SkipSlots { get; init; }

    /// <summary>The block did maintenance: the next slots are skipped.</summary>
    public bool DidMaintenance { get; init; }

    public required uint NextMaintenanceSec { get; init; }

    /// <summary>The elected witnesses, ascending by instance.</summary>
    public required ImmutableArray<uint> Active { get; init; }

    /// <summary>Per active witness the number of its last block.</summary>
    public required ImmutableArray<uint> LastConfirmed { get; init; }

    /// <summary>The order of production, which holds until the next multiple of N.</summary>
    public required ImmutableArray<uint> Shuffled { get; init; }

    /// <summary>Keys of all active and scheduled witnesses, ascending by instance.</summary>
    public required ImmutableArray<WitnessKey> Keys { get; init; }

    /// <summary>False where only the header was seen: everything but number, id and time is the executed
    /// ancestor's.</summary>
    public bool Executed { get; init; } = true;

    public SigningKey? KeyOf(uint witness)
    {
        int low = 0;
        int high = Keys.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            if (Keys[middle].Witness == witness)
            {
                return Keys[middle].Key;
            }

            (low, high) = Keys[middle].Witness < witness ? (middle + 1, high) : (low, middle - 1);
        }

        return null;
    }

    /// <summary>What a header alone says of the state after it.</summary>
    public WitnessState Provisional(BlockHeader header, in Hash256 id) => this with
    {
        Number = header.Number,
        Id = id,
        TimeSec = header.TimeSec,
        Producer = header.Witness,
        Executed = false,
    };
}

/// <summary>The key with which a witness signs blocks.</summary>
public readonly record struct WitnessKey(uint Witness, SigningKey Key);
