// Value represented and range of every limb: FieldAvx2.Products.cs, whose operations these are, in the same order within a column, so
// that every result is the same to the bit.
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tactus.Kernels.MachineCode;

namespace Tactus.Kernels.Secp256k1.Lanes;

/// <summary>Products of one, two or four neighbouring vectors of <see cref="FieldAvx2"/> in machine code.</summary>
/// <remarks>
/// A product is 240 operations, of which the last third wait for each other: Zen 3, which looks ahead over some 140 of them, would do
/// four a cycle and gets to half of that. The code of several products runs the end of one beside the start of the next
/// (<see cref="VectorProgram.Overlap"/>), which the .NET compiler, with sixteen registers for two products, spoils by what it saves.
/// </remarks>
internal static unsafe partial class FieldAvx2Code
{
    private const int LimbCount = 5;
    private const int ElementBytes = LimbCount * VectorProgram.VectorBytes;

    // Arguments of the code.
    private const int A = 0;
    private const int B = 1;
    private const int C = 2;
    private const int R = 3;
    private const int Constants = 4;

    // Where the last part of a product begins: the point from which most of it waits for what is before. Measured: anything
    // from two thirds to the second fold is within 3 %.
    private const double LastPart = 0.7;

    /// <summary>Why there is no such code, or null.</summary>
    public static string? WhyUnsupported { get; private set; } =
        ExecutableMemory.WhyUnsupported ?? (FieldAvx2.IsSupported ? null : "needs AVX2 and FMA");

    public static readonly Code Multiply = Place<PlainProduct>(1);

    public static readonly Code MultiplyAdd = Place<ProductPlus>(1);

    public static readonly Code MultiplyBy4 = Place<ProductBy4>(1);

    public static readonly Code Square = Place<PlainSquare>(1);

    public static readonly Code SquareAdd = Place<SquarePlus>(1);

    public static readonly Code SquareBy3 = Place<SquareBy3>(1);

    public static readonly Code MultiplyTwo = Place<PlainProduct>(2);

    public static readonly Code MultiplyAddTwo = Place<ProductPlus>(2);

    public static readonly Code SquareAddTwo = Place<SquarePlus>(2);

    public static readonly Code SquareFour = Place<PlainSquare>(4);

    private static Code Place<TShape>(int vectors)
        where TShape : struct, IShape
    {
        if (WhyUnsupported is not null)
        {
            return default;
        }

        VectorProgram program = FieldAvx2.ProgramOf<TShape>(vectors, LastPart, A, B, C, R);
        void* entry = ExecutableMemory.TryPlace(VectorCompiler.Compile(program, Constants), out string? problem);
        if (entry == null)
        {
            WhyUnsupported = problem;
            return default;
        }

        nuint bytes = (nuint)(program.Constants.Count * VectorProgram.VectorBytes);
        var constants = (ulong*)NativeMemory.AlignedAlloc(bytes, VectorProgram.VectorBytes);
        for (int i = 0; i < program.Constants.Count * 4; i++)
        {
            constants[i] = program.Constants[i / 4];
        }

        return new Code(entry, constants);
    }

    /// <summary>A piece of code for neighbouring vectors; <c>default</c> where there is none.</summary>
    internal readonly struct Code(void* entry, ulong* constants)
    {
        private readonly void* _entry = entry;
        private readonly ulong* _constants = constants;

        public bool IsThere => _entry != null;

        /// <summary>r[i] from a[i], b[i] and c[i]; what the shape does not use is not read. r may be a, b or c.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Run(FieldAvx2* a, FieldAvx2* b, FieldAvx2* c, FieldAvx2* r) =>
            ((delegate* unmanaged[SuppressGCTransition]<void*, void*, void*, void*, void*, void>)_entry)(a, b, c, r, _constants);
    }
}
