namespace Tactus.Engine.Protocols.Antelope.Types;

/// <summary>Slots (block_timestamp): half seconds since 2000-01-01T00:00:00Z (leap v5.0.3
/// block_timestamp.hpp).</summary>
public static class SlotTime
{
    public const int IntervalMs = 500;

    /// <summary>2000-01-01T00:00:00Z in Unix milliseconds.</summary>
    public const long EpochUnixMs = 946_684_800_000;

    public static uint FromUnixMs(long unixMs) => (uint)((unixMs - EpochUnixMs) / IntervalMs);

    public static long ToUnixMs(uint slot) => EpochUnixMs + ((long)slot * IntervalMs);

    /// <summary>The slot's time as nodeos prints it: 2018-06-08T08:08:08.500.</summary>
    public static string ToText(uint slot) =>
        DateTimeOffset.FromUnixTimeMilliseconds(ToUnixMs(slot)).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff");
}
