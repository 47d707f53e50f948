using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using U = System.Runtime.Intrinsics.Vector512<uint>;
using V = System.Runtime.Intrinsics.Vector512<ulong>;

namespace Tactus.Kernels.Bls12381;

// Eight elements of F_p side by side; see FpX8.Multiply.cs for the representation.
//
// Ranges              every public operation returns tight limbs and v < 4p, and takes the same unless it says
//                     otherwise.
// Adding              as Fp: v - q*p with q = floor(v / 2^381) from the top limb (bit 381 is bit 17 of L13), one
//                     signed carry pass.
internal partial struct FpX8 : IPrimeField<FpX8>
{
    public const int LaneCount = 8;
    private const int LimbCount = 14;
    private const int LimbBits = 28;

    public static bool IsSupported => Avx512F.IsSupported && Avx512DQ.IsSupported;

    public static int Lanes => LaneCount;

    public V L0;
    public V L1;
    public V L2;
    public V L3;
    public V L4;
    public V L5;
    public V L6;
    public V L7;
    public V L8;
    public V L9;
    public V L10;
    public V L11;
    public V L12;
    public V L13;

    private static V LimbMask => Vector512.Create((1UL << LimbBits) - 1);

    private static U P0 => Vector512.Create(P0At).AsUInt32();

    private static U P1 => Vector512.Create(P1At).AsUInt32();

    private static U P2 => Vector512.Create(P2At).AsUInt32();

    private static U P3 => Vector512.Create(P3At).AsUInt32();

    private static U P4 => Vector512.Create(P4At).AsUInt32();

    private static U P5 => Vector512.Create(P5At).AsUInt32();

    private static U P6 => Vector512.Create(P6At).AsUInt32();

    private static U P7 => Vector512.Create(P7At).AsUInt32();

    private static U P8 => Vector512.Create(P8At).AsUInt32();

    private static U P9 => Vector512.Create(P9At).AsUInt32();

    private static U P10 => Vector512.Create(P10At).AsUInt32();

    private static U P11 => Vector512.Create(P11At).AsUInt32();

    private static U P12 => Vector512.Create(P12At).AsUInt32();

    private static U P13 => Vector512.Create(P13At).AsUInt32();

    private static V LaneBits => Vector512.Create(1UL, 2, 4, 8, 16, 32, 64, 128);

    public static void One(out FpX8 r)
    {
        Fp.One(out Fp one);
        Broadcast(out r, one);
    }

    public static void Broadcast(out FpX8 r, in Fp a)
    {
        const ulong mask = (1UL << LimbBits) - 1;
        r.L0 = Vector512.Create(a.L0 & mask);
        r.L1 = Vector512.Create(a.L0 >> LimbBits);
        r.L2 = Vector512.Create(a.L1 & mask);
        r.L3 = Vector512.Create(a.L1 >> LimbBits);
        r.L4 = Vector512.Create(a.L2 & mask);
        r.L5 = Vector512.Create(a.L2 >> LimbBits);
        r.L6 = Vector512.Create(a.L3 & mask);
        r.L7 = Vector512.Create(a.L3 >> LimbBits);
        r.L8 = Vector512.Create(a.L4 & mask);
        r.L9 = Vector512.Create(a.L4 >> LimbBits);
        r.L10 = Vector512.Create(a.L5 & mask);
        r.L11 = Vector512.Create(a.L5 >> LimbBits);
        r.L12 = Vector512.Create(a.L6 & mask);
        r.L13 = Vector512.Create(a.L6 >> LimbBits);
    }

    /// <summary>Puts an element into a lane.</summary>
    public static void Set(ref FpX8 r, int lane, in Fp a)
    {
        const ulong mask = (1UL << LimbBits) - 1;
        ref ulong limbs = ref Unsafe.As<FpX8, ulong>(ref r);
        ref ulong source = ref Unsafe.As<Fp, ulong>(ref Unsafe.AsRef(in a));
        for (int i = 0; i < Fp.LimbCount; i++)
        {
            ulong limb = Unsafe.Add(ref source, i);
            Unsafe.Add(ref limbs, (2 * i * LaneCount) + lane) = limb & mask;
            Unsafe.Add(ref limbs, (((2 * i) + 1) * LaneCount) + lane) = limb >> LimbBits;
        }
    }

