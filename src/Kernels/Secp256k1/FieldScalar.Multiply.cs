using System.Runtime.CompilerServices;
using static Tactus.Kernels.Secp256k1.WideMath;

namespace Tactus.Kernels.Secp256k1;

// Columns:    a*b = sum of c_k * 2^(52k), c_k = sum of a_i*b_(k-i), k = 0..8. Every product is split where the limbs
//             are, a_i*b_j = High*2^52 + Low, and High is added one column up, so that a column is one 64-bit word and
//             needs no carry flags: capital letters are limbs shifted left by 6, so High(A, B) = (a*b*2^12) >> 64.
// Bounds:     magnitude <= 8: limbs < 2^56 (N4 < 2^52), so High < 2^60, Low < 2^52, and a column is at most
//             5*2^60 + 5*2^52 + carry < 2^63. A doubled limb shifted by 6 is below 2^63.
// Fold:       columns 5..9 are carried to h5..h8 < 2^52, h9 < 2^53; 2^260 = Fold260 (37 bits) mod p, so the product
//             h_k*Fold260 < 2^90 is split in the same way into columns k-5 and k-4. What then lies above 2^256, x <
//             2^43, comes down as x*Fold256 < 2^76 into N0 and N1, where it needs no carry: N0 < 2^53 - 1, N1 < 2^52 +
//             2^24.
// The lane kernels multiply in the same way, in doubles; this is the form they are checked against.
internal readonly partial struct FieldScalar
{
    /// <summary>Product; magnitudes at most 8, result magnitude 1.</summary>
    public static FieldScalar operator *(in FieldScalar a, in FieldScalar b)
    {
        a.VerifyMagnitude(8);
        b.VerifyMagnitude(8);
        ulong a0 = a.N0, a1 = a.N1, a2 = a.N2, a3 = a.N3, a4 = a.N4;
        ulong b0 = b.N0, b1 = b.N1, b2 = b.N2, b3 = b.N3, b4 = b.N4;
        ulong A0 = a0 << 6, A1 = a1 << 6, A2 = a2 << 6, A3 = a3 << 6, A4 = a4 << 6;
        ulong B0 = b0 << 6, B1 = b1 << 6, B2 = b2 << 6, B3 = b3 << 6, B4 = b4 << 6;

        ulong c = Low(a1, b4) + Low(a2, b3) + Low(a3, b2) + Low(a4, b1)
            + High(A0, B4) + High(A1, B3) + High(A2, B2) + High(A3, B1) + High(A4, B0);
        ulong h5 = c & Mask52;
        c = (c >> 52) + Low(a2, b4) + Low(a3, b3) + Low(a4, b2)
            + High(A1, B4) + High(A2, B3) + High(A3, B2) + High(A4, B1);
        ulong h6 = c & Mask52;
        c = (c >> 52) + Low(a3, b4) + Low(a4, b3) + High(A2, B4) + High(A3, B3) + High(A4, B2);
        ulong h7 = c & Mask52;
        c = (c >> 52) + Low(a4, b4) + High(A3, B4) + High(A4, B3);
        ulong h8 = c & Mask52;
        ulong h9 = (c >> 52) + High(A4, B4);

        c = Low(a0, b0) + Low(h5, Fold260);
        ulong n0 = c & Mask52;
        c = (c >> 52) + Low(a0, b1) + Low(a1, b0) + Low(h6, Fold260) + High(A0, B0) + High(h5, Fold260 << 12);
        ulong n1 = c & Mask52;
        c = (c >> 52) + Low(a0, b2) + Low(a1, b1) + Low(a2, b0) + Low(h7, Fold260)
            + High(A0, B1) + High(A1, B0) + High(h6, Fold260 << 12);
        ulong n2 = c & Mask52;
        c = (c >> 52) + Low(a0, b3) + Low(a1, b2) + Low(a2, b1) + Low(a3, b0) + Low(h8, Fold260)
            + High(A0, B2) + High(A1, B1) + High(A2, B0) + High(h7, Fold260 << 12);
        ulong n3 = c & Mask52;
        c = (c >> 52) + Low(a0, b4) + Low(a1, b3) + Low(a2, b2) + Low(a3, b1) + Low(a4, b0) + Low(h9, Fold260)
            + High(A0, B3) + High(A1, B2) + High(A2, B1) + High(A3, B0) + High(h8, Fold260 << 12);
        return FoldTop(n0, n1, n2, n3, c, h9);
    }

    /// <summary>Square; magnitude at most 8, result magnitude 1: equal products once, with a doubled factor.</summary>
    public FieldScalar Square()
    {
        VerifyMagnitude(8);
        ulong a0 = N0, a1 = N1, a2 = N2, a3 = N3, a4 = N4;
        ulong d0 = a0 << 1, d1 = a1 << 1, d2 = a2 << 1, d3 = a3 << 1;
        ulong A0 = a0 << 6, A1 = a1 << 6, A2 = a2 << 6, A3 = a3 << 6, A4 = a4 << 6;
        ulong D0 = a0 << 7, D1 = a1 << 7, D2 = a2 << 7, D3 = a3 << 7;

        ulong c = Low(d1, a4) + Low(d2, a3) + High(D0, A4) + High(D1, A3) + High(A2, A2);
        ulong h5 = c & Mask52;
        c = (c >> 52) + Low(d2, a4) + Low(a3, a3) + High(D1, A4) + High(D2, A3);
        ulong h6 = c & Mask52;
        c = (c >> 52) + Low(d3, a4) + High(D2, A4) + High(A3, A3);
        ulong h7 = c & Mask52;
        c = (c >> 52) + Low(a4, a4) + High(D3, A4);
        ulong h8 = c & Mask52;
        ulong h9 = (c >> 52) + High(A4, A4);

        c = Low(a0, a0) + Low(h5, Fold260);
        ulong n0 = c & Mask52;
        c = (c >> 52) + Low(d0, a1) + Low(h6, Fold260) + High(A0, A0) + High(h5, Fold260 << 12);
        ulong n1 = c & Mask52;
        c = (c >> 52) + Low(d0, a2) + Low(a1, a1) + Low(h7, Fold260) + High(D0, A1) + High(h6, Fold260 << 12);
        ulong n2 = c & Mask52;
        c = (c >> 52) + Low(d0, a3) + Low(d1, a2) + Low(h8, Fold260)
            + High(D0, A2) + High(A1, A1) + High(h7, Fold260 << 12);
        ulong n3 = c & Mask52;
        c = (c >> 52) + Low(d0, a4) + Low(d1, a3) + Low(a2, a2) + Low(h9, Fold260)
            + High(D0, A3) + High(D1, A2) + High(h8, Fold260 << 12);
        return FoldTop(n0, n1, n2, n3, c, h9);
    }

    /// <summary>Squares <paramref name="times"/> times.</summary>
    public FieldScalar Square(int times)
    {
        FieldScalar t = this;
        for (int i = 0; i < times; i++)
        {
            t = t.Square();
        }

        return t;
    }

    // Column 4 keeps 48 bits; its rest folds, and the High of h9*Fold260, which belongs to column 5 (2^260 = 16 *
    // 2^256).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static FieldScalar FoldTop(ulong n0, ulong n1, ulong n2, ulong n3, ulong c4, ulong h9)
    {
        ulong x = (c4 >> 48) + (High(h9, Fold260 << 12) << 4);
        Check(x >> 43 == 0, "excess above 2^256 below 2^43");
        return new(n0 + Low(x, Fold256), n1 + High(x, Fold256 << 12), n2, n3, c4 & Mask48, 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Low(ulong a, ulong b) => (a * b) & Mask52;
}
