using Tactus.Engine.Protocols.Antelope.Types;

namespace Tactus.Engine.Protocols.Antelope.Keys;

/// <summary>A private key: 32 bytes, big-endian, K1 or R1. Prints as its type only, so that it does not reach a
/// log.</summary>
public sealed class PrivateKey
{
    public const int Size = 32;

    private readonly byte[] _secret;

    public PrivateKey(KeyType type, ReadOnlySpan<byte> secret)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(secret.Length, Size, nameof(secret));
        ArgumentOutOfRangeException.ThrowIfGreaterThan((byte)type, (byte)KeyType.R1, nameof(type));
        Type = type;
        _secret = secret.ToArray();
    }

    public KeyType Type { get; }

    public ReadOnlySpan<byte> Secret => _secret;

    public override string ToString() => $"private key ({Type})";
}
