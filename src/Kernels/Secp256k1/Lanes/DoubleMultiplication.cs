using System.Runtime.CompilerServices;

namespace Tactus.Kernels.Secp256k1.Lanes;

/// <summary>a P + b G for up to <see cref="ItemsMax"/> items, each with its own P.</summary>
/// <remarks>
/// <para>
/// a is split by the endomorphism into two halves in signed digits of 5 bits; b is cut in two at 2^128 in digits of 15
/// bits. The
/// affine multiples of P (1..16, and the same times Lambda) and, for each digit position, the sum of the two to four
/// table
/// points that meet there are made for all items at once with shared inversions: 6 products an addition. What is left
/// for each vector is 125 doublings and 26 additions in Jacobian coordinates (Strauss).
/// </para>
/// <para>
/// Exactness: every step is the generic addition, right unless both x are equal. <see cref="AffineBatch{TField}"/>
/// reports such
/// sums among the table points, and in the Jacobian chain they leave Z = 0. Items of either kind are marked in
/// <see cref="Deferred"/>; the caller gives them to the scalar kernel, so no verdict rests on a sum without meaning.
/// </para>
/// </remarks>
internal sealed unsafe class DoubleMultiplication<TField>
    where TField : unmanaged, IFieldLanes<TField>
{
    /// <summary>Items per run; what they need (4 KiB each) stays in a cache of 1 MiB.</summary>
    public const int ItemsMax = 256;

    private const int Window = 5;
    private const int Digits = (128 / Window) + 1;
    private const int Multiples = 1 << (Window - 1);
    private const int WindowsPerGeneratorDigit = GeneratorTables.Window / Window;
    private const int ListMax = ItemsMax * Multiples;

    private readonly PinnedMemory _memory;
    private readonly AffineBatch<TField> _batch;
    private readonly GeneratorTables _generator;
    private readonly PackedPoint* _multiples;
    private readonly PackedPoint* _multiplesOfLambda;
    private readonly PackedPoint* _sums;
    private readonly PackedPoint* _generatorSums;
    private readonly ulong* _windows;
    private readonly ulong* _generatorWindows;
    private readonly ulong* _left;
    private readonly ulong* _right;
    private readonly ulong* _target;
    private readonly int* _owner;
    private readonly int* _digits;
    private readonly TField* _t;

    public DoubleMultiplication(AffineBatch<TField> batch)
    {
        _batch = batch;
        _generator = GeneratorTables.Get(batch);
        const int Lists = ItemsMax * (Digits + GeneratorTables.Digits);
        _memory = new PinnedMemory(
            (2 * PinnedMemory.SizeOf<PackedPoint>(ItemsMax * Multiples))
            + PinnedMemory.SizeOf<PackedPoint>(ItemsMax * Digits)
            + PinnedMemory.SizeOf<PackedPoint>(ItemsMax * GeneratorTables.Digits)
            + PinnedMemory.SizeOf<ulong>(ItemsMax * Digits)
            + PinnedMemory.SizeOf<ulong>(ItemsMax * GeneratorTables.Digits)
            + (3 * PinnedMemory.SizeOf<ulong>(Lists))
            + PinnedMemory.SizeOf<int>(Lists)
            + PinnedMemory.SizeOf<int>(4 * Digits)
            + PinnedMemory.SizeOf<TField>(JacobianMath<TField>.ScratchElements + 8)
            + PinnedMemory.SizeOf<JacobianLanes<TField>>((ItemsMax / TField.Lanes) + 2)
            + PinnedMemory.SizeOf<bool>(ItemsMax));
        _multiples = _memory.Take<PackedPoint>(ItemsMax * Multiples);
        _multiplesOfLambda = _memory.Take<PackedPoint>(ItemsMax * Multiples);
        _sums = _memory.Take<PackedPoint>(ItemsMax * Digits);
        _generatorSums = _memory.Take<PackedPoint>(ItemsMax * GeneratorTables.Digits);
        _windows = _memory.Take<ulong>(ItemsMax * Digits);
        _generatorWindows = _memory.Take<ulong>(ItemsMax * GeneratorTables.Digits);
        _left = _memory.Take<ulong>(Lists);
        _right = _memory.Take<ulong>(Lists);
        _target = _memory.Take<ulong>(Lists);
        _owner = _memory.Take<int>(Lists);
        _digits = _memory.Take<int>(4 * Digits);
        _t = _memory.Take<TField>(JacobianMath<TField>.ScratchElements + 8);
        Results = _memory.Take<JacobianLanes<TField>>((ItemsMax / TField.Lanes) + 2);
        Deferred = _memory.Take<bool>(ItemsMax);
    }

    /// <summary>Results, a vector of points for each <c>Lanes</c> items.</summary>
    public JacobianLanes<TField>* Results { get; }

    /// <summary>Items whose result has no meaning here. A result with Z = 0 has none either.</summary>
    public bool* Deferred { get; }

    /// <summary>Where item i's point P goes before <see cref="Run"/>: a point of the curve.</summary>
    public PackedPoint* PointOf(int item) => _multiples + (item * Multiples);

    /// <summary>Computes a[i] P[i] + b[i] G for i below <paramref name="count"/>, a multiple of two vectors.</summary>
    public void Run(int count, ScalarN* a, ScalarN* b)
    {
        new Span<bool>(Deferred, count).Clear();
        MakeMultiples(count);
        MakeSums(count, a, b);
        int vectors = count / TField.Lanes;
        for (int v = 0; v < vectors; v += 2)
        {
            Chain(v, count);
        }
    }

    // 2 by doubling; 3; 4, 5; 6..9; 10..16 by sums of the largest so far and a smaller one.
    private void MakeMultiples(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _left[i] = (ulong)PointOf(i);
            _target[i] = (ulong)(PointOf(i) + 1);
        }

        _batch.Double(_left, _target, count);
        for (int known = 2; known < Multiples;)
        {
            int more = Math.Min(known - 1, Multiples - known), n = 0;
            for (int i = 0; i < count; i++)
            {
                PackedPoint* table = PointOf(i);
                for (int m = 0; m < more; m++)
                {
                    _left[n] = (ulong)(table + known - 1);
                    _right[n] = (ulong)(table + m);
                    _target[n++] = (ulong)(table + known + m);
                }
            }

            _batch.Add(_left, _right, _target, n);
            known += more;
        }

        ref TField beta = ref _t[0], x = ref _t[1], y = ref _t[2];
        Packed256 packedBeta = Packed256.FromScalar(FieldScalar.Beta);
        TField.Broadcast(in packedBeta, out beta);
        for (int i = 0; i < count * Multiples; i += TField.Lanes)
        {
            for (int lane = 0; lane < TField.Lanes; lane++)
            {
                _left[lane] = (ulong)(_multiples + i + lane);
                _right[lane] = (ulong)(_multiplesOfLambda + i + lane);
            }

            TField.LoadPoint(_left, out x, out y);
            TField.Mul(in x, in beta, out x);
            TField.StorePoint(in x, in y, _right);
        }
    }

    private void MakeSums(int count, ScalarN* a, ScalarN* b)
    {
        int* low = _digits, high = _digits + Digits, generatorLow = _digits + (2 * Digits), generatorHigh = _digits
            + (3 * Digits);
        int n = 0;
        for (int i = 0; i < count; i++)
        {
            GlvHalves.Split(in a[i], out SignedHalf lowHalf, out SignedHalf highHalf);
            SignedDigits.Write(lowHalf, Window, low);
            SignedDigits.Write(highHalf, Window, high);
            SignedDigits.Write(new SignedHalf(new UInt128(b[i].W1, b[i].W0), false), GeneratorTables.Window,
                generatorLow);
            SignedDigits.Write(new SignedHalf(new UInt128(b[i].W3, b[i].W2), false), GeneratorTables.Window,
                generatorHigh);
            PackedPoint* table = PointOf(i), tableOfLambda = _multiplesOfLambda + (i * Multiples);
            for (int w = 0; w < Digits; w++)
            {
                int slot = (w * ItemsMax) + i;
                _windows[slot] = Meet(Reference(table, low[w]), Reference(tableOfLambda, high[w]), _sums + slot, i,
                    ref n);
            }

            for (int w = 0; w < GeneratorTables.Digits; w++)
            {
                int slot = (w * ItemsMax) + i;
                _generatorWindows[slot] = Meet(
                    Reference(_generator.Low, generatorLow[w]),
                    Reference(_generator.High, generatorHigh[w]),
                    _generatorSums + slot,
                    i,
                    ref n);
            }
        }

        AddAll(n);
        n = 0;
        for (int w = 0; w < GeneratorTables.Digits; w++)
        {
            for (int i = 0; i < count; i++)
            {
                int slot = (w * WindowsPerGeneratorDigit * ItemsMax) + i;
                _windows[slot] = Meet(_windows[slot], _generatorWindows[(w * ItemsMax) + i], _sums + slot, i, ref n);
            }
        }

        AddAll(n);
    }

    private void AddAll(int count)
    {
        foreach (int entry in _batch.Add(_left, _right, _target, count))
        {
            Deferred[_owner[entry]] = true;
        }
    }

    /// <summary>A reference to the sum of two points, either of which may be absent (0); a real sum goes on the
    /// list.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong Meet(ulong left, ulong right, PackedPoint* target, int item, ref int n)
    {
        if (left == 0 || right == 0)
        {
            return left | right;
        }

        _left[n] = left;
        _right[n] = right;
        _target[n] = (ulong)target;
        _owner[n++] = item;
        return (ulong)target;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Reference(PackedPoint* table, int digit)
    {
        int negative = digit >> 31;
        ulong reference = (ulong)(table + ((digit ^ negative) - negative) - 1) | (uint)(negative & 1);
        return digit == 0 ? 0 : reference;
    }

    // The doublings and additions of two vectors.
    private void Chain(int vector, int count)
    {
        JacobianLanes<TField>* p = Results + vector, q = p + 1;
        TField* t = _t + 8;
        ref TField x0 = ref _t[0], y0 = ref _t[1], x1 = ref _t[2], y1 = ref _t[3];
        Packed256 one = Packed256.FromWords(1, 0, 0, 0);
        ulong* references0 = stackalloc ulong[TField.Lanes];
        ulong* references1 = stackalloc ulong[TField.Lanes];
        uint absent0 = ReadReferences(Digits - 1, vector, references0),
            absent1 = ReadReferences(Digits - 1, vector + 1, references1);
        uint infinite0 = absent0, infinite1 = absent1;
        TField.LoadPoint(references0, out p->X, out p->Y);
        TField.LoadPoint(references1, out q->X, out q->Y);
        TField.Broadcast(in one, out p->Z);
        TField.Broadcast(in one, out q->Z);
        for (int w = Digits - 2; w >= 0; w--)
        {
            for (int i = 0; i < Window; i++)
            {
                JacobianMath<TField>.Double(p, q, t);
            }

            absent0 = ReadReferences(w, vector, references0);
            absent1 = ReadReferences(w, vector + 1, references1);
            TField.LoadPoint(references0, out x0, out y0);
            TField.LoadPoint(references1, out x1, out y1);
            if ((absent0 | absent1 | infinite0 | infinite1) == 0)
            {
                JacobianMath<TField>.Add(p, q, in x0, in y0, in x1, in y1, t);
                continue;
            }

            JacobianLanes<TField> before0 = *p, before1 = *q;
            JacobianMath<TField>.Add(p, q, in x0, in y0, in x1, in y1, t);
            Correct(p, before0, x0, y0, absent0, ref infinite0);
            Correct(q, before1, x1, y1, absent1, ref infinite1);
        }

        MarkInfinite(vector, infinite0);
        MarkInfinite(vector + 1, infinite1);
    }

    // Lanes with nothing to add keep the point; lanes still at infinity become the added point.
    private static void Correct(
        JacobianLanes<TField>* p,
        in JacobianLanes<TField> before,
        in TField x,
        in TField y,
        uint absent,
        ref uint infinite)
    {
        uint start = infinite & ~absent;
        Packed256 one = Packed256.FromWords(1, 0, 0, 0);
        TField.Broadcast(in one, out TField ones);
        TField.Select(start, in x, in p->X, out p->X);
        TField.Select(start, in y, in p->Y, out p->Y);
        TField.Select(start, in ones, in p->Z, out p->Z);
        TField.Select(absent, in before.X, in p->X, out p->X);
        TField.Select(absent, in before.Y, in p->Y, out p->Y);
        TField.Select(absent, in before.Z, in p->Z, out p->Z);
        infinite &= absent;
    }

    // Absent lanes read the item's own P, which is as good as any point.
    private uint ReadReferences(int window, int vector, ulong* references)
    {
        uint absent = 0;
        int item = vector * TField.Lanes;
        ulong* row = _windows + (window * ItemsMax) + item;
        for (int lane = 0; lane < TField.Lanes; lane++)
        {
            references[lane] = row[lane];
            if (row[lane] == 0)
            {
                absent |= 1u << lane;
                references[lane] = (ulong)PointOf(item + lane);
            }
        }

        return absent;
    }

    private void MarkInfinite(int vector, uint infinite)
    {
        for (int lane = 0; infinite != 0; lane++, infinite >>= 1)
        {
            Deferred[(vector * TField.Lanes) + lane] |= (infinite & 1) != 0;
        }
    }
}
