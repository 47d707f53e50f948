using Org.BouncyCastle.Asn1.Sec;
using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Math.EC;
using Tactus.Kernels.Secp256k1;

namespace Tactus.Kernels.Tests.Secp256k1;

/// <summary>
/// The scalar kernel against the ECDSA equations written out with BouncyCastle's curve, on edge-biased items.
/// </summary>
public sealed class BouncyCastleTests
{
    private static readonly X9ECParameters Curve = SecNamedCurves.GetByName("secp256k1");
    private static readonly BigInteger N = Curve.N;
    private static readonly BigInteger P = Curve.Curve.Field.Characteristic;

    [Fact]
    public void Recover_and_verify_agree()
    {
        const int count = 300;
        var kernel = new Secp256k1Scalar();
        Secp256k1Cases cases = new Secp256k1CaseGenerator(0x5EED_0040).NextForVerify(count);
        var recovered = new SignatureVerdict[count];
        var verified = new SignatureVerdict[count];
        byte[] keys = new byte[64 * count];
        kernel.Recover(cases.Digests, cases.Signatures, cases.RecoveryIds, keys, recovered);
        kernel.Verify(cases.Digests, cases.Signatures, cases.Keys, verified);
        for (int i = 0; i < count; i++)
        {
            byte[] digest = cases.Digests[(32 * i)..(32 * (i + 1))];
            byte[] signature = cases.Signatures[(64 * i)..(64 * (i + 1))];
            byte[]? expectedKey = Recover(digest, signature, cases.RecoveryIds[i]);
            string what = $"item {i}: digest {Convert.ToHexString(digest)} signature {Convert.ToHexString(signature)}";
            Assert.True(recovered[i] == SignatureVerdict.Valid == (expectedKey is not null), $"{what}: {recovered[i]}");
            Assert.True(keys.AsSpan(64 * i, 64).SequenceEqual(expectedKey ?? new byte[64]), what);
            bool expected = Verify(digest, signature, cases.Keys[(64 * i)..(64 * (i + 1))]);
            Assert.True(verified[i] == SignatureVerdict.Valid == expected, $"{what}: {verified[i]}");
        }
    }

    private static byte[]? Recover(byte[] digest, byte[] signature, byte id)
    {
        if (id > 3 || !TryRead(signature, out BigInteger r, out BigInteger s))
        {
            return null;
        }

        BigInteger x = (id & 2) != 0 ? r.Add(N) : r;
        if (x.CompareTo(P) >= 0)
        {
            return null;
        }

        BigInteger square = x.ModPow(BigInteger.Three, P).Add(BigInteger.ValueOf(7)).Mod(P);
        BigInteger y = square.ModPow(P.Add(BigInteger.One).ShiftRight(2), P);
        if (!y.Multiply(y).Mod(P).Equals(square))
        {
            return null;
        }

        y = y.TestBit(0) == ((id & 1) != 0) ? y : P.Subtract(y);
        BigInteger w = r.ModInverse(N);
        ECPoint q = Curve.Curve.CreatePoint(x, y).Multiply(s.Multiply(w).Mod(N))
            .Subtract(Curve.G.Multiply(new BigInteger(1, digest).Multiply(w).Mod(N)));
        return q.IsInfinity ? null : q.Normalize().GetEncoded(false)[1..];
    }

    private static bool Verify(byte[] digest, byte[] signature, byte[] key)
    {
        var x = new BigInteger(1, key, 0, 32);
        var y = new BigInteger(1, key, 32, 32);
        if (!TryRead(signature, out BigInteger r, out BigInteger s)
            || x.CompareTo(P) >= 0
            || y.CompareTo(P) >= 0
            || !y.Multiply(y).Mod(P).Equals(x.ModPow(BigInteger.Three, P).Add(BigInteger.ValueOf(7)).Mod(P)))
        {
            return false;
        }

        BigInteger w = s.ModInverse(N);
        ECPoint point = Curve.G.Multiply(new BigInteger(1, digest).Multiply(w).Mod(N))
            .Add(Curve.Curve.CreatePoint(x, y).Multiply(r.Multiply(w).Mod(N)));
        return !point.IsInfinity && point.Normalize().AffineXCoord.ToBigInteger().Mod(N).Equals(r);
    }

    private static bool TryRead(byte[] signature, out BigInteger r, out BigInteger s)
    {
        r = new BigInteger(1, signature, 0, 32);
        s = new BigInteger(1, signature, 32, 32);
        return r.SignValue > 0 && s.SignValue > 0 && r.CompareTo(N) < 0 && s.CompareTo(N) < 0;
    }
}
