using System.Buffers.Binary;
using Tactus.Engine.ForkTree;
using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols.Antelope.Consensus;

/// <summary>Antelope's fork choice (leap v5.0.3 fork_database.cpp): the branch with the higher irreversible number,
/// then the longer one; a branch with higher finality beats a longer one.</summary>
public sealed class HeaderPreference : IForkPreference<HeaderState>
{
    public static HeaderPreference Instance { get; } = new();

    public int Compare(HeaderState x, HeaderState y)
    {
        int order = x.Irreversible.CompareTo(y.Irreversible);
        return order != 0 ? order : x.Number.CompareTo(y.Number);
    }

    /// <summary>nodeos tries the lower id first, comparing ids as four 64-bit little-endian words
    /// (sha256_less).</summary>
    public int BreakTie(in Hash256 x, in Hash256 y)
    {
        for (int i = 0; i < Hash256.Size; i += 8)
        {
            int order = BinaryPrimitives.ReadUInt64LittleEndian(x.Bytes[i..])
                .CompareTo(BinaryPrimitives.ReadUInt64LittleEndian(y.Bytes[i..]));
            if (order != 0)
            {
                return -order;
            }
        }

        return 0;
    }
}
