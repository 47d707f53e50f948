namespace Tactus.Engine.Devnet;

/// <summary>When every devnet begins: fixed, so that the seed alone decides the block ids. A devnet's clock runs from
/// here, at the pace of the real one (docs/decisions/0003-devnet-time.md).</summary>
public static class DevnetGenesis
{
    /// <summary>2026-01-01T00:00:00Z.</summary>
    public const int UnixSec = 1_767_225_600;

    public const long UnixUs = UnixSec * 1_000_000L;
}
