using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using U = System.Runtime.Intrinsics.Vector256<uint>;
using V = System.Runtime.Intrinsics.Vector256<ulong>;

namespace Tactus.Kernels.Bls12381;

// The head of Fp2Avx2.cs has values, ranges and bounds. The rows stand in the body of each product, because a call
// would put twenty columns through memory. The number of the row in the upper half of a constant, which the multiplier
// does not read, keeps the JIT from holding seven of them in registers that the columns need.
internal static partial class Fp2Avx2
{
    /// <summary>r = sums of columns / R, reduced. Columns 0..19 of the lanes that Fp2Avx2.cs names; one that is the
    /// constant zero costs nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Reduce(
        ref ulong r, V t0, V t1, V t2, V t3, V t4, V t5, V t6, V t7, V t8, V t9, V t10, V t11, V t12, V t13, V t14,
        V t15, V t16, V t17, V t18, V t19)
    {
        V mask = Vector256.Create(DigitMask);
        V d;
        U m;

        // row 0
        d = t0 & mask;
        m = Avx2.Shuffle(d.AsUInt32(), 0b01_00_01_00);
        t1 += t0 >>> LimbBits;
        t1 += Avx2.Multiply(m, Vector256.Create(Low0 | 0x100000000UL, High0, Low0, High0).AsUInt32());
        t2 += Avx2.Multiply(m, Vector256.Create(Low1 | 0x100000000UL, High1, Low1, High1).AsUInt32());
        t3 += Avx2.Multiply(m, Vector256.Create(Low2 | 0x100000000UL, High2, Low2, High2).AsUInt32());
        t4 += Avx2.Multiply(m, Vector256.Create(Low3 | 0x100000000UL, High3, Low3, High3).AsUInt32());
        t5 += Avx2.Multiply(m, Vector256.Create(Low4 | 0x100000000UL, High4, Low4, High4).AsUInt32());
        t6 += Avx2.Multiply(m, Vector256.Create(Low5 | 0x100000000UL, High5, Low5, High5).AsUInt32());
        t7 += Avx2.Multiply(m, Vector256.Create(Low6 | 0x100000000UL, High6, Low6, High6).AsUInt32());
        t7 += Avx2.ShiftRightLogical128BitLane(d, 8);

        // row 1
        d = t1 & mask;
        m = Avx2.Shuffle(d.AsUInt32(), 0b01_00_01_00);
        t2 += t1 >>> LimbBits;
        t2 += Avx2.Multiply(m, Vector256.Create(Low0 | 0x200000000UL, High0, Low0, High0).AsUInt32());
        t3 += Avx2.Multiply(m, Vector256.Create(Low1 | 0x200000000UL, High1, Low1, High1).AsUInt32());
        t4 += Avx2.Multiply(m, Vector256.Create(Low2 | 0x200000000UL, High2, Low2, High2).AsUInt32());
        t5 += Avx2.Multiply(m, Vector256.Create(Low3 | 0x200000000UL, High3, Low3, High3).AsUInt32());
        t6 += Avx2.Multiply(m, Vector256.Create(Low4 | 0x200000000UL, High4, Low4, High4).AsUInt32());
        t7 += Avx2.Multiply(m, Vector256.Create(Low5 | 0x200000000UL, High5, Low5, High5).AsUInt32());
        t8 += Avx2.Multiply(m, Vector256.Create(Low6 | 0x200000000UL, High6, Low6, High6).AsUInt32());
        t8 += Avx2.ShiftRightLogical128BitLane(d, 8);

        // row 2
        d = t2 & mask;
        m = Avx2.Shuffle(d.AsUInt32(), 0b01_00_01_00);
        t3 += t2 >>> LimbBits;
        t3 += Avx2.Multiply(m, Vector256.Create(Low0 | 0x300000000UL, High0, Low0, High0).AsUInt32());
        t4 += Avx2.Multiply(m, Vector256.Create(Low1 | 0x300000000UL, High1, Low1, High1).AsUInt32());
        t5 += Avx2.Multiply(m, Vector256.Create(Low2 | 0x300000000UL, High2, Low2, High2).AsUInt32());
        t6 += Avx2.Multiply(m, Vector256.Create(Low3 | 0x300000000UL, High3, Low3, High3).AsUInt32());
        t7 += Avx2.Multiply(m, Vector256.Create(Low4 | 0x300000000UL, High4, Low4, High4).AsUInt32());
        t8 += Avx2.Multiply(m, Vector256.Create(Low5 | 0x300000000UL, High5, Low5, High5).AsUInt32());
        t9 += Avx2.Multiply(m, Vector256.Create(Low6 | 0x300000000UL, High6, Low6, High6).AsUInt32());
        t9 += Avx2.ShiftRightLogical128BitLane(d, 8);

        // row 3
        d = t3 & mask;
        m = Avx2.Shuffle(d.AsUInt32(), 0b01_00_01_00);
        t4 += t3 >>> LimbBits;
        t4 += Avx2.Multiply(m, Vector256.Create(Low0 | 0x400000000UL, High0, Low0, High0).AsUInt32());
        t5 += Avx2.Multiply(m, Vector256.Create(Low1 | 0x400000000UL, High1, Low1, High1).AsUInt32());
        t6 += Avx2.Multiply(m, Vector256.Create(Low2 | 0x400000000UL, High2, Low2, High2).AsUInt32());
        t7 += Avx2.Multiply(m, Vector256.Create(Low3 | 0x400000000UL, High3, Low3, High3).AsUInt32());
        t8 += Avx2.Multiply(m, Vector256.Create(Low4 | 0x400000000UL, High4, Low4, High4).AsUInt32());
        t9 += Avx2.Multiply(m, Vector256.Create(Low5 | 0x400000000UL, High5, Low5, High5).AsUInt32());
        t10 += Avx2.Multiply(m, Vector256.Create(Low6 | 0x400000000UL, High6, Low6, High6).AsUInt32());
        t10 += Avx2.ShiftRightLogical128BitLane(d, 8);

        // row 4
        d = t4 & mask;
        m = Avx2.Shuffle(d.AsUInt32(), 0b01_00_01_00);
        t5 += t4 >>> LimbBits;
        t5 += Avx2.Multiply(m, Vector256.Create(Low0 | 0x500000000UL, High0, Low0, High0).AsUInt32());
        t6 += Avx2.Multiply(m, Vector256.Create(Low1 | 0x500000000UL, High1, Low1, High1).AsUInt32());
        t7 += Avx2.Multiply(m, Vector256.Create(Low2 | 0x500000000UL, High2, Low2, High2).AsUInt32());
        t8 += Avx2.Multiply(m, Vector256.Create(Low3 | 0x500000000UL, High3, Low3, High3).AsUInt32());
        t9 += Avx2.Multiply(m, Vector256.Create(Low4 | 0x500000000UL, High4, Low4, High4).AsUInt32());
        t10 += Avx2.Multiply(m, Vector256.Create(Low5 | 0x500000000UL, High5, Low5, High5).AsUInt32());
        t11 += Avx2.Multiply(m, Vector256.Create(Low6 | 0x500000000UL, High6, Low6, High6).AsUInt32());
        t11 += Avx2.ShiftRightLogical128BitLane(d, 8);

        // row 5
        d = t5 & mask;
        m = Avx2.Shuffle(d.AsUInt32(), 0b01_00_01_00);
        t6 += t5 >>> LimbBits;
        t6 += Avx2.Multiply(m, Vector256.Create(Low0 | 0x600000000UL, High0, Low0, High0).AsUInt32());
        t7 += Avx2.Multiply(m, Vector256.Create(Low1 | 0x600000000UL, High1, Low1, High1).AsUInt32());
        t8 += Avx2.Multiply(m, Vector256.Create(Low2 | 0x600000000UL, High2, Low2, High2).AsUInt32());
        t9 += Avx2.Multiply(m, Vector256.Create(Low3 | 0x600000000UL, High3, Low3, High3).AsUInt32());
        t10 += Avx2.Multiply(m, Vector256.Create(Low4 | 0x600000000UL, High4, Low4, High4).AsUInt32());
        t11 += Avx2.Multiply(m, Vector256.Create(Low5 | 0x600000000UL, High5, Low5, High5).AsUInt32());
        t12 += Avx2.Multiply(m, Vector256.Create(Low6 | 0x600000000UL, High6, Low6, High6).AsUInt32());
        t12 += Avx2.ShiftRightLogical128BitLane(d, 8);

        // row 6
        d = t6 & mask;
        m = Avx2.Shuffle(d.AsUInt32(), 0b01_00_01_00);
        t7 += t6 >>> LimbBits;
        t7 += Avx2.Multiply(m, Vector256.Create(Low0 | 0x700000000UL, High0, Low0, High0).AsUInt32());
        t8 += Avx2.Multiply(m, Vector256.Create(Low1 | 0x700000000UL, High1, Low1, High1).AsUInt32());
        t9 += Avx2.Multiply(m, Vector256.Create(Low2 | 0x700000000UL, High2, Low2, High2).AsUInt32());
        t10 += Avx2.Multiply(m, Vector256.Create(Low3 | 0x700000000UL, High3, Low3, High3).AsUInt32());
        t11 += Avx2.Multiply(m, Vector256.Create(Low4 | 0x700000000UL, High4, Low4, High4).AsUInt32());
        t12 += Avx2.Multiply(m, Vector256.Create(Low5 | 0x700000000UL, High5, Low5, High5).AsUInt32());
        t13 += Avx2.Multiply(m, Vector256.Create(Low6 | 0x700000000UL, High6, Low6, High6).AsUInt32());
        t13 += Avx2.ShiftRightLogical128BitLane(d, 8);

        // row 7
        d = t7 & mask;
        m = Avx2.Shuffle(d.AsUInt32(), 0b01_00_01_00);
        t8 += t7 >>> LimbBits;
        t8 += Avx2.Multiply(m, Vector256.Create(Low0 | 0x800000000UL, High0, Low0, High0).AsUInt32());
        t9 += Avx2.Multiply(m, Vector256.Create(Low1 | 0x800000000UL, High1, Low1, High1).AsUInt32());
        t10 += Avx2.Multiply(m, Vector256.Create(Low2 | 0x800000000UL, High2, Low2, High2).AsUInt32());
        t11 += Avx2.Multiply(m, Vector256.Create(Low3 | 0x800000000UL, High3, Low3, High3).AsUInt32());
        t12 += Avx2.Multiply(m, Vector256.Create(Low4 | 0x800000000UL, High4, Low4, High4).AsUInt32());
        t13 += Avx2.Multiply(m, Vector256.Create(Low5 | 0x800000000UL, High5, Low5, High5).AsUInt32());
        t14 += Avx2.Multiply(m, Vector256.Create(Low6 | 0x800000000UL, High6, Low6, High6).AsUInt32());
        t14 += Avx2.ShiftRightLogical128BitLane(d, 8);

        // row 8
        d = t8 & mask;
        m = Avx2.Shuffle(d.AsUInt32(), 0b01_00_01_00);
        t9 += t8 >>> LimbBits;
        t9 += Avx2.Multiply(m, Vector256.Create(Low0 | 0x900000000UL, High0, Low0, High0).AsUInt32());
        t10 += Avx2.Multiply(m, Vector256.Create(Low1 | 0x900000000UL, High1, Low1, High1).AsUInt32());
        t11 += Avx2.Multiply(m, Vector256.Create(Low2 | 0x900000000UL, High2, Low2, High2).AsUInt32());
        t12 += Avx2.Multiply(m, Vector256.Create(Low3 | 0x900000000UL, High3, Low3, High3).AsUInt32());
        t13 += Avx2.Multiply(m, Vector256.Create(Low4 | 0x900000000UL, High4, Low4, High4).AsUInt32());
        t14 += Avx2.Multiply(m, Vector256.Create(Low5 | 0x900000000UL, High5, Low5, High5).AsUInt32());
        t15 += Avx2.Multiply(m, Vector256.Create(Low6 | 0x900000000UL, High6, Low6, High6).AsUInt32());
        t15 += Avx2.ShiftRightLogical128BitLane(d, 8);

        // row 9
        d = t9 & mask;
        m = Avx2.Shuffle(d.AsUInt32(), 0b01_00_01_00);
        t10 += t9 >>> LimbBits;
        t10 += Avx2.Multiply(m, Vector256.Create(Low0 | 0xa00000000UL, High0, Low0, High0).AsUInt32());
        t11 += Avx2.Multiply(m, Vector256.Create(Low1 | 0xa00000000UL, High1, Low1, High1).AsUInt32());
        t12 += Avx2.Multiply(m, Vector256.Create(Low2 | 0xa00000000UL, High2, Low2, High2).AsUInt32());
        t13 += Avx2.Multiply(m, Vector256.Create(Low3 | 0xa00000000UL, High3, Low3, High3).AsUInt32());
        t14 += Avx2.Multiply(m, Vector256.Create(Low4 | 0xa00000000UL, High4, Low4, High4).AsUInt32());
        t15 += Avx2.Multiply(m, Vector256.Create(Low5 | 0xa00000000UL, High5, Low5, High5).AsUInt32());
        t16 += Avx2.Multiply(m, Vector256.Create(Low6 | 0xa00000000UL, High6, Low6, High6).AsUInt32());
        t16 += Avx2.ShiftRightLogical128BitLane(d, 8);

        // row 10
        d = t10 & mask;
        m = Avx2.Shuffle(d.AsUInt32(), 0b01_00_01_00);
        t11 += t10 >>> LimbBits;
        t11 += Avx2.Multiply(m, Vector256.Create(Low0 | 0xb00000000UL, High0, Low0, High0).AsUInt32());
        t12 += Avx2.Multiply(m, Vector256.Create(Low1 | 0xb00000000UL, High1, Low1, High1).AsUInt32());
        t13 += Avx2.Multiply(m, Vector256.Create(Low2 | 0xb00000000UL, High2, Low2, High2).AsUInt32());
        t14 += Avx2.Multiply(m, Vector256.Create(Low3 | 0xb00000000UL, High3, Low3, High3).AsUInt32());
        t15 += Avx2.Multiply(m, Vector256.Create(Low4 | 0xb00000000UL, High4, Low4, High4).AsUInt32());
        t16 += Avx2.Multiply(m, Vector256.Create(Low5 | 0xb00000000UL, High5, Low5, High5).AsUInt32());
        t17 += Avx2.Multiply(m, Vector256.Create(Low6 | 0xb00000000UL, High6, Low6, High6).AsUInt32());
        t17 += Avx2.ShiftRightLogical128BitLane(d, 8);

        // row 11
        d = t11 & mask;
        m = Avx2.Shuffle(d.AsUInt32(), 0b01_00_01_00);
        t12 += t11 >>> LimbBits;
        t12 += Avx2.Multiply(m, Vector256.Create(Low0 | 0xc00000000UL, High0, Low0, High0).AsUInt32());
        t13 += Avx2.Multiply(m, Vector256.Create(Low1 | 0xc00000000UL, High1, Low1, High1).AsUInt32());
        t14 += Avx2.Multiply(m, Vector256.Create(Low2 | 0xc00000000UL, High2, Low2, High2).AsUInt32());
        t15 += Avx2.Multiply(m, Vector256.Create(Low3 | 0xc00000000UL, High3, Low3, High3).AsUInt32());
        t16 += Avx2.Multiply(m, Vector256.Create(Low4 | 0xc00000000UL, High4, Low4, High4).AsUInt32());
        t17 += Avx2.Multiply(m, Vector256.Create(Low5 | 0xc00000000UL, High5, Low5, High5).AsUInt32());
        t18 += Avx2.Multiply(m, Vector256.Create(Low6 | 0xc00000000UL, High6, Low6, High6).AsUInt32());
        t18 += Avx2.ShiftRightLogical128BitLane(d, 8);

        // row 12
        d = t12 & mask;
        m = Avx2.Shuffle(d.AsUInt32(), 0b01_00_01_00);
        t13 += t12 >>> LimbBits;
        t13 += Avx2.Multiply(m, Vector256.Create(Low0 | 0xd00000000UL, High0, Low0, High0).AsUInt32());
        t14 += Avx2.Multiply(m, Vector256.Create(Low1 | 0xd00000000UL, High1, Low1, High1).AsUInt32());
        t15 += Avx2.Multiply(m, Vector256.Create(Low2 | 0xd00000000UL, High2, Low2, High2).AsUInt32());
        t16 += Avx2.Multiply(m, Vector256.Create(Low3 | 0xd00000000UL, High3, Low3, High3).AsUInt32());
        t17 += Avx2.Multiply(m, Vector256.Create(Low4 | 0xd00000000UL, High4, Low4, High4).AsUInt32());
        t18 += Avx2.Multiply(m, Vector256.Create(Low5 | 0xd00000000UL, High5, Low5, High5).AsUInt32());
        t19 += Avx2.Multiply(m, Vector256.Create(Low6 | 0xd00000000UL, High6, Low6, High6).AsUInt32());
        t19 += Avx2.ShiftRightLogical128BitLane(d, 8);

        // row 13: p itself, so that the result stays below 2.3p
        d = Avx2.Multiply(t13.AsUInt32(), Vector256.Create(NegativeInverse).AsUInt32()) & mask;
        m = Avx2.Shuffle(d.AsUInt32(), 0b01_00_01_00);
        t13 += Avx2.Multiply(m, Vector256.Create(PLow0, PHigh0, PLow0, PHigh0).AsUInt32());
        t14 += Avx2.Multiply(m, Vector256.Create(PLow1, PHigh1, PLow1, PHigh1).AsUInt32());
        t15 += Avx2.Multiply(m, Vector256.Create(PLow2, PHigh2, PLow2, PHigh2).AsUInt32());
        t16 += Avx2.Multiply(m, Vector256.Create(PLow3, PHigh3, PLow3, PHigh3).AsUInt32());
        t17 += Avx2.Multiply(m, Vector256.Create(PLow4, PHigh4, PLow4, PHigh4).AsUInt32());
        t18 += Avx2.Multiply(m, Vector256.Create(PLow5, PHigh5, PLow5, PHigh5).AsUInt32());
        t19 += Avx2.Multiply(m, Vector256.Create(PLow6, PHigh6, PLow6, PHigh6).AsUInt32());
        t14 += t13 >>> LimbBits;
        V t20 = Avx2.ShiftRightLogical128BitLane(t13 & mask, 8);

        // columns 14..20 are in even lanes, 21..26 in odd ones; what is left of each goes up
        V x = t14;
        V l0 = x & mask;
        x = t15 + (x >>> LimbBits);
        l0 |= (x & mask) << LimbBits;
        x = t16 + (x >>> LimbBits);
        V l1 = x & mask;
        x = t17 + (x >>> LimbBits);
        l1 |= (x & mask) << LimbBits;
        x = t18 + (x >>> LimbBits);
        V l2 = x & mask;
        x = t19 + (x >>> LimbBits);
        l2 |= (x & mask) << LimbBits;
        x = t20 + (x >>> LimbBits);
        V l3 = x & mask;
        x = Avx2.ShiftRightLogical128BitLane(t14, 8) + (x >>> LimbBits);
        l3 |= (x & mask) << LimbBits;
        x = Avx2.ShiftRightLogical128BitLane(t15, 8) + (x >>> LimbBits);
        V l4 = x & mask;
        x = Avx2.ShiftRightLogical128BitLane(t16, 8) + (x >>> LimbBits);
        l4 |= (x & mask) << LimbBits;
        x = Avx2.ShiftRightLogical128BitLane(t17, 8) + (x >>> LimbBits);
        V l5 = x & mask;
        x = Avx2.ShiftRightLogical128BitLane(t18, 8) + (x >>> LimbBits);
        l5 |= (x & mask) << LimbBits;
        x = Avx2.ShiftRightLogical128BitLane(t19, 8) + (x >>> LimbBits);
        V l6 = x & mask;
        x >>>= LimbBits;
        l6 |= (x) << LimbBits;
        Store(ref r, l0, l1, l2, l3, l4, l5, l6);
    }
}
