using Tactus.Kernels.MachineCode;

namespace Tactus.Kernels.Secp256k1.Lanes;

/// <summary>A product as a list of steps for machine code: the same operations as <c>Product</c>.</summary>
internal partial struct FieldAvx2
{
    private const int LimbCount = 5;
    private const int ColumnCount = 2 * LimbCount;

    /// <summary>The products of neighbouring vectors, each from where the last part of the one before begins.</summary>
    /// <param name="vectors">How many.</param>
    /// <param name="lastPart">Where the last part of a product begins, as a share of it.</param>
    /// <param name="a">Which argument points to the first factors; so for the second ones, the addends and the results.</param>
    internal static VectorProgram ProgramOf<TShape>(int vectors, double lastPart, int a, int b, int c, int r)
        where TShape : struct, IShape
    {
        var program = new VectorProgram();
        Span<int> starts = stackalloc int[vectors];
        for (int v = 0; v < vectors; v++)
        {
            starts[v] = program.Steps.Count;
            int offset = v * LimbCount * VectorProgram.VectorBytes;
            new ProductSteps(program, TShape.IsSquare, TShape.Scale, TShape.HasAddend).Write(
                Limbs(a, offset), Limbs(b, offset), Limbs(c, offset), Limbs(r, offset));
        }

        if (vectors > 1)
        {
            program.Overlap(starts, (int)(starts[1] * lastPart));
        }

        return program;
    }

    private static VectorValue[] Limbs(int argument, int offset)
    {
        var limbs = new VectorValue[LimbCount];
        for (int i = 0; i < LimbCount; i++)
        {
            limbs[i] = VectorProgram.Argument(argument, offset + (i * VectorProgram.VectorBytes));
        }

        return limbs;
    }

    /// <summary>The steps of one product.</summary>
    private sealed class ProductSteps(VectorProgram program, bool isSquare, int scale, bool hasAddend)
    {
        private readonly VectorValue[] _columns = new VectorValue[ColumnCount];
        private readonly VectorValue _high = program.Constant(High);
        private readonly VectorValue _middle = program.Constant(Middle);
        private readonly VectorValue _digit = program.Constant(Digit52);
        private readonly VectorValue _low = program.Constant(LowBits);
        private readonly VectorValue _lowHalf = program.Constant(LowHalf52);

        public void Write(VectorValue[] a, VectorValue[] b, VectorValue[] addend, VectorValue[] result)
        {
            b = isSquare ? a : b;
            var twice = new VectorValue[LimbCount - 1];
            for (int i = 0; isSquare && i < twice.Length; i++)
            {
                twice[i] = program.Add(a[i], a[i]);
            }

            for (int sum = LimbCount - 1; sum < ColumnCount - 1; sum++)
            {
                AddLimbs(a, twice, b, sum);
            }

            for (int k = LimbCount + 1; k < ColumnCount; k++)
            {
                Carry(k);
            }

            var upper = new VectorValue[LimbCount];
            for (int k = 0; k < LimbCount; k++)
            {
                upper[k] = LimbOf(_columns[LimbCount + k]);
            }

            for (int sum = LimbCount - 2; sum >= 0; sum--)
            {
                AddLimbs(a, twice, b, sum);
            }

            VectorValue above = FoldUpper(upper);
            if (hasAddend)
            {
                for (int k = 0; k < LimbCount; k++)
                {
                    _columns[k] = program.AddWords(_columns[k], ToInteger(addend[k]));
                }
            }

            FoldAbove(above);
            for (int k = 1; k < LimbCount; k++)
            {
                Carry(k);
            }

            for (int k = 0; k < LimbCount - 1; k++)
            {
                program.Store(LimbOf(_columns[k]), result[k]);
            }

            program.Store(program.Subtract(_columns[LimbCount - 1], program.Constant(MiddleHalf48)), result[LimbCount - 1]);
        }

        private void AddLimbs(VectorValue[] a, VectorValue[] twice, VectorValue[] b, int sum)
        {
            for (int i = Math.Max(0, sum - (LimbCount - 1)); i < LimbCount && i <= sum; i++)
            {
                int j = sum - i;
                if (!isSquare || i <= j)
                {
                    AddProduct(isSquare && i < j ? twice[i] : a[i], b[j], sum);
                }
            }
        }

