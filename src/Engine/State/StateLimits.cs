namespace Tactus.Engine.State;

/// <summary>Bounds of the state store.</summary>
public static class StateLimits
{
    /// <summary>Largest blob: 1 MiB. Protocols split what is larger.</summary>
    public const int BlobBytesMax = 1 << 20;
}
