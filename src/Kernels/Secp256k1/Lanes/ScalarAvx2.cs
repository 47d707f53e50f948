using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tactus.Kernels.Secp256k1.Lanes;

/// <summary>Four numbers mod the order n of the group, one in each 64-bit lane: ten limbs of 26 bits, Montgomery's
/// product.</summary>
/// <remarks>
/// Value of a lane: the sum of L[i] 2^(26 i), 0 &lt;= L[i] &lt; 2^26, below 2n. A product is a b / R mod n with R = 2^260:
/// (2n)^2 / R + n = n (4 n / 2^260) + n is at most 1.25 n, so results are factors again.
/// A column is ten products of limbs, ten of quotient digits with limbs of n, and a carry: below 20 2^52 + 2^32 &lt; 2^57.
/// Integers, because the two folds that doubles need (n = 2^256 - C, C of 129 bits) take 49 products of six operations;
/// these are 220 of two. P. Montgomery, "Modular multiplication without trial division" (1985), column by column.
/// </remarks>
internal unsafe struct ScalarAvx2
{
    /// <summary>Numbers in one vector.</summary>
    public const int Lanes = 4;

    private const int LimbCount = 10;
    private const int LimbBits = 26;
    private const ulong Mask = (1UL << LimbBits) - 1;

    /// <summary>Bits of limb 9 below 2^256.</summary>
    private const int TopBits = 256 - (9 * LimbBits);

    private static readonly PinnedMemory Memory = new(2 * PinnedMemory.SizeOf<ScalarAvx2>(1));

    /// <summary>n and 2^256 - n in every lane.</summary>
    private static readonly ScalarAvx2* Order = Constant(
        0xBFD25E8CD0364141, 0xBAAEDCE6AF48A03B, 0xFFFFFFFFFFFFFFFE, 0xFFFFFFFFFFFFFFFF);

    private static readonly ScalarAvx2* Complement = Constant(0x402DA1732FC9BEBF, 0x4551231950B75FC4, 1, 0);

    /// <summary>-1/n mod 2^26.</summary>
    private static readonly ulong QuotientFactor = MakeQuotientFactor();

    private fixed ulong _limbs[LimbCount * Lanes];

    public static bool IsSupported => Avx2.IsSupported;

    /// <summary>R^power mod n, in plain form.</summary>
    public static ScalarN PowerOfR(int power)
    {
        ScalarN x = ScalarN.One;
        for (int i = 0; i < LimbCount * LimbBits * power; i++)
        {
            x += x;
        }

        return x;
    }

    /// <summary>r = a b / R mod n, below 1.25 n. The result may be a factor.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Mul(ScalarAvx2* a, ScalarAvx2* b, ScalarAvx2* r)
    {
        Vector256<ulong>* x = (Vector256<ulong>*)a, y = (Vector256<ulong>*)b, n = (Vector256<ulong>*)Order,
            to = (Vector256<ulong>*)r;
        Vector256<ulong>* m = stackalloc Vector256<ulong>[LimbCount];
        Vector256<ulong> mask = Vector256.Create(Mask), factor = Vector256.Create(QuotientFactor);
        Vector256<ulong> column = Vector256<ulong>.Zero, other;
        for (int k = 0; k < LimbCount; k++)
        {
            other = Product(x[0], y[k]);
            for (int i = 1; i <= k; i++)
            {
                column += Product(x[i], y[k - i]);
                other += Product(m[i - 1], n[k - i + 1]);
            }

            // The digit that makes the column a multiple of 2^26.
            column += other;
            m[k] = Product(column, factor) & mask;
            column += Product(m[k], n[0]);
            column >>= LimbBits;
        }

        for (int k = LimbCount; k < (2 * LimbCount) - 1; k++)
        {
            other = Vector256<ulong>.Zero;
            for (int i = k - LimbCount + 1; i < LimbCount; i++)
            {
                column += Product(x[i], y[k - i]);
                other += Product(m[i], n[k - i]);
            }

            // Later columns read limbs from k - 8 up, so the result may lie on a factor.
            column += other;
            to[k - LimbCount] = column & mask;
            column >>= LimbBits;
        }

        to[LimbCount - 1] = column;
    }

