namespace Tactus.Kernels.Secp256k1.Lanes;

/// <summary>Points against the curve equation y^2 = x^3 + 7, in lanes.</summary>
internal sealed unsafe class PointChecks<TField>
    where TField : unmanaged, IFieldLanes<TField>
{
    /// <summary>Counts are multiples of this.</summary>
    public static readonly int Group = FieldPowers<TField>.Group * TField.Lanes;

    private static readonly Packed256 PackedSeven = Packed256.FromWords(7, 0, 0, 0);

    private readonly PinnedMemory _memory = new(
        PinnedMemory.SizeOf<TField>(4 + (2 * FieldPowers<TField>.Group) + FieldPowers<TField>.ScratchElements)
        + (2 * PinnedMemory.SizeOf<ulong>(Group)));

    private readonly TField* _t;
    private readonly ulong* _xReferences;
    private readonly ulong* _yReferences;

    public PointChecks()
    {
        _t = _memory.Take<TField>(4 + (2 * FieldPowers<TField>.Group) + FieldPowers<TField>.ScratchElements);
        _xReferences = _memory.Take<ulong>(Group);
        _yReferences = _memory.Take<ulong>(Group);
    }

    /// <summary>points[i].Y = a root of X^3 + 7 and verdicts[i] = Valid, or NoPoint where there is none.</summary>
    public void Lift(PackedPoint* points, Span<SignatureVerdict> verdicts, int count)
    {
        const int Vectors = FieldPowers<TField>.Group;
        ref TField b = ref _t[0], t = ref _t[1];
        TField* right = _t + 4, roots = right + Vectors, scratch = roots + Vectors;
        TField.Broadcast(in PackedSeven, out b);
        for (int first = 0; first < count; first += Group)
        {
            for (int i = 0; i < Group; i++)
            {
                _xReferences[i] = (ulong)&points[first + i].X;
                _yReferences[i] = (ulong)&points[first + i].Y;
            }

            for (int v = 0; v < Vectors; v++)
            {
                TField.Load(_xReferences + (v * TField.Lanes), out right[v]);
                TField.Sqr(in right[v], out t);
                TField.MulAdd(in t, in right[v], in b, out right[v]);
            }

            FieldPowers<TField>.SquareRoots(right, roots, scratch);
            for (int v = 0; v < Vectors; v++)
            {
                TField.Store(in roots[v], _yReferences + (v * TField.Lanes));
                TField.Scale(in right[v], -1, out t);
                TField.SqrAdd(in roots[v], in t, out t);
                uint good = TField.IsZero(in t);
                for (int lane = 0; lane < TField.Lanes; lane++)
                {
                    verdicts[first + (v * TField.Lanes) + lane] =
                        ((good >> lane) & 1) != 0 ? SignatureVerdict.Valid : SignatureVerdict.NoPoint;
                }
            }
        }
    }

    /// <summary>isOff[i] = points[i] does not satisfy the equation.</summary>
    public void FindOffCurve(PackedPoint* points, Span<bool> isOff, int count)
    {
        ref TField x = ref _t[0], y = ref _t[1], t = ref _t[2], minusB = ref _t[3];
        TField.Broadcast(in PackedSeven, out minusB);
        TField.Scale(in minusB, -1, out minusB);
        for (int first = 0; first < count; first += TField.Lanes)
        {
            for (int lane = 0; lane < TField.Lanes; lane++)
            {
                _xReferences[lane] = (ulong)(points + first + lane);
            }

            TField.LoadPoint(_xReferences, out x, out y);
            TField.Sqr(in x, out t);
            TField.SqrAdd(in y, in minusB, out y);
            TField.Scale(in y, -1, out y);
            TField.MulAdd(in t, in x, in y, out t);
            uint on = TField.IsZero(in t);
            for (int lane = 0; lane < TField.Lanes; lane++)
            {
                isOff[first + lane] = ((on >> lane) & 1) == 0;
            }
        }
    }
}
