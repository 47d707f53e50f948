using System.Security.Cryptography;
using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols.Antelope.Types;

/// <summary>What a chain starts from; its hash is the chain id (leap v5.0.3 genesis_state.hpp).</summary>
public sealed record GenesisState
{
    /// <summary>Microseconds since 1970.</summary>
    public long InitialTimestampUs { get; init; }

    /// <summary>Key of the account eosio, and of the first schedule.</summary>
    public required PublicKey InitialKey { get; init; }

    public ChainConfig InitialConfiguration { get; init; } = new();

    public static GenesisState Read(ref ByteReader reader) => new()
    {
        InitialTimestampUs = reader.ReadInt64(),
        InitialKey = PublicKey.Read(ref reader),
        InitialConfiguration = ChainConfig.Read(ref reader),
    };

    public void Write(ByteWriter writer)
    {
        writer.WriteInt64(InitialTimestampUs);
        InitialKey.Write(writer);
        InitialConfiguration.Write(writer);
    }

    /// <summary>sha256 of the packed genesis state.</summary>
    public Hash256 ChainId()
    {
        var writer = new ByteWriter();
        Write(writer);
        return new Hash256(SHA256.HashData(writer.Written));
    }

    /// <summary>The first schedule: version 0, eosio with the initial key.</summary>
    public ProducerSchedule InitialSchedule() =>
        new(0, [new ProducerAuthority(Name.Parse("eosio"), BlockSigningAuthority.OfKey(InitialKey))]);

    /// <summary>Slot of block 1.</summary>
    public uint InitialSlot => SlotTime.FromUnixMs(InitialTimestampUs / 1_000);

    /// <summary>Block 1: unsigned, without producer, its action root is the chain id.</summary>
    public SignedBlock GenesisBlock() => new(new BlockHeader
    {
        Slot = InitialSlot,
        Confirmed = 1,
        ActionRoot = ChainId(),
    });
}
