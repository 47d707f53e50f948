using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tactus.Kernels.Secp256k1.Lanes;

/// <summary>Four field elements mod p = 2^256 - 2^32 - 977, one in each 64-bit lane: radix 2^52, five signed limbs as
/// doubles.</summary>
internal partial struct FieldAvx2 : IFieldLanes<FieldAvx2>
{
    public Vector256<double> L0;
    public Vector256<double> L1;
    public Vector256<double> L2;
    public Vector256<double> L3;
    public Vector256<double> L4;

    public static bool IsSupported => Avx2.IsSupported && Fma.IsSupported;

    public static int Lanes => 4;

    public static uint AllLanes => 0xF;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(in FieldAvx2 a, in FieldAvx2 b, out FieldAvx2 r)
    {
        r.L0 = a.L0 + b.L0;
        r.L1 = a.L1 + b.L1;
        r.L2 = a.L2 + b.L2;
        r.L3 = a.L3 + b.L3;
        r.L4 = a.L4 + b.L4;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Sub(in FieldAvx2 a, in FieldAvx2 b, out FieldAvx2 r)
    {
        r.L0 = a.L0 - b.L0;
        r.L1 = a.L1 - b.L1;
        r.L2 = a.L2 - b.L2;
        r.L3 = a.L3 - b.L3;
        r.L4 = a.L4 - b.L4;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Scale(in FieldAvx2 a, double k, out FieldAvx2 r)
    {
        Vector256<double> factor = Vector256.Create(k);
        r.L0 = a.L0 * factor;
        r.L1 = a.L1 * factor;
        r.L2 = a.L2 * factor;
        r.L3 = a.L3 * factor;
        r.L4 = a.L4 * factor;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Carry(in FieldAvx2 a, out FieldAvx2 r)
    {
        CheckCarriable(in a);
        Vector256<double> middle = Vector256.Create(Middle), l0 = a.L0, l1 = a.L1, l2 = a.L2, l3 = a.L3, l4 = a.L4;
        const double Down52 = 1.0 / (1UL << 52);
        const double Down48 = 1.0 / (1UL << 48);
        Vector256<double> q = (Fma.MultiplyAdd(l4, Vector256.Create(Down48), middle)) - middle;
        l4 = Fma.MultiplyAdd(q, Vector256.Create(-281474976710656d), l4);
        l0 = Fma.MultiplyAdd(q, Vector256.Create(Fold256), l0);

        Vector256<double> down = Vector256.Create(Down52), up = Vector256.Create(-4503599627370496d), c;
        c = Fma.MultiplyAdd(l0, down, middle) - middle;
        l0 = Fma.MultiplyAdd(c, up, l0);
        l1 += c;
        c = Fma.MultiplyAdd(l1, down, middle) - middle;
        l1 = Fma.MultiplyAdd(c, up, l1);
        l2 += c;
        c = Fma.MultiplyAdd(l2, down, middle) - middle;
        l2 = Fma.MultiplyAdd(c, up, l2);
        l3 += c;
        c = Fma.MultiplyAdd(l3, down, middle) - middle;
        l3 = Fma.MultiplyAdd(c, up, l3);
        l4 += c;
        r.L0 = l0;
        r.L1 = l1;
        r.L2 = l2;
        r.L3 = l3;
        r.L4 = l4;
        CheckCarried(in r);
    }

    public static uint IsZero(in FieldAvx2 a)
    {
        CheckCarried(in a);

        // Signed limbs cancel nothing: the lowest nonzero limb is not a multiple of 2^52, and |value| < p.
        Vector256<ulong> any = (a.L0.AsUInt64() | a.L1.AsUInt64() | a.L2.AsUInt64() | a.L3.AsUInt64()
            | a.L4.AsUInt64()) << 1;
        return (uint)Vector256.Equals(any, Vector256<ulong>.Zero).ExtractMostSignificantBits();
    }

    public static void Select(uint mask, in FieldAvx2 a, in FieldAvx2 b, out FieldAvx2 r)
    {
        Vector256<double> m = MaskOf(mask).AsDouble();
        r.L0 = Vector256.ConditionalSelect(m, a.L0, b.L0);
        r.L1 = Vector256.ConditionalSelect(m, a.L1, b.L1);
        r.L2 = Vector256.ConditionalSelect(m, a.L2, b.L2);
        r.L3 = Vector256.ConditionalSelect(m, a.L3, b.L3);
        r.L4 = Vector256.ConditionalSelect(m, a.L4, b.L4);
    }

    public static void NegateIf(uint mask, in FieldAvx2 a, out FieldAvx2 r)
    {
        r = a;
        Negate(ref r, MaskOf(mask) & Vector256.Create(1UL << 63));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Negate(ref FieldAvx2 a, Vector256<ulong> sign)
    {
        a.L0 = (a.L0.AsUInt64() ^ sign).AsDouble();
        a.L1 = (a.L1.AsUInt64() ^ sign).AsDouble();
        a.L2 = (a.L2.AsUInt64() ^ sign).AsDouble();
        a.L3 = (a.L3.AsUInt64() ^ sign).AsDouble();
        a.L4 = (a.L4.AsUInt64() ^ sign).AsDouble();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> MaskOf(uint mask)
    {
        Vector256<ulong> bits = Vector256.Create(1UL, 2, 4, 8);
        return Vector256.Equals(Vector256.Create((ulong)mask) & bits, bits);
    }

    [Conditional("VERIFY")]
    private static void CheckCarried(in FieldAvx2 a) => CheckLimbs(in a, 1, "carried");

    [Conditional("VERIFY")]
    private static void CheckCarriable(in FieldAvx2 a)
    {
        double limit = (1L << 53) - (1L << 38);
        foreach (Vector256<double> limb in (ReadOnlySpan<Vector256<double>>)[a.L0, a.L1, a.L2, a.L3, a.L4])
        {
            if (!Vector256.LessThanOrEqualAll(Vector256.Abs(limb), Vector256.Create(limit)))
            {
                throw new InvalidOperationException($"{limb} is too wide to be carried");
            }
        }
    }

    [Conditional("VERIFY")]
    private static void CheckProduct(in FieldAvx2 a, in FieldAvx2 b)
    {
        double limit = 2.0 * (1UL << 51) * (1UL << 51);
        for (int lane = 0; lane < 4; lane++)
        {
            double x = Math.Max(Math.Max(Math.Abs(a.L0[lane]), Math.Abs(a.L1[lane])),
                Math.Max(Math.Abs(a.L2[lane]), Math.Abs(a.L3[lane])));
            double y = Math.Max(Math.Max(Math.Abs(b.L0[lane]), Math.Abs(b.L1[lane])),
                Math.Max(Math.Abs(b.L2[lane]), Math.Abs(b.L3[lane])));
            double topLimit = 2.0 * ((1UL << 47) + 128) * ((1UL << 47) + 128);
            if (x * y > limit || Math.Abs(a.L4[lane] * b.L4[lane]) > topLimit)
            {
                throw new InvalidOperationException($"lane {lane}: factors exceed sum x carried ({x:R} x {y:R})");
            }
        }
    }

    private static void CheckLimbs(in FieldAvx2 a, double times, string name)
    {
        ReadOnlySpan<Vector256<double>> limbs = [a.L0, a.L1, a.L2, a.L3, a.L4];
        for (int i = 0; i < 5; i++)
        {
            double limit = times * (i < 4 ? 1UL << 51 : (1UL << 47) + 127);
            for (int lane = 0; lane < 4; lane++)
            {
                double value = limbs[i][lane];
                if (!(Math.Abs(value) <= limit) || value != Math.Floor(value))
                {
                    throw new InvalidOperationException($"limb {i} of lane {lane} is {value:R}, not {name}");
                }
            }
        }
    }
}
