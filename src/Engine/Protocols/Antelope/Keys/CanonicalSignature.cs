using Tactus.Kernels.Secp256k1;

namespace Tactus.Engine.Protocols.Antelope.Keys;

/// <summary>The consensus rule on the form of K1 signatures (leap v5.0.3 elliptic_common.cpp is_canonical): r and s are
/// each below 2^255 and have no superfluous leading zero byte. It is not the test s &lt;= n/2.</summary>
public static class CanonicalSignature
{
    /// <summary>First header byte of a recoverable signature; 4 is added for a compressed key, then the recovery
    /// id.</summary>
    public const byte HeaderMin = 27;

    public const byte HeaderMax = 34;

    /// <param name="rs">r then s, 32 bytes big-endian each.</param>
    public static bool IsCanonical(ReadOnlySpan<byte> rs) => CanonicalForm.IsCanonical(rs);

    /// <summary>Recovery id 0..3 of a header byte.</summary>
    /// <returns>False where the byte is not 27..34.</returns>
    public static bool TryRecoveryId(byte header, out byte recoveryId)
    {
        recoveryId = (byte)((header - HeaderMin) & 3);
        return header is >= HeaderMin and <= HeaderMax;
    }
}
