using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Types;

namespace Tactus.Engine.Protocols.Antelope.Logs;

/// <summary>What stands before the first block of a blocks.log (leap v5.0.3 block_log.cpp):
/// version | from version 2 the first block's number | genesis state, or from version 3 the chain id where the log does
/// not begin at block 1 | from version 2 eight bytes of ones.</summary>
public sealed record BlockLogPreamble
{
    /// <summary>Longest preamble read, in bytes: the genesis state is 110 bytes unless its key is a WebAuthn
    /// key.</summary>
    public const int BytesMax = 64 * 1024;

    private const uint PrunedBit = 0x8000_0000;
    private const ulong Separator = ulong.MaxValue;

    /// <summary>1 to 3.</summary>
    public required uint Version { get; init; }

    public required uint FirstNumber { get; init; }

    /// <summary>Null where the log carries the chain id only.</summary>
    public GenesisState? Genesis { get; init; }

    public required Hash256 ChainId { get; init; }

    /// <summary>Bytes before the first block.</summary>
    public int Size { get; init; }

    public static BlockLogPreamble Of(GenesisState genesis, uint version = 3) =>
        new() { Version = version, FirstNumber = 1, Genesis = genesis, ChainId = genesis.ChainId() };

    /// <exception cref="BlockLogException">The bytes are no preamble of a log that this engine reads.</exception>
    public static BlockLogPreamble Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new ByteReader(bytes);
        uint version = reader.ReadUInt32();
        if (!reader.Failed)
        {
            CheckVersion(version);
        }

        uint first = version >= 2 ? reader.ReadUInt32() : 1;
        if (!reader.Failed && first == 0)
        {
            throw new BlockLogException("block log: first block number is 0; numbers start at 1");
        }

        GenesisState? genesis = null;
        Hash256 chainId;
        if (version >= 3 && first > 1)
        {
            chainId = reader.ReadHash256();
        }
        else
        {
            genesis = GenesisState.Read(ref reader);
            chainId = reader.Failed ? default : genesis.ChainId();
        }

        int separatorAt = reader.Position;
        if (version >= 2 && reader.ReadUInt64() != Separator)
        {
            reader.Fail("no separator between the preamble and the blocks", separatorAt);
        }

        return reader.Failed
            ? throw new BlockLogException(
                $"block log: preamble is malformed at byte {reader.FailOffset}: {reader.FailReason}")
            : new BlockLogPreamble
            {
                Version = version,
                FirstNumber = first,
                Genesis = genesis,
                ChainId = chainId,
                Size = reader.Position,
            };
    }

    public void Write(ByteWriter writer)
    {
        writer.WriteUInt32(Version);
        if (Version >= 2)
        {
            writer.WriteUInt32(FirstNumber);
        }

        if (Version >= 3 && FirstNumber > 1)
        {
            writer.WriteHash256(ChainId);
        }
        else
        {
            (Genesis ?? throw new InvalidOperationException("this preamble carries a genesis state; there is none"))
                .Write(writer);
        }

        if (Version >= 2)
        {
            writer.WriteUInt64(Separator);
        }
    }

    private static void CheckVersion(uint version)
    {
        if ((version & PrunedBit) != 0)
        {
            throw new BlockLogException(
                "block log: it is pruned (its oldest blocks were punched out); "
                + "make a whole one with `leap-util block-log vacuum` and read that");
        }

        if (version == 4)
        {
            throw new BlockLogException(
                "block log: version 4 is EOSIO 2.1's own layout, which Leap and Spring do not read either; "
                + "let a Leap node sync the blocks from that EOSIO 2.1 node and read the Leap node's blocks.log");
        }

        if (version is 0 or > 4)
        {
            throw new BlockLogException(
                $"block log: version {version} is unknown (1 to 3 can be read); is this a blocks.log?");
        }
    }
}