    /// <summary>The element of a lane.</summary>
    public static void Get(out Fp r, in FpX8 a, int lane)
    {
        Unsafe.SkipInit(out r);
        ref ulong limbs = ref Unsafe.As<FpX8, ulong>(ref Unsafe.AsRef(in a));
        ref ulong target = ref Unsafe.As<Fp, ulong>(ref r);
        for (int i = 0; i < Fp.LimbCount; i++)
        {
            Unsafe.Add(ref target, i) = Unsafe.Add(ref limbs, (2 * i * LaneCount) + lane)
                | (Unsafe.Add(ref limbs, (((2 * i) + 1) * LaneCount) + lane) << LimbBits);
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(out FpX8 r, in FpX8 a, in FpX8 b)
    {
        FpX8 x;
        x.L0 = a.L0 + b.L0;
        x.L1 = a.L1 + b.L1;
        x.L2 = a.L2 + b.L2;
        x.L3 = a.L3 + b.L3;
        x.L4 = a.L4 + b.L4;
        x.L5 = a.L5 + b.L5;
        x.L6 = a.L6 + b.L6;
        x.L7 = a.L7 + b.L7;
        x.L8 = a.L8 + b.L8;
        x.L9 = a.L9 + b.L9;
        x.L10 = a.L10 + b.L10;
        x.L11 = a.L11 + b.L11;
        x.L12 = a.L12 + b.L12;
        x.L13 = a.L13 + b.L13;
        Reduce(out r, x, Vector512<long>.Zero);
    }

    public static void Double(out FpX8 r, in FpX8 a) => Add(out r, a, a);

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Subtract(out FpX8 r, in FpX8 a, in FpX8 b)
    {
        FpX8 x;
        x.L0 = a.L0 - b.L0;
        x.L1 = a.L1 - b.L1;
        x.L2 = a.L2 - b.L2;
        x.L3 = a.L3 - b.L3;
        x.L4 = a.L4 - b.L4;
        x.L5 = a.L5 - b.L5;
        x.L6 = a.L6 - b.L6;
        x.L7 = a.L7 - b.L7;
        x.L8 = a.L8 - b.L8;
        x.L9 = a.L9 - b.L9;
        x.L10 = a.L10 - b.L10;
        x.L11 = a.L11 - b.L11;
        x.L12 = a.L12 - b.L12;
        x.L13 = a.L13 - b.L13;
        Reduce(out r, x, Vector512<long>.One);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Negate(out FpX8 r, in FpX8 a)
    {
        FpX8 x;
        x.L0 = V.Zero - a.L0;
        x.L1 = V.Zero - a.L1;
        x.L2 = V.Zero - a.L2;
        x.L3 = V.Zero - a.L3;
        x.L4 = V.Zero - a.L4;
        x.L5 = V.Zero - a.L5;
        x.L6 = V.Zero - a.L6;
        x.L7 = V.Zero - a.L7;
        x.L8 = V.Zero - a.L8;
        x.L9 = V.Zero - a.L9;
        x.L10 = V.Zero - a.L10;
        x.L11 = V.Zero - a.L11;
        x.L12 = V.Zero - a.L12;
        x.L13 = V.Zero - a.L13;
        Reduce(out r, x, Vector512<long>.One);
    }

    public static void Inverse(out FpX8 r, in FpX8 a) => FieldPowers<FpX8>.Inverse(out r, a);

    // 12*a
    public static void MultiplyBy3B(out FpX8 r, in FpX8 a)
    {
        Double(out FpX8 a2, a);
        Add(out FpX8 a3, a2, a);
        Double(out a3, a3);
        Double(out r, a3);
    }

    [SkipLocalsInit]
    public static void Multiply2(out Fp2<FpX8> r, in Fp2<FpX8> a, in Fp2<FpX8> b)
    {
        // as Fp.Multiply2
        Unsafe.SkipInit(out r);
        NegateLoose(out FpX8 minusB1, b.C1);
        MultiplySum(out FpX8 c0, a.C0, b.C0, a.C1, minusB1);
        MultiplySum(out r.C1, a.C0, b.C1, a.C1, b.C0);
        r.C0 = c0;
    }

    [SkipLocalsInit]
    public static void Square2(out Fp2<FpX8> r, in Fp2<FpX8> a)
    {
        // as Fp.Square2
        Unsafe.SkipInit(out r);
        Subtract(out FpX8 difference, a.C0, a.C1);
        AddLoose(out FpX8 sum, a.C0, a.C1);
        AddLoose(out FpX8 twice, a.C1, a.C1);
        Multiply(out r.C1, a.C0, twice);
        Multiply(out r.C0, difference, sum);
    }

    public static int ZeroMask(in FpX8 a)
    {
        // the low limbs of 0, p, 2p, 3p differ, so one compare decides nearly always
        const ulong mask = (1UL << LimbBits) - 1;
        V low = a.L0;
        V hit = Vector512.Equals(low, V.Zero) | Vector512.Equals(low, Vector512.Create(Fp.P0 & mask))
            | Vector512.Equals(low, Vector512.Create((Fp.P0 << 1) & mask))
            | Vector512.Equals(low, Vector512.Create((Fp.P0 * 3) & mask));
        int candidates = (int)hit.ExtractMostSignificantBits();
        if (candidates == 0)
        {
            return 0;
        }

        int zero = 0;
        for (int lane = 0; lane < LaneCount; lane++)
        {
            if (((candidates >> lane) & 1) != 0)
            {
                Get(out Fp value, a, lane);
                zero |= Fp.ZeroMask(value) << lane;
            }
        }

        return zero;
    }

    public static int OddMask(in FpX8 a)
    {
        // as Fp.ToPlain: the product with the integer one lies in [0, p], and is p only for zero
        FpX8 one = default;
        one.L0 = V.One;
        Multiply(out FpX8 plain, a, one);
        int odd = (int)(plain.L0 << 63).ExtractMostSignificantBits();
        return odd & ~ZeroMask(a);
    }

    public static void Select(out FpX8 r, int mask, in FpX8 set, in FpX8 clear)
    {
        V lanes = LaneBits;
        V chosen = Vector512.Equals(Vector512.Create((ulong)(uint)mask) & lanes, lanes);
        r.L0 = Vector512.ConditionalSelect(chosen, set.L0, clear.L0);
        r.L1 = Vector512.ConditionalSelect(chosen, set.L1, clear.L1);
        r.L2 = Vector512.ConditionalSelect(chosen, set.L2, clear.L2);
        r.L3 = Vector512.ConditionalSelect(chosen, set.L3, clear.L3);
        r.L4 = Vector512.ConditionalSelect(chosen, set.L4, clear.L4);
        r.L5 = Vector512.ConditionalSelect(chosen, set.L5, clear.L5);
        r.L6 = Vector512.ConditionalSelect(chosen, set.L6, clear.L6);
        r.L7 = Vector512.ConditionalSelect(chosen, set.L7, clear.L7);
        r.L8 = Vector512.ConditionalSelect(chosen, set.L8, clear.L8);
        r.L9 = Vector512.ConditionalSelect(chosen, set.L9, clear.L9);
        r.L10 = Vector512.ConditionalSelect(chosen, set.L10, clear.L10);
        r.L11 = Vector512.ConditionalSelect(chosen, set.L11, clear.L11);
        r.L12 = Vector512.ConditionalSelect(chosen, set.L12, clear.L12);
        r.L13 = Vector512.ConditionalSelect(chosen, set.L13, clear.L13);
    }

    // Sum without a carry: tight operands give limbs < 2^29.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddLoose(out FpX8 r, in FpX8 a, in FpX8 b)
    {
        r.L0 = a.L0 + b.L0;
        r.L1 = a.L1 + b.L1;
        r.L2 = a.L2 + b.L2;
        r.L3 = a.L3 + b.L3;
        r.L4 = a.L4 + b.L4;
        r.L5 = a.L5 + b.L5;
        r.L6 = a.L6 + b.L6;
        r.L7 = a.L7 + b.L7;
        r.L8 = a.L8 + b.L8;
        r.L9 = a.L9 + b.L9;
        r.L10 = a.L10 + b.L10;
        r.L11 = a.L11 + b.L11;
        r.L12 = a.L12 + b.L12;
        r.L13 = a.L13 + b.L13;
    }

    // 8p - a. 8p is written with limbs of 2^28 - 1 or more, so no limb of the difference is negative: limbs < 2^29 +
    // 2^28.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void NegateLoose(out FpX8 r, in FpX8 a)
    {
        r.L0 = Vector512.Create(0x1ffd5558UL) - a.L0;
        r.L1 = Vector512.Create(0x1f7ffffeUL) - a.L1;
        r.L2 = Vector512.Create(0x1ffffdceUL) - a.L2;
        r.L3 = Vector512.Create(0x1fff58a8UL) - a.L3;
        r.L4 = Vector512.Create(0x1120f55eUL) - a.L4;
        r.L5 = Vector512.Create(0x107b587aUL) - a.L5;
        r.L6 = Vector512.Create(0x1b398694UL) - a.L6;
        r.L7 = Vector512.Create(0x19c2895eUL) - a.L7;
        r.L8 = Vector512.Create(0x13ba5c26UL) - a.L8;
        r.L9 = Vector512.Create(0x15d66bb1UL) - a.L9;
        r.L10 = Vector512.Create(0x1d3db219UL) - a.L10;
        r.L11 = Vector512.Create(0x134d258cUL) - a.L11;
        r.L12 = Vector512.Create(0x1f51cbfeUL) - a.L12;
        r.L13 = Vector512.Create(0xd0087UL) - a.L13;
    }

    // v - (q - bias)*p with tight limbs. Limbs are signed, below 2^30 in size; |q| < 2^4.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Reduce(out FpX8 r, in FpX8 x, Vector512<long> bias)
    {
        Vector512<long> q = (x.L13.AsInt64() >> 17) - bias;
        Vector512<long> y = x.L0.AsInt64() - Times(q, P0);
        r.L0 = y.AsUInt64() & LimbMask;
        y = (y >> LimbBits) + (x.L1.AsInt64() - Times(q, P1));
        r.L1 = y.AsUInt64() & LimbMask;
        y = (y >> LimbBits) + (x.L2.AsInt64() - Times(q, P2));
        r.L2 = y.AsUInt64() & LimbMask;
        y = (y >> LimbBits) + (x.L3.AsInt64() - Times(q, P3));
        r.L3 = y.AsUInt64() & LimbMask;
        y = (y >> LimbBits) + (x.L4.AsInt64() - Times(q, P4));
        r.L4 = y.AsUInt64() & LimbMask;
        y = (y >> LimbBits) + (x.L5.AsInt64() - Times(q, P5));
        r.L5 = y.AsUInt64() & LimbMask;
        y = (y >> LimbBits) + (x.L6.AsInt64() - Times(q, P6));
        r.L6 = y.AsUInt64() & LimbMask;
        y = (y >> LimbBits) + (x.L7.AsInt64() - Times(q, P7));
        r.L7 = y.AsUInt64() & LimbMask;
        y = (y >> LimbBits) + (x.L8.AsInt64() - Times(q, P8));
        r.L8 = y.AsUInt64() & LimbMask;
        y = (y >> LimbBits) + (x.L9.AsInt64() - Times(q, P9));
        r.L9 = y.AsUInt64() & LimbMask;
        y = (y >> LimbBits) + (x.L10.AsInt64() - Times(q, P10));
        r.L10 = y.AsUInt64() & LimbMask;
        y = (y >> LimbBits) + (x.L11.AsInt64() - Times(q, P11));
        r.L11 = y.AsUInt64() & LimbMask;
        y = (y >> LimbBits) + (x.L12.AsInt64() - Times(q, P12));
        r.L12 = y.AsUInt64() & LimbMask;
        y = (y >> LimbBits) + (x.L13.AsInt64() - Times(q, P13));
        r.L13 = y.AsUInt64();
        CheckTight(r);
    }

    // the low 32 bits of each lane, signed
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<long> Times(Vector512<long> q, U p) => Avx512F.Multiply(q.AsInt32(), p.AsInt32());

    [Conditional("VERIFY")]
    private static void CheckTight(in FpX8 a) => CheckLimbs(a, LimbBits);

    [Conditional("VERIFY")]
    private static void CheckLoose(in FpX8 a) => CheckLimbs(a, LimbBits + 2);

    private static void CheckLimbs(in FpX8 a, int bits)
    {
        ref ulong first = ref Unsafe.As<FpX8, ulong>(ref Unsafe.AsRef(in a));
        foreach (ulong limb in MemoryMarshal.CreateReadOnlySpan(ref first, LimbCount * LaneCount))
        {
            if (limb >> bits != 0)
            {
                throw new InvalidOperationException($"a limb of F_p exceeds {bits} bits");
            }
        }
    }
}
