using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tactus.Kernels.Secp256k1.Lanes;

/// <summary>Between lanes and packed elements at rest: transposes of 64-bit words and cutting into limbs.</summary>
internal unsafe partial struct FieldAvx512
{
    public static void Broadcast(in Packed256 value, out FieldAvx512 r) => Unpack(
        Vector512.Create(value.W0),
        Vector512.Create(value.W1),
        Vector512.Create(value.W2),
        Vector512.Create(value.W3),
        out r);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Load(ulong* references, out FieldAvx512 r)
    {
        Vector512<ulong> a0 = Pair(references, 0), a1 = Pair(references, 1);
        Vector512<ulong> a2 = Pair(references, 2), a3 = Pair(references, 3);

        // a[i] holds the words of lanes i and i + 4.
        Vector512<ulong> t0 = Avx512F.UnpackLow(a0, a1), t1 = Avx512F.UnpackHigh(a0, a1);
        Vector512<ulong> t2 = Avx512F.UnpackLow(a2, a3), t3 = Avx512F.UnpackHigh(a2, a3);
        Vector512<ulong> w02 = Vector512.Create(0UL, 1, 8, 9, 4, 5, 12, 13),
            w13 = Vector512.Create(2UL, 3, 10, 11, 6, 7, 14, 15);
        Unpack(
            Avx512F.PermuteVar8x64x2(t0, w02, t2),
            Avx512F.PermuteVar8x64x2(t1, w02, t3),
            Avx512F.PermuteVar8x64x2(t0, w13, t2),
            Avx512F.PermuteVar8x64x2(t1, w13, t3),
            out r);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Store(in FieldAvx512 a, ulong* references)
    {
        Pack(in a, out Vector512<ulong> w0, out Vector512<ulong> w1, out Vector512<ulong> w2, out Vector512<ulong> w3);
        for (int lane = 0; lane < 8; lane++)
        {
            Packed256* item = (Packed256*)(references[lane] & ~1UL);
            item->W0 = w0[lane];
            item->W1 = w1[lane];
            item->W2 = w2[lane];
            item->W3 = w3[lane];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void LoadPoint(ulong* references, out FieldAvx512 x, out FieldAvx512 y)
    {
        Vector512<ulong> r0 = *Row(references, 0), r1 = *Row(references, 1);
        Vector512<ulong> r2 = *Row(references, 2), r3 = *Row(references, 3);
        Vector512<ulong> r4 = *Row(references, 4), r5 = *Row(references, 5);
        Vector512<ulong> r6 = *Row(references, 6), r7 = *Row(references, 7);
        Transpose(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5, ref r6, ref r7);
        Unpack(r0, r1, r2, r3, out x);
        Unpack(r4, r5, r6, r7, out y);
        Negate(ref y, *(Vector512<ulong>*)references << 63);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void StorePoint(in FieldAvx512 x, in FieldAvx512 y, ulong* references)
    {
        Pack(in x, out Vector512<ulong> r0, out Vector512<ulong> r1, out Vector512<ulong> r2, out Vector512<ulong> r3);
        Pack(in y, out Vector512<ulong> r4, out Vector512<ulong> r5, out Vector512<ulong> r6, out Vector512<ulong> r7);
        Transpose(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5, ref r6, ref r7);
        *Row(references, 0) = r0;
        *Row(references, 1) = r1;
        *Row(references, 2) = r2;
        *Row(references, 3) = r3;
        *Row(references, 4) = r4;
        *Row(references, 5) = r5;
        *Row(references, 6) = r6;
        *Row(references, 7) = r7;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong>* Row(ulong* references, int lane) => (Vector512<ulong>*)(references[lane] & ~1UL);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Pair(ulong* references, int lane) => Vector512.Create(
        *(Vector256<ulong>*)(references[lane] & ~1UL),
        *(Vector256<ulong>*)(references[lane + 4] & ~1UL));

    /// <summary>8 x 8 transpose of 64-bit words: pairs, then 128-bit quarters twice.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(
        ref Vector512<ulong> r0,
        ref Vector512<ulong> r1,
        ref Vector512<ulong> r2,
        ref Vector512<ulong> r3,
        ref Vector512<ulong> r4,
        ref Vector512<ulong> r5,
        ref Vector512<ulong> r6,
        ref Vector512<ulong> r7)
    {
        Vector512<ulong> t0 = Avx512F.UnpackLow(r0, r1), t1 = Avx512F.UnpackHigh(r0, r1);
        Vector512<ulong> t2 = Avx512F.UnpackLow(r2, r3), t3 = Avx512F.UnpackHigh(r2, r3);
        Vector512<ulong> t4 = Avx512F.UnpackLow(r4, r5), t5 = Avx512F.UnpackHigh(r4, r5);
        Vector512<ulong> t6 = Avx512F.UnpackLow(r6, r7), t7 = Avx512F.UnpackHigh(r6, r7);

        // Quarter q of t[2k] holds words (2q) of rows 2k, 2k+1; of t[2k+1] words (2q + 1).
        Vector512<ulong> u0 = Avx512F.Shuffle4x128(t0, t2, 0x88), u1 = Avx512F.Shuffle4x128(t1, t3, 0x88);
        Vector512<ulong> u2 = Avx512F.Shuffle4x128(t0, t2, 0xDD), u3 = Avx512F.Shuffle4x128(t1, t3, 0xDD);
        Vector512<ulong> u4 = Avx512F.Shuffle4x128(t4, t6, 0x88), u5 = Avx512F.Shuffle4x128(t5, t7, 0x88);
        Vector512<ulong> u6 = Avx512F.Shuffle4x128(t4, t6, 0xDD), u7 = Avx512F.Shuffle4x128(t5, t7, 0xDD);
        r0 = Avx512F.Shuffle4x128(u0, u4, 0x88);
        r1 = Avx512F.Shuffle4x128(u1, u5, 0x88);
        r2 = Avx512F.Shuffle4x128(u2, u6, 0x88);
        r3 = Avx512F.Shuffle4x128(u3, u7, 0x88);
        r4 = Avx512F.Shuffle4x128(u0, u4, 0xDD);
        r5 = Avx512F.Shuffle4x128(u1, u5, 0xDD);
        r6 = Avx512F.Shuffle4x128(u2, u6, 0xDD);
        r7 = Avx512F.Shuffle4x128(u3, u7, 0xDD);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Unpack(Vector512<ulong> w0, Vector512<ulong> w1, Vector512<ulong> w2, Vector512<ulong> w3,
        out FieldAvx512 r)
    {
        Vector512<ulong> digit = Vector512.Create(Digit52), low = Vector512.Create(LowBits);
        Vector512<double> lowHalf = Vector512.Create(LowHalf52);
        r.L0 = ((w0 & digit) | low).AsDouble() - lowHalf;
        r.L1 = ((((w0 >> 52) | (w1 << 12)) & digit) | low).AsDouble() - lowHalf;
        r.L2 = ((((w1 >> 40) | (w2 << 24)) & digit) | low).AsDouble() - lowHalf;
        r.L3 = ((((w2 >> 28) | (w3 << 36)) & digit) | low).AsDouble() - lowHalf;
        r.L4 = ((w3 >> 16) | low).AsDouble() - Vector512.Create(4503599627370496d + 140737488355328d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pack(in FieldAvx512 a, out Vector512<ulong> w0, out Vector512<ulong> w1,
        out Vector512<ulong> w2, out Vector512<ulong> w3)
    {
        Vector512<double> middle = Vector512.Create(Middle);
        Vector512<ulong> digit = Vector512.Create(Digit52);
        Vector512<ulong> y4 = (a.L4 + Vector512.Create(4503599627370496d + 140737488355328d)).AsUInt64();
        if (Vector512.EqualsAll(y4 >> 48, Vector512.Create(LowBits >> 48)))
        {
            // The mantissa of 3 2^51 + L is 2^51 + L: the digit wanted.
            Vector512<ulong> y0 = (a.L0 + middle).AsUInt64() & digit, y1 = (a.L1 + middle).AsUInt64() & digit;
            Vector512<ulong> y2 = (a.L2 + middle).AsUInt64() & digit, y3 = (a.L3 + middle).AsUInt64() & digit;
            w0 = y0 | (y1 << 52);
            w1 = (y1 >> 12) | (y2 << 40);
            w2 = (y2 >> 24) | (y3 << 28);
            w3 = (y3 >> 36) | (y4 << 16);
            return;
        }

        PackSlowly(in a, out w0, out w1, out w2, out w3);
    }

    /// <summary>A top limb outside its half range (one product in 2^40): fold it through the integer form, lane by
    /// lane.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void PackSlowly(
        in FieldAvx512 a,
        out Vector512<ulong> w0,
        out Vector512<ulong> w1,
        out Vector512<ulong> w2,
        out Vector512<ulong> w3)
    {
        w0 = w1 = w2 = w3 = default;
        for (int lane = 0; lane < 8; lane++)
        {
            Packed256 item = Packed256.FromLimbs(a.L0[lane], a.L1[lane], a.L2[lane], a.L3[lane], a.L4[lane]);
            w0 = w0.WithElement(lane, item.W0);
            w1 = w1.WithElement(lane, item.W1);
            w2 = w2.WithElement(lane, item.W2);
            w3 = w3.WithElement(lane, item.W3);
        }
    }
}
