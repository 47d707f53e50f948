using System.Security.Cryptography;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Types;

namespace Tactus.Engine.Protocols.Antelope.Wire;

/// <summary>What a producer signs.</summary>
public static class BlockSigning
{
    /// <summary>Schedule version of every proper Savanna block (spring v1.2.2 block_header.hpp).</summary>
    public const uint SavannaScheduleVersion = 0x8000_0000;

    /// <summary>A block after the transition to Savanna: its signature is over the block id, its root is a Savanna
    /// tree.</summary>
    public static bool IsProperSavanna(BlockHeader header) =>
        header.ScheduleVersion == SavannaScheduleVersion
        && Extension.Find(header.Extensions, Extension.Finality) is not null;

    /// <summary>Digest of a block before Savanna: sha256( sha256( header digest || root of the ids of all earlier
    /// blocks ) || hash of the pending schedule, this block's own change included ) (leap v5.0.3
    /// block_header_state.cpp).</summary>
    public static Hash256 LegacyDigest(
        in Hash256 headerDigest, in Hash256 blockrootRoot, in Hash256 pendingScheduleHash)
    {
        Span<byte> pair = stackalloc byte[2 * Hash256.Size];
        headerDigest.CopyTo(pair);
        blockrootRoot.CopyTo(pair[Hash256.Size..]);
        SHA256.HashData(pair, pair[..Hash256.Size]);
        pendingScheduleHash.CopyTo(pair[Hash256.Size..]);
        return new Hash256(SHA256.HashData(pair));
    }

    /// <summary>Digest of a proper Savanna block: its id.</summary>
    public static Hash256 SavannaDigest(BlockHeader header) => header.Id();
}
