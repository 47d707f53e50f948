using System.Runtime.CompilerServices;

namespace Tactus.Kernels.Secp256k1.Lanes;

/// <summary>Points (X/Z^2, Y/Z^3), one in each lane of a vector; coordinates carried.</summary>
internal struct JacobianLanes<TField>
    where TField : unmanaged, IFieldLanes<TField>
{
    public TField X;
    public TField Y;
    public TField Z;
}

/// <summary>Jacobian arithmetic on y^2 = x^3 + 7, two vectors in turn so that each hides the latency of the
/// other.</summary>
/// <remarks>
/// Formulas: Cohen, Miyaji and Ono, "Efficient elliptic curve exponentiation using mixed coordinates", ASIACRYPT 1998.
/// No case distinction: where a sum has no meaning (equal or opposite points) Z becomes 0, and it stays 0 through every
/// later
/// doubling and addition, so one test of Z at the end finds every lane in which anything went wrong.
/// </remarks>
internal static unsafe class JacobianMath<TField>
    where TField : unmanaged, IFieldLanes<TField>
{
    /// <summary>Elements of scratch.</summary>
    public const int ScratchElements = 16;

    /// <summary>p = 2 p and q = 2 q: 3 products and 4 squares each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Double(JacobianLanes<TField>* p, JacobianLanes<TField>* q, TField* t)
    {
        // l = 3X^2, s = Y^2, d = 4Xs; X' = l^2 - 2d; Y' = l(d - X') - 8s^2; Z' = 2YZ
        ref TField l0 = ref t[0], l1 = ref t[1], s0 = ref t[2], s1 = ref t[3], d0 = ref t[4], d1 = ref t[5];
        ref TField u0 = ref t[6], u1 = ref t[7], v0 = ref t[8], v1 = ref t[9];
        TField.Sqr(in p->Y, out s0);
        TField.Sqr(in q->Y, out s1);
        TField.SqrBy3(in p->X, out l0);
        TField.SqrBy3(in q->X, out l1);
        TField.MulBy4(in p->X, in s0, out d0);
        TField.MulBy4(in q->X, in s1, out d1);
        TField.Add(in p->Y, in p->Y, out u0);
        TField.Add(in q->Y, in q->Y, out u1);
        TField.Mul(in u0, in p->Z, out p->Z);
        TField.Mul(in u1, in q->Z, out q->Z);
        TField.Scale(in d0, -2, out v0);
        TField.Scale(in d1, -2, out v1);
        TField.SqrAdd(in l0, in v0, out p->X);
        TField.SqrAdd(in l1, in v1, out q->X);
        TField.Sqr(in s0, out s0);
        TField.Sqr(in s1, out s1);
        TField.Sub(in d0, in p->X, out d0);
        TField.Sub(in d1, in q->X, out d1);
        TField.Scale(in s0, -8, out s0);
        TField.Scale(in s1, -8, out s1);
        TField.MulAdd(in d0, in l0, in s0, out p->Y);
        TField.MulAdd(in d1, in l1, in s1, out q->Y);
    }

    /// <summary>p = p + (x0, y0) and q = q + (x1, y1): 8 products and 3 squares each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(
        JacobianLanes<TField>* p,
        JacobianLanes<TField>* q,
        in TField x0,
        in TField y0,
        in TField x1,
        in TField y1,
        TField* t)
    {
        // h = xZ^2 - X, r = yZ^3 - Y; X' = r^2 - h^3 - 2Xh^2; Y' = r(Xh^2 - X') - Yh^3; Z' = Zh
        ref TField zz0 = ref t[0], zz1 = ref t[1], z0 = ref t[2], z1 = ref t[3], h0 = ref t[4], h1 = ref t[5];
        ref TField r0 = ref t[6], r1 = ref t[7], m0 = ref t[8], m1 = ref t[9], v0 = ref t[10], v1 = ref t[11];
        TField.Sqr(in p->Z, out zz0);
        TField.Sqr(in q->Z, out zz1);
        TField.Scale(in p->X, -1, out m0);
        TField.Scale(in q->X, -1, out m1);
        TField.MulAdd(in x0, in zz0, in m0, out h0);
        TField.MulAdd(in x1, in zz1, in m1, out h1);
        TField.Mul(in p->Z, in zz0, out z0);
        TField.Mul(in q->Z, in zz1, out z1);
        TField.Scale(in p->Y, -1, out m0);
        TField.Scale(in q->Y, -1, out m1);
        TField.Mul(in p->Z, in h0, out p->Z);
        TField.Mul(in q->Z, in h1, out q->Z);
        TField.MulAdd(in y0, in z0, in m0, out r0);
        TField.MulAdd(in y1, in z1, in m1, out r1);
        TField.Sqr(in h0, out zz0);
        TField.Sqr(in h1, out zz1);
        TField.Mul(in h0, in zz0, out h0);
        TField.Mul(in h1, in zz1, out h1);
        TField.Mul(in p->X, in zz0, out v0);
        TField.Mul(in q->X, in zz1, out v1);
        TField.Mul(in p->Y, in h0, out z0);
        TField.Mul(in q->Y, in h1, out z1);
        TField.Scale(in v0, -2, out m0);
        TField.Scale(in v1, -2, out m1);
        TField.Sub(in m0, in h0, out m0);
        TField.Sub(in m1, in h1, out m1);
        TField.SqrAdd(in r0, in m0, out p->X);
        TField.SqrAdd(in r1, in m1, out q->X);
        TField.Sub(in v0, in p->X, out v0);
        TField.Sub(in v1, in q->X, out v1);
        TField.Scale(in z0, -1, out z0);
        TField.Scale(in z1, -1, out z1);
        TField.MulAdd(in v0, in r0, in z0, out p->Y);
        TField.MulAdd(in v1, in r1, in z1, out q->Y);
    }
}
