using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Tactus.Kernels.Secp256k1.Lanes;

/// <summary>
/// Sums and doubles of many independent pairs of affine points, 6 products each: a lane-wide form of simultaneous
/// inversion
/// (Montgomery 1987). Points are packed and named by references, so a caller only makes lists.
/// </summary>
/// <remarks>
/// Two running products, over even and odd vectors, hide the latency of each other. Where both x are equal in a lane
/// (the points
/// are equal or opposite) the formula has no meaning: that entry is reported, its denominator is replaced by 1 so that
/// the
/// others stay right, and its result is a pair of numbers without meaning.
/// </remarks>
internal sealed unsafe class AffineBatch<TField>
    where TField : unmanaged, IFieldLanes<TField>
{
    /// <summary>
    /// Vectors that share an inversion: a compromise between its cost and the cache. 1,280 sums in either width, so that
    /// narrow vectors, which take as many bytes for as many sums, invert as seldom as wide ones.
    /// </summary>
    private static readonly int ChunkVectors = 1280 / TField.Lanes;

    /// <summary>How many vectors ahead points are fetched: they lie anywhere, and a product hides little of the way to
    /// them.</summary>
    private const int Ahead = 4;

    private readonly TField* _x1;
    private readonly TField* _minusY1;
    private readonly TField* _xSum;
    private readonly TField* _dx;
    private readonly TField* _dy;
    private readonly TField* _prefix;
    private readonly TField* _t;
    private readonly PackedPoint* _dummy;
    private readonly ulong* _tailLeft;
    private readonly ulong* _tailRight;
    private readonly ulong* _tailTarget;
    private readonly List<int> _exceptional = [];

    public AffineBatch()
    {
        int pair = 2 * TField.Lanes;
        Memory = new PinnedMemory(
            (6 * PinnedMemory.SizeOf<TField>(ChunkVectors)) + PinnedMemory.SizeOf<TField>(12)
            + PinnedMemory.SizeOf<PackedPoint>(3) + (3 * PinnedMemory.SizeOf<ulong>(pair)));
        _x1 = Memory.Take<TField>(ChunkVectors);
        _minusY1 = Memory.Take<TField>(ChunkVectors);
        _xSum = Memory.Take<TField>(ChunkVectors);
        _dx = Memory.Take<TField>(ChunkVectors);
        _dy = Memory.Take<TField>(ChunkVectors);
        _prefix = Memory.Take<TField>(ChunkVectors);
        _t = Memory.Take<TField>(12);
        _dummy = Memory.Take<PackedPoint>(3);
        _tailLeft = Memory.Take<ulong>(pair);
        _tailRight = Memory.Take<ulong>(pair);
        _tailTarget = Memory.Take<ulong>(pair);
        _dummy[0] = PackedPoint.FromScalar(ScalarN.Generator);
        _dummy[1] = PackedPoint.FromScalar(new JacobianPoint(ScalarN.Generator).Double().ToAffine());
    }

    private PinnedMemory Memory { get; }

    /// <summary>target[i] = left[i] + right[i]. Returns the entries, ascending, in which both x are equal.</summary>
    public List<int> Add(ulong* left, ulong* right, ulong* target, int count) =>
        Run(left, right, target, count, doubling: false);

    /// <summary>target[i] = 2 left[i]. Always has a meaning: the curve has no point of order 2.</summary>
    public void Double(ulong* left, ulong* target, int count) => Run(left, left, target, count, doubling: true);

    private List<int> Run(ulong* left, ulong* right, ulong* target, int count, bool doubling)
    {
        _exceptional.Clear();
        int pair = 2 * TField.Lanes;
        int whole = count / pair * pair;
        int chunk = ChunkVectors * TField.Lanes;
        for (int first = 0; first < whole; first += chunk)
        {
            Chunk(left + first, right + first, target + first, Math.Min(chunk, whole - first) / TField.Lanes, doubling,
                first);
        }

        if (whole == count)
        {
            return _exceptional;
        }

        // The rest in one pair of vectors, filled up with a sum that always has a meaning.
        for (int i = 0; i < pair; i++)
        {
            bool used = whole + i < count;
            _tailLeft[i] = used ? left[whole + i] : (ulong)_dummy;
            _tailRight[i] = used ? right[whole + i] : (ulong)(_dummy + 1);
            _tailTarget[i] = used ? target[whole + i] : (ulong)(_dummy + 2);
        }

        Chunk(_tailLeft, _tailRight, _tailTarget, 2, doubling, whole);
        return _exceptional;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Chunk(ulong* left, ulong* right, ulong* target, int vectors, bool doubling, int firstEntry)
    {
        for (int v = 0; v < vectors; v++)
        {
            if (v + Ahead < vectors)
            {
                Prefetch(left + ((v + Ahead) * TField.Lanes), right + ((v + Ahead) * TField.Lanes));
            }

            Differences(left + (v * TField.Lanes), right + (v * TField.Lanes), v, doubling);
            if (v < 2)
            {
                TField.Carry(in _dx[v], out _prefix[v]);
            }
            else if ((v & 1) != 0)
            {
                TField.MulTwo(_dx + v - 1, _prefix + v - 3, _prefix + v - 1);
            }
        }

        ref TField even = ref _t[10], odd = ref _t[11], inverse = ref _t[0];
        TField.Mul(in _prefix[vectors - 2], in _prefix[vectors - 1], out inverse);
        if (TField.IsZero(in inverse) != 0)
        {
            ReplaceZeros(vectors, firstEntry);
            TField.Mul(in _prefix[vectors - 2], in _prefix[vectors - 1], out inverse);
        }

        FieldPowers<TField>.Invert(in inverse, out inverse);
        TField.Mul(in inverse, in _prefix[vectors - 1], out even);
        TField.Mul(in inverse, in _prefix[vectors - 2], out odd);
        TField* slope = _t + 1, x = _t + 3, y = _t + 5, ends = _t + 10;
        for (int v = vectors - 2; v >= 0; v -= 2)
        {
            if (v >= 2)
            {
                TField.MulTwo(ends, _prefix + v - 2, slope);
                TField.MulTwo(_dx + v, ends, ends);
            }
            else
            {
                slope[0] = even;
                slope[1] = odd;
            }

            TField.MulTwo(_dy + v, slope, slope);
            TField.SqrAddTwo(slope, _xSum + v, x);
            TField.Sub(in _x1[v], in x[0], out y[0]);
            TField.Sub(in _x1[v + 1], in x[1], out y[1]);
            TField.MulAddTwo(y, slope, _minusY1 + v, y);
            TField.StorePoint(in x[0], in y[0], target + (v * TField.Lanes));
            TField.StorePoint(in x[1], in y[1], target + ((v + 1) * TField.Lanes));
        }
    }

    // x1, -y1, both x together, and numerator and denominator of the slope of one vector.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Differences(ulong* left, ulong* right, int v, bool doubling)
    {
        TField.LoadPoint(left, out _x1[v], out _minusY1[v]);
        if (doubling)
        {
            TField.SqrBy3(in _x1[v], out _dy[v]);
            TField.Add(in _minusY1[v], in _minusY1[v], out _dx[v]);
            TField.Scale(in _minusY1[v], -1, out _minusY1[v]);
            TField.Scale(in _x1[v], -2, out _xSum[v]);
            return;
        }

        TField.LoadPoint(right, out _t[0], out _t[1]);
        TField.Scale(in _minusY1[v], -1, out _minusY1[v]);
        TField.Sub(in _t[0], in _x1[v], out _dx[v]);
        TField.Add(in _t[1], in _minusY1[v], out _dy[v]);
        TField.Add(in _t[0], in _x1[v], out _xSum[v]);
        TField.Scale(in _xSum[v], -1, out _xSum[v]);
    }

    private static void Prefetch(ulong* left, ulong* right)
    {
        if (!Sse.IsSupported)
        {
            return;
        }

        for (int lane = 0; lane < TField.Lanes; lane++)
        {
            Sse.Prefetch0((void*)left[lane]);
            Sse.Prefetch0((void*)right[lane]);
        }
    }

    // Lanes with equal x get the denominator 1, and the running products are made again.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ReplaceZeros(int vectors, int firstEntry)
    {
        Packed256 one = Packed256.FromWords(1, 0, 0, 0);
        TField.Broadcast(in one, out TField ones);
        for (int v = 0; v < vectors; v++)
        {
            TField.Carry(in _dx[v], out TField carried);
            uint zeros = TField.IsZero(in carried);
            if (zeros != 0)
            {
                TField.Select(zeros, in ones, in _dx[v], out _dx[v]);
                for (int lane = 0; lane < TField.Lanes; lane++)
                {
                    if (((zeros >> lane) & 1) != 0)
                    {
                        _exceptional.Add(firstEntry + (v * TField.Lanes) + lane);
                    }
                }
            }

            if (v >= 2)
            {
                TField.Mul(in _dx[v], in _prefix[v - 2], out _prefix[v]);
            }
            else
            {
                TField.Carry(in _dx[v], out _prefix[v]);
            }
        }
    }
}
