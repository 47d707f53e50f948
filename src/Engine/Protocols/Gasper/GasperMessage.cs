using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper.Blocks;

namespace Tactus.Engine.Protocols.Gasper;

/// <summary>What travels apart from blocks: [kind u8][SSZ]. In the networks of the specification each kind has a topic
/// of its own; here one byte tells them apart.</summary>
public static class GasperMessage
{
    /// <summary>Most bytes of a message: two indexed attestations of a whole committee of 2048 are 33 KiB.</summary>
    public const int BytesMax = 64 * 1024;

    /// <summary>First byte of an <see cref="Attestation"/>.</summary>
    public const byte AttestationKind = 1;

    /// <summary>First byte of an <see cref="AttesterSlashing"/>.</summary>
    public const byte AttesterSlashingKind = 2;

    /// <summary>The head that an attestation message votes for; zero where it is something else.</summary>
    public static Hash256 BlockOf(ReadOnlySpan<byte> message)
    {
        // Kind, offset of the bits, slot, committee.
        const int At = 1 + sizeof(uint) + sizeof(ulong) + sizeof(ulong);
        return message.Length >= At + Hash256.Size && message[0] == AttestationKind
            ? new Hash256(message.Slice(At, Hash256.Size))
            : default;
    }

    public static byte[] Of(Attestation attestation)
    {
        ArgumentNullException.ThrowIfNull(attestation);
        return [AttestationKind, .. attestation.Encoded.Span];
    }

    public static byte[] Of(AttesterSlashing slashing)
    {
        ArgumentNullException.ThrowIfNull(slashing);
        return [AttesterSlashingKind, .. slashing.Encoded.Span];
    }
}
