using System.Runtime.CompilerServices;

namespace Tactus.Kernels.Bls12381;

/// <summary>
/// A decompressed public key: affine x then y of a point of G1, six 64-bit limbs each, least significant first, in the
/// form the kernel computes with (Montgomery or plain: only the kernel that filled it may read it).
/// All twelve limbs zero stand for the point at infinity, which (0, 0) cannot otherwise be: it is not on the curve.
/// </summary>
[InlineArray(LimbCount)]
public struct BlsPublicKey
{
    /// <summary>Limbs of one key: 96 bytes, so a million cached keys take 96 MB.</summary>
    public const int LimbCount = 12;

    private ulong _limb0;
}