    /// <summary>Reads four numbers below n that lie one after the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Load(ScalarN* source, ScalarAvx2* r)
    {
        Vector256<ulong>* rows = (Vector256<ulong>*)source, to = (Vector256<ulong>*)r;
        Vector256<ulong> w0 = rows[0], w1 = rows[1], w2 = rows[2], w3 = rows[3], mask = Vector256.Create(Mask);
        Transpose(ref w0, ref w1, ref w2, ref w3);
        to[0] = w0 & mask;
        to[1] = (w0 >> 26) & mask;
        to[2] = ((w0 >> 52) | (w1 << 12)) & mask;
        to[3] = (w1 >> 14) & mask;
        to[4] = ((w1 >> 40) | (w2 << 24)) & mask;
        to[5] = (w2 >> 2) & mask;
        to[6] = (w2 >> 28) & mask;
        to[7] = ((w2 >> 54) | (w3 << 10)) & mask;
        to[8] = (w3 >> 16) & mask;
        to[9] = w3 >> 42;
    }

    /// <summary>Writes four numbers, each below n, one after the other.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Store(ScalarAvx2* a, ScalarN* target)
    {
        // v + (2^256 - n) reaches 2^256 exactly if v is n or more, and is then v - n above it; v is below 2n.
        Vector256<ulong>* v = (Vector256<ulong>*)a, c = (Vector256<ulong>*)Complement;
        Vector256<ulong>* u = stackalloc Vector256<ulong>[LimbCount];
        Vector256<ulong> mask = Vector256.Create(Mask), carry = Vector256<ulong>.Zero;
        for (int i = 0; i < LimbCount - 1; i++)
        {
            carry += v[i] + c[i];
            u[i] = carry & mask;
            carry >>= LimbBits;
        }

        Vector256<ulong> top = v[9] + c[9] + carry;
        Vector256<ulong> isBelow = Vector256.Equals(top >> TopBits, Vector256<ulong>.Zero);
        u[9] = top & Vector256.Create((1UL << TopBits) - 1);
        for (int i = 0; i < LimbCount; i++)
        {
            u[i] = Vector256.ConditionalSelect(isBelow, v[i], u[i]);
        }

        Vector256<ulong> w0 = u[0] | (u[1] << 26) | (u[2] << 52);
        Vector256<ulong> w1 = (u[2] >> 12) | (u[3] << 14) | (u[4] << 40);
        Vector256<ulong> w2 = (u[4] >> 24) | (u[5] << 2) | (u[6] << 28) | (u[7] << 54);
        Vector256<ulong> w3 = (u[7] >> 10) | (u[8] << 16) | (u[9] << 42);
        Transpose(ref w0, ref w1, ref w2, ref w3);
        Vector256<ulong>* rows = (Vector256<ulong>*)target;
        rows[0] = w0;
        rows[1] = w1;
        rows[2] = w2;
        rows[3] = w3;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Product(Vector256<ulong> a, Vector256<ulong> b) =>
        Avx2.Multiply(a.AsUInt32(), b.AsUInt32());

    // 4 x 4 words; its own inverse.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(
        ref Vector256<ulong> r0, ref Vector256<ulong> r1, ref Vector256<ulong> r2, ref Vector256<ulong> r3)
    {
        Vector256<ulong> t0 = Avx2.UnpackLow(r0, r1), t1 = Avx2.UnpackHigh(r0, r1);
        Vector256<ulong> t2 = Avx2.UnpackLow(r2, r3), t3 = Avx2.UnpackHigh(r2, r3);
        r0 = Avx2.Permute2x128(t0, t2, 0x20);
        r1 = Avx2.Permute2x128(t1, t3, 0x20);
        r2 = Avx2.Permute2x128(t0, t2, 0x31);
        r3 = Avx2.Permute2x128(t1, t3, 0x31);
    }

    private static ScalarAvx2* Constant(ulong w0, ulong w1, ulong w2, ulong w3)
    {
        ScalarAvx2* constant = Memory.Take<ScalarAvx2>(1);
        ulong* limbs = (ulong*)constant;
        UInt128 low = new(w1, w0), high = new(w3, w2);
        for (int i = 0; i < LimbCount; i++)
        {
            for (int lane = 0; lane < Lanes; lane++)
            {
                limbs[(Lanes * i) + lane] = (ulong)low & Mask;
            }

            low = (low >> LimbBits) | (high << (128 - LimbBits));
            high >>= LimbBits;
        }

        return constant;
    }

    // Newton's steps double the right bits, from three.
    private static ulong MakeQuotientFactor()
    {
        ulong n = *(ulong*)Order, x = n;
        for (int bits = 3; bits < LimbBits; bits *= 2)
        {
            x *= 2 - (n * x);
        }

        return (0 - x) & Mask;
    }
}