        // High part to column k + 1, low part to column k.
        private void AddProduct(VectorValue x, VectorValue y, int k)
        {
            VectorValue h = program.MultiplyAdd(x, y, _high);
            Collect(k + 1, h);
            Collect(k, LowPart(x, y, _high, h));
        }

        private VectorValue LowPart(VectorValue x, VectorValue y, VectorValue unit, VectorValue h) =>
            program.Add(program.MultiplyAdd(x, y, program.Subtract(unit, h)), _middle);

        private void Collect(int k, VectorValue value)
        {
            VectorValue column = _columns[k].Kind == VectorValue.Source.None ? program.Constant(BiasOf(k)) : _columns[k];
            _columns[k] = program.AddWords(value, column);
        }

        private void Carry(int k) => _columns[k] = program.AddWords(_columns[k], program.ShiftRight(_columns[k - 1], 52));

        private VectorValue LimbOf(VectorValue column) =>
            program.Subtract(program.Or(program.And(column, _digit), _low), _lowHalf);

        // Columns 5..9 by 2^260 mod p into columns 0..4; what is above 2^256, as the bits of a whole number.
        private VectorValue FoldUpper(VectorValue[] upper)
        {
            VectorValue fold = program.Constant(Fold260), high48 = program.Constant(High48);
            VectorValue g = program.MultiplyAdd(upper[4], fold, high48);
            Collect(LimbCount - 1, LowPart(upper[4], fold, high48, g));
            for (int k = 0; k < LimbCount - 1; k++)
            {
                AddProduct(upper[k], fold, k);
            }

            if (scale == 1)
            {
                return program.AddWords(g, program.Constant(unchecked(MiddleBits - High48Bits - TopShifted48)));
            }

            for (int k = 0; k < LimbCount; k++)
            {
                _columns[k] = program.AddWords(Times(_columns[k]), program.Constant(LateOf(k)));
            }

            g = Times(program.AddWords(g, program.Constant(unchecked(0UL - High48Bits))));
            return program.AddWords(g, program.Constant(unchecked(MiddleBits - TopShifted48)));
        }

        private VectorValue Times(VectorValue column) => scale == 4
            ? program.ShiftLeft(column, 2)
            : program.AddWords(program.ShiftLeft(column, 1), column);

        // q = above + floor(c4 / 2^48), by 2^256 mod p into columns 0 and 1.
        private void FoldAbove(VectorValue above)
        {
            VectorValue fold = program.Constant(Fold256), top = _columns[LimbCount - 1];
            VectorValue q = program.Subtract(program.AddWords(above, program.ShiftRight(top, 48)), _middle);
            _columns[LimbCount - 1] = program.Or(program.And(top, program.Constant(Digit48)), program.Constant(MiddleBits));
            AddProduct(q, fold, 0);
        }

        private VectorValue ToInteger(VectorValue limb)
        {
            VectorValue high = program.MultiplyAdd(limb, program.Constant(1.0 / 4294967296.0), _middle);
            VectorValue rest = program.MultiplyAdd(program.Subtract(high, _middle), program.Constant(-4294967296.0), limb);
            VectorValue words = program.AddWords(program.ShiftLeft(high, 32), program.Add(rest, _middle));
            return program.AddWords(words, program.Constant(unchecked(0UL - MiddleBits)));
        }

        private static ulong LateOf(int column) => column switch
        {
            0 => Late0,
            1 => Late1,
            2 => Late2,
            3 => Late3,
            4 => Late4,
            _ => 0,
        };

        private ulong BiasOf(int column) => unchecked((column switch
        {
            0 => isSquare ? SqrBias0 : MulBias0,
            1 => isSquare ? SqrBias1 : MulBias1,
            2 => isSquare ? SqrBias2 : MulBias2,
            3 => isSquare ? SqrBias3 : MulBias3,
            4 => isSquare ? SqrBias4 : MulBias4,
            5 => isSquare ? SqrBias5 : MulBias5,
            6 => isSquare ? SqrBias6 : MulBias6,
            7 => isSquare ? SqrBias7 : MulBias7,
            8 => isSquare ? SqrBias8 : MulBias8,
            _ => isSquare ? SqrBias9 : MulBias9,
        }) + (scale == 1 ? LateOf(column) : 0));
    }
}
