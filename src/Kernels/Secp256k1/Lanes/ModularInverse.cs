using System.Numerics;
using System.Runtime.CompilerServices;

namespace Tactus.Kernels.Secp256k1.Lanes;

/// <summary>Inverses mod p and mod n by division steps, in variable time: a quarter of the time of a power.</summary>
/// <remarks>
/// Bernstein and Yang, "Fast constant-time gcd computation and modular inversion" (CHES 2019), in the form that
/// libsecp256k1's doc/safegcd_implementation.md derives: 62 steps are done on the low words of f and g and give a
/// matrix
/// ((u, v), (q, r)) with determinant 2^62, which is then applied to (f, g) and, mod the modulus, to (d, e); d x = f and
/// e x = g
/// hold throughout. Numbers are five signed limbs of 62 bits; |u| + |v| and |q| + |r| are at most 2^62.
/// </remarks>
internal readonly struct ModularInverse
{
    private const ulong Mask62 = (1UL << 62) - 1;

    private readonly Limbs _modulus;

    // 1/modulus mod 2^62
    private readonly ulong _inverse62;

    private ModularInverse(ulong w0, ulong w1, ulong w2, ulong w3)
    {
        _modulus = new Limbs(w0, w1, w2, w3);
        ulong x = w0;
        for (int bits = 3; bits < 64; bits *= 2)
        {
            x *= 2 - (w0 * x);
        }

        _inverse62 = x & Mask62;
    }

    /// <summary>For p.</summary>
    public static ModularInverse ModP { get; } = new(0xFFFFFFFEFFFFFC2F, ulong.MaxValue, ulong.MaxValue,
        ulong.MaxValue);

    /// <summary>For n.</summary>
    public static ModularInverse ModN { get; } = new(0xBFD25E8CD0364141, 0xBAAEDCE6AF48A03B, 0xFFFFFFFFFFFFFFFE,
        ulong.MaxValue);

    /// <summary>1/x for an element, 0 for 0.</summary>
    public static FieldScalar OfElement(in FieldScalar x)
    {
        Packed256.FromScalar(in x).ToWords(out ulong w0, out ulong w1, out ulong w2, out ulong w3);
        ModP.Invert(ref w0, ref w1, ref w2, ref w3);
        return FieldScalar.FromWords(w3, w2, w1, w0);
    }

    /// <summary>1/x for a scalar, 0 for 0.</summary>
    public static ScalarN OfScalar(in ScalarN x)
    {
        ulong w0 = x.W0, w1 = x.W1, w2 = x.W2, w3 = x.W3;
        ModN.Invert(ref w0, ref w1, ref w2, ref w3);
        return new ScalarN(w0, w1, w2, w3);
    }

    /// <summary>Replaces a number below the modulus by its inverse.</summary>
    [SkipLocalsInit]
    public void Invert(ref ulong w0, ref ulong w1, ref ulong w2, ref ulong w3)
    {
        Limbs f = _modulus, g = new(w0, w1, w2, w3), d = default, e = default;
        e.L0 = 1;
        long eta = -1;
        while ((g.L0 | g.L1 | g.L2 | g.L3 | g.L4) != 0)
        {
            eta = Steps(eta, (ulong)f.L0, (ulong)g.L0, out long u, out long v, out long q, out long r);
            ApplyModulo(ref d, ref e, u, v, q, r);
            Apply(ref f, ref g, u, v, q, r);
        }

        // f is the gcd up to sign: 1 or -1 (or the modulus, for x = 0, with d = 0). d lies between -2m and m.
        if (d.L4 < 0)
        {
            d = Add(d, _modulus);
        }

        if (f.L4 < 0)
        {
            d = Subtract(default, d);
        }

        if (d.L4 < 0)
        {
            d = Add(d, _modulus);
        }

        w0 = (ulong)d.L0 | ((ulong)d.L1 << 62);
        w1 = ((ulong)d.L1 >> 2) | ((ulong)d.L2 << 60);
        w2 = ((ulong)d.L2 >> 4) | ((ulong)d.L3 << 58);
        w3 = ((ulong)d.L3 >> 6) | ((ulong)d.L4 << 56);
    }

    // 62 division steps on the low words. Zeros of g go all at once; then g gets the multiple of f that clears up to 6
    // more bits.
    private static long Steps(long eta, ulong f, ulong g, out long u, out long v, out long q, out long r)
    {
        ulong a = 1, b = 0, c = 0, d = 1;
        for (int left = 62; ;)
        {
            int zeros = BitOperations.TrailingZeroCount(g | (ulong.MaxValue << left));
            g >>= zeros;
            a <<= zeros;
            b <<= zeros;
            eta -= zeros;
            left -= zeros;
            if (left == 0)
            {
                break;
            }

            ulong w;
            if (eta < 0)
            {
                eta = -eta;
                (f, g) = (g, 0 - f);
                (a, c) = (c, 0 - a);
                (b, d) = (d, 0 - b);
                int limit = (int)Math.Min(eta + 1, left);
                w = f * g * ((f * f) - 2) & (ulong.MaxValue >> (64 - limit)) & 63;
            }
            else
            {
                int limit = (int)Math.Min(eta + 1, left);
                w = f + (((f + 1) & 4) << 1);
                w = ((0 - w) * g) & (ulong.MaxValue >> (64 - limit)) & 15;
            }

            g += f * w;
            c += a * w;
            d += b * w;
        }

        (u, v, q, r) = ((long)a, (long)b, (long)c, (long)d);
        return eta;
    }

    // (f, g) = ((u, v), (q, r)) (f, g) / 2^62, exactly.
    private static void Apply(ref Limbs f, ref Limbs g, long u, long v, long q, long r)
    {
        Accumulator x = default, y = default;
        x.Add(u, f.L0, v, g.L0);
        y.Add(q, f.L0, r, g.L0);
        x.Shift();
        y.Shift();
        x.Add(u, f.L1, v, g.L1);
        y.Add(q, f.L1, r, g.L1);
        (f.L0, g.L0) = (x.Take(), y.Take());
        x.Add(u, f.L2, v, g.L2);
        y.Add(q, f.L2, r, g.L2);
        (f.L1, g.L1) = (x.Take(), y.Take());
        x.Add(u, f.L3, v, g.L3);
        y.Add(q, f.L3, r, g.L3);
        (f.L2, g.L2) = (x.Take(), y.Take());
        x.Add(u, f.L4, v, g.L4);
        y.Add(q, f.L4, r, g.L4);
        (f.L3, g.L3) = (x.Take(), y.Take());
        (f.L4, g.L4) = ((long)x.Low, (long)y.Low);
    }

    // (d, e) = ((u, v), (q, r)) (d, e) / 2^62 mod the modulus, staying between -2m and m.
    private void ApplyModulo(ref Limbs d, ref Limbs e, long u, long v, long q, long r)
    {
        // A modulus is added for each negative number, then what makes the sums divisible by 2^62.
        long dSign = d.L4 >> 63, eSign = e.L4 >> 63;
        long dTimes = (u & dSign) + (v & eSign), eTimes = (q & dSign) + (r & eSign);
        Accumulator x = default, y = default;
        x.Add(u, d.L0, v, e.L0);
        y.Add(q, d.L0, r, e.L0);
        dTimes -= (long)(((_inverse62 * x.Low) + (ulong)dTimes) & Mask62);
        eTimes -= (long)(((_inverse62 * y.Low) + (ulong)eTimes) & Mask62);
        x.Add(_modulus.L0, dTimes);
        y.Add(_modulus.L0, eTimes);
        x.Shift();
        y.Shift();
        x.Add(u, d.L1, v, e.L1);
        y.Add(q, d.L1, r, e.L1);
        x.Add(_modulus.L1, dTimes);
        y.Add(_modulus.L1, eTimes);
        (d.L0, e.L0) = (x.Take(), y.Take());
        x.Add(u, d.L2, v, e.L2);
        y.Add(q, d.L2, r, e.L2);
        x.Add(_modulus.L2, dTimes);
        y.Add(_modulus.L2, eTimes);
        (d.L1, e.L1) = (x.Take(), y.Take());
        x.Add(u, d.L3, v, e.L3);
        y.Add(q, d.L3, r, e.L3);
        x.Add(_modulus.L3, dTimes);
        y.Add(_modulus.L3, eTimes);
        (d.L2, e.L2) = (x.Take(), y.Take());
        x.Add(u, d.L4, v, e.L4);
        y.Add(q, d.L4, r, e.L4);
        x.Add(_modulus.L4, dTimes);
        y.Add(_modulus.L4, eTimes);
        (d.L3, e.L3) = (x.Take(), y.Take());
        (d.L4, e.L4) = ((long)x.Low, (long)y.Low);
    }

    private static Limbs Add(in Limbs a, in Limbs b) =>
        Carry(a.L0 + b.L0, a.L1 + b.L1, a.L2 + b.L2, a.L3 + b.L3, a.L4 + b.L4);

    private static Limbs Subtract(in Limbs a, in Limbs b) =>
        Carry(a.L0 - b.L0, a.L1 - b.L1, a.L2 - b.L2, a.L3 - b.L3, a.L4 - b.L4);

    private static Limbs Carry(long l0, long l1, long l2, long l3, long l4)
    {
        Limbs r;
        l1 += l0 >> 62;
        l2 += l1 >> 62;
        l3 += l2 >> 62;
        r.L0 = l0 & (long)Mask62;
        r.L1 = l1 & (long)Mask62;
        r.L2 = l2 & (long)Mask62;
        r.L3 = l3 & (long)Mask62;
        r.L4 = l4 + (l3 >> 62);
        return r;
    }

    private struct Limbs
    {
        public long L0;
        public long L1;
        public long L2;
        public long L3;
        public long L4;

        public Limbs(ulong w0, ulong w1, ulong w2, ulong w3)
        {
            L0 = (long)(w0 & Mask62);
            L1 = (long)(((w0 >> 62) | (w1 << 2)) & Mask62);
            L2 = (long)(((w1 >> 60) | (w2 << 4)) & Mask62);
            L3 = (long)(((w2 >> 58) | (w3 << 6)) & Mask62);
            L4 = (long)(w3 >> 56);
        }
    }

    /// <summary>A signed sum of products, 128 bits.</summary>
    private struct Accumulator
    {
        public ulong Low;
        private long _high;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(long a, long b)
        {
            ulong low = (ulong)a * (ulong)b;
            long high = (long)WideMath.High((ulong)a, (ulong)b) - ((a >> 63) & b) - ((b >> 63) & a);
            Low += low;
            _high += high + (Low < low ? 1 : 0);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(long a, long b, long c, long d)
        {
            Add(a, b);
            Add(c, d);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Shift()
        {
            Low = (Low >> 62) | ((ulong)_high << 2);
            _high >>= 62;
        }

        /// <summary>The low limb, which is then shifted out.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public long Take()
        {
            long limb = (long)(Low & Mask62);
            Shift();
            return limb;
        }
    }
}
