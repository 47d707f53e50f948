using System.Runtime.CompilerServices;

namespace Tactus.Kernels.Secp256k1.Lanes;

/// <summary>Inverses and square roots in lanes.</summary>
/// <remarks>
/// (p + 1)/4 is, in binary, a block of 223 ones, a zero, a block of 22 ones and a few more bits; the chain is that of
/// <see cref="FieldScalar"/>. A chain is a long line of dependent squarings, so several vectors are worked on in turn,
/// which hides
/// the latency of one behind the others.
/// </remarks>
internal static unsafe class FieldPowers<TField>
    where TField : unmanaged, IFieldLanes<TField>
{
    /// <summary>Vectors that <see cref="SquareRoots"/> works on in turn.</summary>
    public const int Group = 4;

    /// <summary>Elements of scratch that <see cref="SquareRoots"/> needs.</summary>
    public const int ScratchElements = 7 * Group;

    /// <summary>roots[i] = a[i]^((p + 1)/4) for <see cref="Group"/> carried elements: a square root where there is
    /// one.</summary>
    public static void SquareRoots(TField* a, TField* roots, TField* scratch)
    {
        TField* ones2 = scratch, ones3 = scratch + Group, ones11 = scratch + (2 * Group), ones22 = scratch
            + (3 * Group);
        TField* ones44 = scratch + (4 * Group), t = scratch + (5 * Group), u = scratch + (6 * Group);
        Raise(a, 1, a, ones2);
        Raise(ones2, 1, a, ones3);
        Raise(ones3, 3, ones3, t);
        Raise(t, 3, ones3, t);
        Raise(t, 2, ones2, ones11);
        Raise(ones11, 11, ones11, ones22);
        Raise(ones22, 22, ones22, ones44);
        Raise(ones44, 44, ones44, t);
        Raise(t, 88, t, u);
        Raise(u, 44, ones44, t);
        Raise(t, 3, ones3, t);
        Raise(t, 23, ones22, t);
        Raise(t, 6, ones2, t);
        TField.SqrFour(t, t);
        TField.SqrFour(t, roots);
    }

    /// <summary>
    /// r = 1/a in each lane, by one scalar inversion: the product of the lanes is inverted and multiplied back. No lane
    /// of
    /// the carried <paramref name="a"/> may be zero.
    /// </summary>
    public static void Invert(in TField a, out TField r)
    {
        Packed256* packed = stackalloc Packed256[TField.Lanes + 1];
        packed = (Packed256*)(((nuint)packed + 31) & ~(nuint)31);
        ulong* references = stackalloc ulong[TField.Lanes];
        for (int lane = 0; lane < TField.Lanes; lane++)
        {
            references[lane] = (ulong)(packed + lane);
        }

        TField.Store(in a, references);
        Span<FieldScalar> values = stackalloc FieldScalar[TField.Lanes];
        Span<FieldScalar> products = stackalloc FieldScalar[TField.Lanes];
        for (int lane = 0; lane < TField.Lanes; lane++)
        {
            packed[lane].ToWords(out ulong w0, out ulong w1, out ulong w2, out ulong w3);
            values[lane] = FieldScalar.FromWords(w3, w2, w1, w0);
            products[lane] = lane == 0 ? values[0] : products[lane - 1] * values[lane];
        }

        FieldScalar inverse = ModularInverse.OfElement(products[TField.Lanes - 1]);
        for (int lane = TField.Lanes - 1; lane >= 0; lane--)
        {
            FieldScalar one = lane == 0 ? inverse : inverse * products[lane - 1];
            inverse *= values[lane];
            packed[lane] = Packed256.FromScalar(one);
        }

        TField.Load(references, out r);
    }

    // r = a^(2^squarings) b
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Raise(TField* a, int squarings, TField* b, TField* r)
    {
        TField.SqrFour(a, r);
        for (int n = 1; n < squarings; n++)
        {
            TField.SqrFour(r, r);
        }

        for (int i = 0; i < Group; i += 2)
        {
            TField.MulTwo(r + i, b + i, r + i);
        }
    }
}
