using System.Numerics;
using Tactus.Kernels.Bls12381;

namespace Tactus.Kernels.Tests.Bls12381;

/// <summary>
/// Elements of F_p with a lean to the edges, in every form that the field allows (up to 4p), and their integers.
/// </summary>
internal sealed class FieldSamples(int seed)
{
    private static readonly BigInteger P = FieldPowers.Modulus;
    private static readonly BigInteger R = BigInteger.Pow(2, 392) % P;
    private static readonly BigInteger RInverse = BigInteger.ModPow(R, P - 2, P);

    private readonly Random _random = new(seed);

    /// <summary>An element whose limbs may hold value + k*p, k = 0..2.</summary>
    public Fp Next() => Raw(NextBelowP() + (P * _random.Next(3)));

    /// <summary>An element whose limbs hold anything below 4p, the bound of every operand.</summary>
    public Fp NextLarge() => Raw(NextBelowP() + (P * _random.Next(4)));

    private BigInteger NextBelowP() =>
        _random.Next(6) switch
        {
            0 => _random.Next(3),
            1 => P - 1 - _random.Next(3),
            2 => (BigInteger.One << _random.Next(381)) % P,
            3 => ((BigInteger.One << _random.Next(381)) - 1 + P) % P,
            _ => NextInteger(),
        };

    public BigInteger NextInteger()
    {
        byte[] bytes = new byte[56];
        _random.NextBytes(bytes);
        return new BigInteger(bytes, isUnsigned: true) % P;
    }

    public Fp2<Fp> Next2() => new(Next(), Next());

    public Fp6<Fp> Next6()
    {
        Fp6<Fp> r = default;
        r.C0 = Next2();
        r.C1 = Next2();
        r.C2 = Next2();
        return r;
    }

    public Fp12<Fp> Next12()
    {
        Fp12<Fp> r = default;
        r.C0 = Next6();
        r.C1 = Next6();
        return r;
    }

    /// <summary>The element that the limbs stand for, as an integer in [0, p).</summary>
    public static BigInteger Value(in Fp a) => Stored(a) * RInverse % P;

    /// <summary>The integer in the limbs.</summary>
    public static BigInteger Stored(in Fp a)
    {
        BigInteger value = 0;
        foreach (ulong limb in (ReadOnlySpan<ulong>)[a.L6, a.L5, a.L4, a.L3, a.L2, a.L1, a.L0])
        {
            value = (value << 56) + limb;
        }

        return value;
    }

    public static bool Equal(in Fp2<Fp> a, in Fp2<Fp> b)
    {
        Fp2<Fp>.Subtract(out Fp2<Fp> d, a, b);
        return Fp2<Fp>.ZeroMask(d) == 1;
    }

    public static bool Equal(in Fp6<Fp> a, in Fp6<Fp> b) => Equal(a.C0, b.C0) && Equal(a.C1, b.C1) && Equal(a.C2, b.C2);

    public static bool Equal(in Fp12<Fp> a, in Fp12<Fp> b) => Equal(a.C0, b.C0) && Equal(a.C1, b.C1);

    private static Fp Raw(BigInteger stored)
    {
        BigInteger mask = Fp.LimbMask;
        ulong Limb(int i) => (ulong)((stored >> (56 * i)) & mask);
        return new Fp(Limb(0), Limb(1), Limb(2), Limb(3), Limb(4), Limb(5), Limb(6));
    }
}
