namespace Tactus.Kernels.Bls12381;

/// <summary>Verdict on a key, a signature or a batch. Only <see cref="Valid"/> accepts.</summary>
public enum BlsVerdict : byte
{
    /// <summary>Not decided (never returned by a kernel that completed).</summary>
    Unknown = 0,
    Valid = 1,

    /// <summary>Flag bits, a coordinate that is not below p, or a stray bit in the encoding of infinity.</summary>
    BadEncoding = 2,

    /// <summary>The x coordinate belongs to no point of the curve.</summary>
    NotOnCurve = 3,

    /// <summary>On the curve, outside the subgroup of prime order r.</summary>
    NotInSubgroup = 4,

    /// <summary>A public key (or a sum of public keys that is checked as one) is the point at infinity.</summary>
    KeyIsInfinity = 5,

    /// <summary>The pairing equation does not hold.</summary>
    Mismatch = 6,

    /// <summary>No key, or no signature, was given where at least one is needed.</summary>
    Empty = 7,
}
