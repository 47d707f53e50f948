using System.Runtime.InteropServices;
using Tactus.Kernels.Secp256k1.Lanes;
using Xunit.Abstractions;

namespace Tactus.Kernels.Tests.Secp256k1Lanes;

/// <summary>Goal: products in machine code are those of the .NET compiler, to the bit, for every shape, number of vectors and way
/// in which results lie over operands.</summary>
public sealed unsafe class FieldAvx2CodeTests(ITestOutputHelper output)
{
    private const int Seed = 20261128;
    private const int Rounds = 4000;
    private const int VectorsMax = 4;
    private const int Limbs = 5;
    private const int Lanes = 4;

    [KernelTheory]
    [InlineData("secp256k1:avx2")]
    public void Every_piece_of_code_equals_the_compiled_product(string kernel)
    {
        output.WriteLine($"{kernel}, seed {Seed}");
        if (FieldAvx2Code.WhyUnsupported is { } reason)
        {
            output.WriteLine($"not run: {reason}");
            return;
        }

        Compare<PlainProduct>(FieldAvx2Code.Multiply, 1);
        Compare<ProductPlus>(FieldAvx2Code.MultiplyAdd, 1);
        Compare<ProductBy4>(FieldAvx2Code.MultiplyBy4, 1);
        Compare<PlainSquare>(FieldAvx2Code.Square, 1);
        Compare<SquarePlus>(FieldAvx2Code.SquareAdd, 1);
        Compare<SquareBy3>(FieldAvx2Code.SquareBy3, 1);
        Compare<PlainProduct>(FieldAvx2Code.MultiplyTwo, 2);
        Compare<ProductPlus>(FieldAvx2Code.MultiplyAddTwo, 2);
        Compare<SquarePlus>(FieldAvx2Code.SquareAddTwo, 2);
        Compare<PlainSquare>(FieldAvx2Code.SquareFour, 4);
    }

    private static void Compare<TShape>(FieldAvx2Code.Code code, int vectors)
        where TShape : struct, IShape
    {
        Assert.True(code.IsThere);
        var random = new Random(Seed);
        const int Elements = 4 * VectorsMax;
        var memory = (FieldAvx2*)NativeMemory.AlignedAlloc((nuint)(Elements * sizeof(FieldAvx2)), 32);
        FieldAvx2* a = memory, b = a + VectorsMax, c = b + VectorsMax, r = c + VectorsMax;
        var expected = new FieldAvx2[VectorsMax];
        for (int round = 0; round < Rounds; round++)
        {
            for (int v = 0; v < vectors; v++)
            {
                // One factor may be a sum, the addend wide.
                Fill(random, a + v, TShape.IsSquare ? 0 : 1);
                Fill(random, b + v, 0);
                Fill(random, c + v, 2);
                FieldAvx2.Product<TShape>(in a[v], in TShape.IsSquare ? ref a[v] : ref b[v], in c[v], out expected[v]);
            }

            FieldAvx2* target = (round % 4) switch
            {
                0 => r,
                1 => a,
                2 => b,
                _ => c,
            };
            code.Run(a, b, c, target);
            for (int v = 0; v < vectors; v++)
            {
                Assert.Equal(Bits(expected[v]), Bits(target[v]));
            }
        }

        NativeMemory.AlignedFree(memory);
    }

    // Limbs up to 2^extra times those of a carried element, often at the bound or zero.
    private static void Fill(Random random, FieldAvx2* element, int extra)
    {
        var limbs = (double*)element;
        for (int limb = 0; limb < Limbs; limb++)
        {
            long bound = 1L << ((limb < Limbs - 1 ? 51 : 47) + extra);
            for (int lane = 0; lane < Lanes; lane++)
            {
                limbs[(limb * Lanes) + lane] = random.Next(8) switch
                {
                    0 => bound,
                    1 => -bound,
                    2 => 0,
                    3 => random.Next(3) - 1,
                    _ => random.NextInt64(-bound, bound + 1),
                };
            }
        }
    }

    private static ulong[] Bits(FieldAvx2 element) =>
        MemoryMarshal.Cast<FieldAvx2, ulong>(new ReadOnlySpan<FieldAvx2>(in element)).ToArray();
}
