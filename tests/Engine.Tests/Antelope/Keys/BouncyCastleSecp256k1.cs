using Org.BouncyCastle.Asn1.Sec;
using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Math.EC;
using Tactus.Kernels.Secp256k1;

namespace Tactus.Engine.Tests.Antelope.Keys;

/// <summary>An independent secp256k1: what recovered keys are compared with.</summary>
internal static class BouncyCastleSecp256k1
{
    private static readonly X9ECParameters Curve = SecNamedCurves.GetByName("secp256k1");

    /// <summary>Recovers the compressed key, or null (SEC 1 version 2, section 4.1.6).</summary>
    public static byte[]? Recover(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> rs, int recoveryId)
    {
        var r = new BigInteger(1, rs[..32].ToArray());
        var s = new BigInteger(1, rs[32..].ToArray());
        BigInteger n = Curve.N;
        BigInteger x = (recoveryId & 2) != 0 ? r.Add(n) : r;
        if (r.SignValue == 0 || s.SignValue == 0 || r.CompareTo(n) >= 0 || s.CompareTo(n) >= 0
            || x.CompareTo(((FpCurve)Curve.Curve).Q) >= 0)
        {
            return null;
        }

        ECPoint point;
        try
        {
            byte[] compressed = [(byte)(2 | (recoveryId & 1)), .. To32(x)];
            point = Curve.Curve.DecodePoint(compressed);
        }
        catch (ArgumentException)
        {
            return null;
        }

        BigInteger inverse = r.ModInverse(n);
        BigInteger u1 = n.Subtract(new BigInteger(1, digest.ToArray()).Mod(n)).Multiply(inverse).Mod(n);
        BigInteger u2 = s.Multiply(inverse).Mod(n);
        ECPoint key = ECAlgorithms.SumOfTwoMultiplies(Curve.G, u1, point, u2).Normalize();
        return key.IsInfinity ? null : key.GetEncoded(compressed: true);
    }

    /// <summary>The compressed public key of a private key.</summary>
    public static byte[] PublicKeyOf(ReadOnlySpan<byte> secret) =>
        Curve.G.Multiply(new BigInteger(1, secret.ToArray())).Normalize().GetEncoded(compressed: true);

    private static byte[] To32(BigInteger value)
    {
        byte[] bytes = value.ToByteArrayUnsigned();
        return [.. new byte[32 - bytes.Length], .. bytes];
    }
}
