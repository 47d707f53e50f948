using System.Buffers.Binary;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper.Presets;
using Tactus.Engine.Protocols.Gasper.State;

namespace Tactus.Engine.Protocols.Gasper.Transition;

/// <summary>What a signature or a seed is for; the number is the DOMAIN_* constant of the specification.</summary>
public enum Domain : byte
{
    BeaconProposer = 0,
    BeaconAttester = 1,
    Randao = 2,
    Deposit = 3,
    VoluntaryExit = 4,
    SelectionProof = 5,
    AggregateAndProof = 6,
}

/// <summary>Seeds out of the RANDAO mixes, domains and signing roots (beacon-chain.md, "Misc" and "Beacon state
/// accessors").</summary>
public static class Seeds
{
    /// <summary>get_seed: the mix of the end of the epoch before the previous one, so it is known an epoch
    /// ahead.</summary>
    public static Hash256 SeedOf(BeaconState state, ulong epoch, Domain domain)
    {
        ArgumentNullException.ThrowIfNull(state);
        GasperPreset preset = state.Context.Preset;
        Span<byte> message = stackalloc byte[4 + 8 + 32];
        message.Clear();
        message[0] = (byte)domain;
        BinaryPrimitives.WriteUInt64LittleEndian(message[4..], epoch);
        ulong mixEpoch = checked(epoch + preset.EpochsPerHistoricalVector - preset.MinSeedLookahead - 1);
        state.RandaoMix(mixEpoch).CopyTo(message[12..]);
        return state.Context.Hasher.Hash(message);
    }

    /// <summary>get_domain: type, then the start of the root of fork version and genesis validators.</summary>
    public static Hash256 DomainOf(BeaconState state, Domain domain, ulong epoch)
    {
        ArgumentNullException.ThrowIfNull(state);
        uint version = epoch < state.Fork.Epoch ? state.Fork.PreviousVersion : state.Fork.CurrentVersion;
        return DomainOf(state.Context, domain, version, state.GenesisValidatorsRoot);
    }

    /// <summary>compute_domain.</summary>
    public static Hash256 DomainOf(
        GasperContext context, Domain domain, uint forkVersion, in Hash256 genesisValidatorsRoot)
    {
        ArgumentNullException.ThrowIfNull(context);
        Span<byte> bytes = stackalloc byte[4 + 32];
        bytes.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, forkVersion);
        Hash256 forkDataRoot = context.Hasher.Pair(new Hash256(bytes[..4]), genesisValidatorsRoot);
        bytes.Clear();
        bytes[0] = (byte)domain;
        forkDataRoot.CopyTo(bytes[4..]);
        return new Hash256(bytes[..32]);
    }

    /// <summary>compute_signing_root: what is signed for an object.</summary>
    public static Hash256 SigningRoot(GasperContext context, in Hash256 objectRoot, in Hash256 domain)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Hasher.Pair(objectRoot, domain);
    }

    /// <summary>hash_tree_root of a number, such as the epoch that a RANDAO reveal signs.</summary>
    public static Hash256 RootOf(ulong number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, number);
        return new Hash256(bytes);
    }
}
