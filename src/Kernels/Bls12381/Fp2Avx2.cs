using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using V = System.Runtime.Intrinsics.Vector256<ulong>;

namespace Tactus.Kernels.Bls12381;

// Products in F_p2 in the four lanes of AVX2: the parts of one product side by side, not four products.
//
// Value represented   as in Fp, limbs of 56 bits; each is split into two digits of 28 bits, whose product fits the
//                     widest multiplier of AVX2, 32 x 32 -> 64 bits. 14 digits, R = 2^392.
// Ranges              both factors may be sums of two tight elements (AddFactor): limbs < 2^57, v < 8p. Results tight.
// Lanes               of a column t[k] while it is reduced: column k of the first result, its column k + 7, and the
//                     same of the second. So seven vectors hold p, and a row adds seven products instead of fourteen.
// Reduction           row i < 13 adds m*N, m the low digit of column i and N = p*(-1/p mod 2^28) = 2^28*D - 1:
//                     column + m*N = (column - m) + 2^28*m*D, an exact division by 2^28 without a product for m.
//                     Row 13 adds m*p, m = -column/p. The result is below v/R + D + p with D < p, so below 2.3p for
//                     sums of products v < 2^9*p^2.
// Bounds              only odd digits of a loose limb pass 28 bits: to 5*2^28 in 16p + a - b, 2^30 in a + b + c + d. A
//                     column gathers at most 7 products of two such, 7 of even digits, 14 of m*D and a carry: below
//                     162*2^56 < 2^64.
// Constant time       no branch and no address depends on a value.
// Source              a multiple of p that is -1 to the base saves the product for m: Gueron, Krasnov, eprint 2013/816,
//                     section 4, has a p of that form. The split over lanes is this file's own.
internal static partial class Fp2Avx2
{
    private const int LimbBits = 28;
    private const ulong DigitMask = (1UL << LimbBits) - 1;

    // -1/p mod 2^28
    private const ulong NegativeInverse = 0xffcfffd;

    // digits j and j + 7 of D, of p
    private const ulong Low0 = 0x2faabb;
    private const ulong High0 = 0xf43940d;
    private const ulong Low1 = 0x4c203d2;
    private const ulong High1 = 0xde40cc3;
    private const ulong Low2 = 0x2c07e7a;
    private const ulong High2 = 0xef9c7a5;
    private const ulong Low3 = 0x18f8f15;
    private const ulong High3 = 0x25598bb;
    private const ulong Low4 = 0x6c7b6b8;
    private const ulong High4 = 0xc2b4463;
    private const ulong Low5 = 0x961f5b3;
    private const ulong High5 = 0x1b1fd61;
    private const ulong Low6 = 0xe3a59f5;
    private const ulong High6 = 0x19fc3;
    private const ulong PLow0 = 0xfffaaab;
    private const ulong PHigh0 = 0xf38512b;
    private const ulong PLow1 = 0xfefffff;
    private const ulong PHigh1 = 0x4774b84;
    private const ulong PLow2 = 0x3ffffb9;
    private const ulong PHigh2 = 0x4bacd76;
    private const ulong PLow3 = 0xfffeb15;
    private const ulong PHigh3 = 0xba7b643;
    private const ulong PLow4 = 0x6241eab;
    private const ulong PHigh4 = 0xe69a4b1;
    private const ulong PLow5 = 0xa0f6b0f;
    private const ulong PHigh5 = 0x1ea397f;
    private const ulong PLow6 = 0xf6730d2;
    private const ulong PHigh6 = 0x1a011;

    public static bool IsSupported => Avx2.IsSupported;

    // 16p with limbs above every sum of two tight limbs: differences from it are not negative
    private static Vector128<ulong> SixteenP0 => Vector128.Create(0x2effffffffaaab0UL, 0x2ffeb153ffffb9d);

    private static Vector128<ulong> SixteenP1 => Vector128.Create(0x20f6b0f6241eabdUL, 0x238512bf6730d28);

    private static Vector128<ulong> SixteenP2 => Vector128.Create(0x2bacd764774b84dUL, 0x269a4b1ba7b6432);

    private static Vector128<ulong> SixteenP3 => Vector128.Create(0x1a0111ea397fcUL, 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(ref ulong r, V l0, V l1, V l2, V l3, V l4, V l5, V l6)
    {
        V l01 = Avx2.UnpackLow(l0, l1);
        V l23 = Avx2.UnpackLow(l2, l3);
        V l45 = Avx2.UnpackLow(l4, l5);
        l01.GetLower().StoreUnsafe(ref r);
        l23.GetLower().StoreUnsafe(ref r, 2);
        l45.GetLower().StoreUnsafe(ref r, 4);
        Unsafe.Add(ref r, 6) = l6.ToScalar();
        l01.GetUpper().StoreUnsafe(ref r, 7);
        l23.GetUpper().StoreUnsafe(ref r, 9);
        l45.GetUpper().StoreUnsafe(ref r, 11);
        Unsafe.Add(ref r, 13) = l6.GetUpper().ToScalar();
    }
}
