using System.Runtime.CompilerServices;

namespace Tactus.Kernels.Secp256k1.Lanes;

/// <summary>Products by machine code where there is some (<see cref="FieldAvx2Code"/>), else as the .NET compiler makes them: the
/// same to the bit.</summary>
/// <remarks>Not inlined: in these small methods, which the JIT compiles again once the code is there, its addresses are
/// constants.</remarks>
internal unsafe partial struct FieldAvx2
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Mul(in FieldAvx2 a, in FieldAvx2 b, out FieldAvx2 r)
    {
        fixed (FieldAvx2* pa = &a, pb = &b, pr = &r)
        {
            Run<PlainProduct>(FieldAvx2Code.Multiply, 1, pa, pb, pa, pr);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void MulAdd(in FieldAvx2 a, in FieldAvx2 b, in FieldAvx2 c, out FieldAvx2 r)
    {
        fixed (FieldAvx2* pa = &a, pb = &b, pc = &c, pr = &r)
        {
            Run<ProductPlus>(FieldAvx2Code.MultiplyAdd, 1, pa, pb, pc, pr);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void MulBy4(in FieldAvx2 a, in FieldAvx2 b, out FieldAvx2 r)
    {
        fixed (FieldAvx2* pa = &a, pb = &b, pr = &r)
        {
            Run<ProductBy4>(FieldAvx2Code.MultiplyBy4, 1, pa, pb, pa, pr);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Sqr(in FieldAvx2 a, out FieldAvx2 r)
    {
        fixed (FieldAvx2* pa = &a, pr = &r)
        {
            Run<PlainSquare>(FieldAvx2Code.Square, 1, pa, pa, pa, pr);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void SqrAdd(in FieldAvx2 a, in FieldAvx2 c, out FieldAvx2 r)
    {
        fixed (FieldAvx2* pa = &a, pc = &c, pr = &r)
        {
            Run<SquarePlus>(FieldAvx2Code.SquareAdd, 1, pa, pa, pc, pr);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void SqrBy3(in FieldAvx2 a, out FieldAvx2 r)
    {
        fixed (FieldAvx2* pa = &a, pr = &r)
        {
            Run<SquareBy3>(FieldAvx2Code.SquareBy3, 1, pa, pa, pa, pr);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void MulTwo(FieldAvx2* a, FieldAvx2* b, FieldAvx2* r) =>
        Run<PlainProduct>(FieldAvx2Code.MultiplyTwo, 2, a, b, a, r);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void MulAddTwo(FieldAvx2* a, FieldAvx2* b, FieldAvx2* c, FieldAvx2* r) =>
        Run<ProductPlus>(FieldAvx2Code.MultiplyAddTwo, 2, a, b, c, r);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void SqrAddTwo(FieldAvx2* a, FieldAvx2* c, FieldAvx2* r) =>
        Run<SquarePlus>(FieldAvx2Code.SquareAddTwo, 2, a, a, c, r);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void SqrFour(FieldAvx2* a, FieldAvx2* r) => Run<PlainSquare>(FieldAvx2Code.SquareFour, 4, a, a, a, r);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Run<TShape>(FieldAvx2Code.Code code, int vectors, FieldAvx2* a, FieldAvx2* b, FieldAvx2* c, FieldAvx2* r)
        where TShape : struct, IShape
    {
        if (!code.IsThere)
        {
            RunCompiled<TShape>(vectors, a, b, c, r);
            return;
        }

        CheckProducts(vectors, a, b);
        code.Run(a, b, c, r);
        CheckResults(vectors, r);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void RunCompiled<TShape>(int vectors, FieldAvx2* a, FieldAvx2* b, FieldAvx2* c, FieldAvx2* r)
        where TShape : struct, IShape
    {
        for (int i = 0; i < vectors; i++)
        {
            Product<TShape>(in a[i], in b[i], in c[i], out r[i]);
        }
    }

    [System.Diagnostics.Conditional("VERIFY")]
    private static void CheckProducts(int vectors, FieldAvx2* a, FieldAvx2* b)
    {
        for (int i = 0; i < vectors; i++)
        {
            CheckProduct(in a[i], in b[i]);
        }
    }

    [System.Diagnostics.Conditional("VERIFY")]
    private static void CheckResults(int vectors, FieldAvx2* r)
    {
        for (int i = 0; i < vectors; i++)
        {
            CheckCarried(in r[i]);
        }
    }
}
