using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tactus.Kernels.Secp256k1.Lanes;

/// <summary>Between lanes and packed elements at rest: transposes of 64-bit words and cutting into limbs.</summary>
internal unsafe partial struct FieldAvx2
{
    public static void Broadcast(in Packed256 value, out FieldAvx2 r) => Unpack(
        Vector256.Create(value.W0),
        Vector256.Create(value.W1),
        Vector256.Create(value.W2),
        Vector256.Create(value.W3),
        out r);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Load(ulong* references, out FieldAvx2 r)
    {
        Vector256<ulong> r0 = *Row(references, 0), r1 = *Row(references, 1), r2 = *Row(references, 2),
            r3 = *Row(references, 3);
        Transpose(ref r0, ref r1, ref r2, ref r3);
        Unpack(r0, r1, r2, r3, out r);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Store(in FieldAvx2 a, ulong* references)
    {
        Pack(in a, out Vector256<ulong> r0, out Vector256<ulong> r1, out Vector256<ulong> r2, out Vector256<ulong> r3);
        Transpose(ref r0, ref r1, ref r2, ref r3);
        *Row(references, 0) = r0;
        *Row(references, 1) = r1;
        *Row(references, 2) = r2;
        *Row(references, 3) = r3;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void LoadPoint(ulong* references, out FieldAvx2 x, out FieldAvx2 y)
    {
        Vector256<ulong> r0 = *Row(references, 0), r1 = *Row(references, 1), r2 = *Row(references, 2),
            r3 = *Row(references, 3);
        Transpose(ref r0, ref r1, ref r2, ref r3);
        Unpack(r0, r1, r2, r3, out x);
        r0 = Row(references, 0)[1];
        r1 = Row(references, 1)[1];
        r2 = Row(references, 2)[1];
        r3 = Row(references, 3)[1];
        Transpose(ref r0, ref r1, ref r2, ref r3);
        Unpack(r0, r1, r2, r3, out y);
        Negate(ref y, *(Vector256<ulong>*)references << 63);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void StorePoint(in FieldAvx2 x, in FieldAvx2 y, ulong* references)
    {
        Store(in x, references);
        Pack(in y, out Vector256<ulong> r0, out Vector256<ulong> r1, out Vector256<ulong> r2, out Vector256<ulong> r3);
        Transpose(ref r0, ref r1, ref r2, ref r3);
        Row(references, 0)[1] = r0;
        Row(references, 1)[1] = r1;
        Row(references, 2)[1] = r2;
        Row(references, 3)[1] = r3;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong>* Row(ulong* references, int lane) => (Vector256<ulong>*)(references[lane] & ~1UL);

    /// <summary>4 x 4 transpose of 64-bit words.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(ref Vector256<ulong> r0, ref Vector256<ulong> r1, ref Vector256<ulong> r2,
        ref Vector256<ulong> r3)
    {
        Vector256<ulong> t0 = Avx2.UnpackLow(r0, r1), t1 = Avx2.UnpackHigh(r0, r1);
        Vector256<ulong> t2 = Avx2.UnpackLow(r2, r3), t3 = Avx2.UnpackHigh(r2, r3);
        r0 = Avx2.Permute2x128(t0, t2, 0x20);
        r1 = Avx2.Permute2x128(t1, t3, 0x20);
        r2 = Avx2.Permute2x128(t0, t2, 0x31);
        r3 = Avx2.Permute2x128(t1, t3, 0x31);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Unpack(Vector256<ulong> w0, Vector256<ulong> w1, Vector256<ulong> w2, Vector256<ulong> w3,
        out FieldAvx2 r)
    {
        Vector256<ulong> digit = Vector256.Create(Digit52), low = Vector256.Create(LowBits);
        Vector256<double> lowHalf = Vector256.Create(LowHalf52);
        r.L0 = ((w0 & digit) | low).AsDouble() - lowHalf;
        r.L1 = ((((w0 >> 52) | (w1 << 12)) & digit) | low).AsDouble() - lowHalf;
        r.L2 = ((((w1 >> 40) | (w2 << 24)) & digit) | low).AsDouble() - lowHalf;
        r.L3 = ((((w2 >> 28) | (w3 << 36)) & digit) | low).AsDouble() - lowHalf;
        r.L4 = ((w3 >> 16) | low).AsDouble() - Vector256.Create(4503599627370496d + 140737488355328d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pack(in FieldAvx2 a, out Vector256<ulong> w0, out Vector256<ulong> w1, out Vector256<ulong> w2,
        out Vector256<ulong> w3)
    {
        Vector256<double> middle = Vector256.Create(Middle);
        Vector256<ulong> digit = Vector256.Create(Digit52);
        Vector256<ulong> y4 = (a.L4 + Vector256.Create(4503599627370496d + 140737488355328d)).AsUInt64();
        if (Vector256.EqualsAll(y4 >> 48, Vector256.Create(LowBits >> 48)))
        {
            // The mantissa of 3 2^51 + L is 2^51 + L: the digit wanted.
            Vector256<ulong> y0 = (a.L0 + middle).AsUInt64() & digit, y1 = (a.L1 + middle).AsUInt64() & digit;
            Vector256<ulong> y2 = (a.L2 + middle).AsUInt64() & digit, y3 = (a.L3 + middle).AsUInt64() & digit;
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
        in FieldAvx2 a,
        out Vector256<ulong> w0,
        out Vector256<ulong> w1,
        out Vector256<ulong> w2,
        out Vector256<ulong> w3)
    {
        w0 = w1 = w2 = w3 = default;
        for (int lane = 0; lane < 4; lane++)
        {
            Packed256 item = Packed256.FromLimbs(a.L0[lane], a.L1[lane], a.L2[lane], a.L3[lane], a.L4[lane]);
            w0 = w0.WithElement(lane, item.W0);
            w1 = w1.WithElement(lane, item.W1);
            w2 = w2.WithElement(lane, item.W2);
            w3 = w3.WithElement(lane, item.W3);
        }
    }
}
