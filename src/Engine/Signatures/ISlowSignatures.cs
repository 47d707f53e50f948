using Tactus.Engine.Pipeline;

namespace Tactus.Engine.Signatures;

/// <summary>Checks the rare signatures that are not plain secp256k1 (P-256, WebAuthn): the protocol brings
/// it.</summary>
public interface ISlowSignatures
{
    /// <summary>Recovers signature <paramref name="index"/>: sets its verdict and, when valid, its key tag.</summary>
    void Check(BlockWork block, int index);
}
