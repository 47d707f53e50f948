using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tactus.Kernels.Secp256k1.Lanes;

/// <summary>Eight field elements mod p = 2^256 - 2^32 - 977, one in each 64-bit lane: radix 2^52, five signed limbs as
/// doubles.</summary>
internal partial struct FieldAvx512 : IFieldLanes<FieldAvx512>
{
    public Vector512<double> L0;
    public Vector512<double> L1;
    public Vector512<double> L2;
    public Vector512<double> L3;
    public Vector512<double> L4;

    public static bool IsSupported => Avx512F.IsSupported && Avx512DQ.IsSupported;

    public static int Lanes => 8;

    public static uint AllLanes => 0xFF;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(in FieldAvx512 a, in FieldAvx512 b, out FieldAvx512 r)
    {
        r.L0 = a.L0 + b.L0;
        r.L1 = a.L1 + b.L1;
        r.L2 = a.L2 + b.L2;
        r.L3 = a.L3 + b.L3;
        r.L4 = a.L4 + b.L4;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Sub(in FieldAvx512 a, in FieldAvx512 b, out FieldAvx512 r)
    {
        r.L0 = a.L0 - b.L0;
        r.L1 = a.L1 - b.L1;
        r.L2 = a.L2 - b.L2;
        r.L3 = a.L3 - b.L3;
        r.L4 = a.L4 - b.L4;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Scale(in FieldAvx512 a, double k, out FieldAvx512 r)
    {
        Vector512<double> factor = Vector512.Create(k);
        r.L0 = a.L0 * factor;
        r.L1 = a.L1 * factor;
        r.L2 = a.L2 * factor;
        r.L3 = a.L3 * factor;
        r.L4 = a.L4 * factor;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Carry(in FieldAvx512 a, out FieldAvx512 r)
    {
        Vector512<double> middle = Vector512.Create(Middle), l0 = a.L0, l1 = a.L1, l2 = a.L2, l3 = a.L3, l4 = a.L4;
        const double Down52 = 1.0 / (1UL << 52);
        const double Down48 = 1.0 / (1UL << 48);
        Vector512<double> q = (Vector512.FusedMultiplyAdd(l4, Vector512.Create(Down48), middle)) - middle;
        l4 = Vector512.FusedMultiplyAdd(q, Vector512.Create(-281474976710656d), l4);
        l0 = Vector512.FusedMultiplyAdd(q, Vector512.Create(Fold256), l0);

        Vector512<double> down = Vector512.Create(Down52), up = Vector512.Create(-4503599627370496d), c;
        c = Vector512.FusedMultiplyAdd(l0, down, middle) - middle;
        l0 = Vector512.FusedMultiplyAdd(c, up, l0);
        l1 += c;
        c = Vector512.FusedMultiplyAdd(l1, down, middle) - middle;
        l1 = Vector512.FusedMultiplyAdd(c, up, l1);
        l2 += c;
        c = Vector512.FusedMultiplyAdd(l2, down, middle) - middle;
        l2 = Vector512.FusedMultiplyAdd(c, up, l2);
        l3 += c;
        c = Vector512.FusedMultiplyAdd(l3, down, middle) - middle;
        l3 = Vector512.FusedMultiplyAdd(c, up, l3);
        l4 += c;
        r.L0 = l0;
        r.L1 = l1;
        r.L2 = l2;
        r.L3 = l3;
        r.L4 = l4;
        CheckCarried(in r);
    }

    public static uint IsZero(in FieldAvx512 a)
    {
        CheckCarried(in a);

        // Signed limbs cancel nothing: the lowest nonzero limb is not a multiple of 2^52, and |value| < p.
        Vector512<ulong> any = (a.L0.AsUInt64() | a.L1.AsUInt64() | a.L2.AsUInt64() | a.L3.AsUInt64()
            | a.L4.AsUInt64()) << 1;
        return (uint)Vector512.Equals(any, Vector512<ulong>.Zero).ExtractMostSignificantBits();
    }

    public static void Select(uint mask, in FieldAvx512 a, in FieldAvx512 b, out FieldAvx512 r)
    {
        Vector512<double> m = MaskOf(mask).AsDouble();
        r.L0 = Vector512.ConditionalSelect(m, a.L0, b.L0);
        r.L1 = Vector512.ConditionalSelect(m, a.L1, b.L1);
        r.L2 = Vector512.ConditionalSelect(m, a.L2, b.L2);
        r.L3 = Vector512.ConditionalSelect(m, a.L3, b.L3);
        r.L4 = Vector512.ConditionalSelect(m, a.L4, b.L4);
    }

    public static void NegateIf(uint mask, in FieldAvx512 a, out FieldAvx512 r)
    {
        r = a;
        Negate(ref r, MaskOf(mask) & Vector512.Create(1UL << 63));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Negate(ref FieldAvx512 a, Vector512<ulong> sign)
    {
        a.L0 = (a.L0.AsUInt64() ^ sign).AsDouble();
        a.L1 = (a.L1.AsUInt64() ^ sign).AsDouble();
        a.L2 = (a.L2.AsUInt64() ^ sign).AsDouble();
        a.L3 = (a.L3.AsUInt64() ^ sign).AsDouble();
        a.L4 = (a.L4.AsUInt64() ^ sign).AsDouble();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> MaskOf(uint mask)
    {
        Vector512<ulong> bits = Vector512.Create(1UL, 2, 4, 8, 16, 32, 64, 128);
        return Vector512.Equals(Vector512.Create((ulong)mask) & bits, bits);
    }

    [Conditional("VERIFY")]
    private static void CheckCarried(in FieldAvx512 a) => CheckLimbs(in a, 1, "carried");

    [Conditional("VERIFY")]
    private static void CheckProduct(in FieldAvx512 a, in FieldAvx512 b)
    {
        double limit = 2.0 * (1UL << 51) * (1UL << 51);
        for (int lane = 0; lane < 8; lane++)
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

    private static void CheckLimbs(in FieldAvx512 a, double times, string name)
    {
        ReadOnlySpan<Vector512<double>> limbs = [a.L0, a.L1, a.L2, a.L3, a.L4];
        for (int i = 0; i < 5; i++)
        {
            double limit = times * (i < 4 ? 1UL << 51 : (1UL << 47) + 127);
            for (int lane = 0; lane < 8; lane++)
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
