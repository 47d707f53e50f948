using Tactus.Kernels.Secp256k1;

namespace Tactus.Kernels.Gpu;

/// <summary>
/// Signatures whose verdict is known, at both ends of every batch: a device that calls everything valid, or nothing, is
/// found out in the batch where it begins.</summary>
internal sealed class Decoy
{
    /// <summary>Places in a batch that decoys take.</summary>
    public const int PerBatch = 2;

    private Decoy(byte[] digest, byte[] signature, byte[] key, SignatureVerdict verdict)
    {
        Digest = digest;
        Signature = signature;
        Key = key;
        Verdict = verdict;
    }

    /// <summary>Valid for its key with recovery id 0.</summary>
    public static Decoy Good { get; } = Make(r: 4, otherDigest: false);

    /// <summary>The same signature and key for another digest.</summary>
    public static Decoy Mismatching { get; } = Make(r: 4, otherDigest: true);

    /// <summary>No point has this r: 5^3 + 7 is no square.</summary>
    public static Decoy WithoutPoint { get; } = Make(r: 5, otherDigest: false);

    public byte[] Digest { get; }

    public byte[] Signature { get; }

    /// <summary>x|y; zeros where there is none.</summary>
    public byte[] Key { get; }

    public SignatureVerdict Verdict { get; }

    /// <summary>Lays it into a lane.</summary>
    public void Put(IGpuLane lane, int slot)
    {
        Digest.CopyTo(lane.Digests[(32 * slot)..]);
        Signature.CopyTo(lane.Signatures[(64 * slot)..]);
        Key.CopyTo(lane.Keys[(64 * slot)..]);
        lane.RecoveryIds[slot] = 0;
    }

    // Verdicts and keys are scalar's.
    private static Decoy Make(byte r, bool otherDigest)
    {
        byte[] digest = [.. Enumerable.Repeat((byte)0x5A, 32)], signature = new byte[64], key = new byte[64];
        signature[31] = r;
        signature[63] = 4;
        var verdict = new SignatureVerdict[1];
        new Secp256k1Scalar().Recover(digest, signature, [0], key, verdict);
        if (otherDigest)
        {
            digest[0] ^= 1;
            new Secp256k1Scalar().Verify(digest, signature, key, verdict);
        }

        return new Decoy(digest, signature, key, verdict[0]);
    }
}
