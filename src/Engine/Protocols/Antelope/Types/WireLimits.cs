namespace Tactus.Engine.Protocols.Antelope.Types;

/// <summary>Limits of the wire format. They are consensus: changing one would accept or refuse other blocks.</summary>
public static class WireLimits
{
    /// <summary>Most elements of a vector (fc raw_fwd.hpp MAX_NUM_ARRAY_ELEMENTS).</summary>
    public const int ElementsMax = 1024 * 1024;

    /// <summary>Longest byte vector or string, in bytes (fc raw_fwd.hpp MAX_SIZE_OF_BYTE_ARRAYS).</summary>
    public const int BytesMax = 20 * 1024 * 1024;

    /// <summary>Largest transaction or context-free data after inflation, in bytes (leap v5.0.3 transaction.cpp, 1
    /// MiB).</summary>
    public const int InflatedBytesMax = 1024 * 1024;
}
