namespace Tactus.Kernels.Secp256k1.Lanes;

/// <summary>The scalars of many signatures, a[i]/d[i] and b[i]/d[i] mod n, with one inversion; in eight lanes on
/// AVX-512, in four on AVX2 (<see cref="ScalarQuotientsAvx2"/>).</summary>
/// <remarks>
/// In lanes a product takes 5 ns where the scalar code takes 40. Running products of four lines of vectors hide each
/// other's
/// latency; the four ends and their eight lanes are multiplied together and inverted once by the scalar code.
/// </remarks>
internal sealed unsafe class ScalarQuotients
{
    /// <summary>Items of a call; counts are multiples of <see cref="Group"/>.</summary>
    public const int ItemsMax = 256;

    /// <summary>Four vectors of eight.</summary>
    public const int Group = 32;

    private const int Lines = 4;
    private const int Lanes = 8;
    private const int VectorsMax = ItemsMax / Lanes;

    private readonly PinnedMemory _memory = new(
        PinnedMemory.SizeOf<ScalarAvx512>((2 * VectorsMax) + 8) + (2 * PinnedMemory.SizeOf<ScalarN>(ItemsMax)));

    private readonly ScalarAvx512* _values;
    private readonly ScalarAvx512* _products;
    private readonly ScalarAvx512* _t;
    private readonly ScalarN* _inverses;
    private readonly ScalarN* _scratch;
    private readonly ScalarQuotientsAvx2? _narrow =
        !ScalarAvx512.IsSupported && ScalarAvx2.IsSupported ? new ScalarQuotientsAvx2() : null;

    public ScalarQuotients()
    {
        _values = _memory.Take<ScalarAvx512>((2 * VectorsMax) + 8);
        _products = _values + VectorsMax;
        _t = _products + VectorsMax;
        _inverses = _memory.Take<ScalarN>(ItemsMax);
        _scratch = _memory.Take<ScalarN>(ItemsMax);
    }

    /// <summary>
    /// a[i] = a[i] w[i] / d[i] and b[i] = b[i] w[i] / d[i]; without weights w is 1. No d may be 0. Blocks begin at
    /// multiples of 64 bytes.
    /// </summary>
    public void Divide(ScalarN* a, ScalarN* b, ScalarN* d, ScalarN* weights, int count)
    {
        if (!ScalarAvx512.IsSupported)
        {
            if (_narrow is null)
            {
                DivideOneByOne(a, b, d, weights, count);
            }
            else
            {
                _narrow.Divide(a, b, d, weights, count);
            }

            return;
        }

        int vectors = count / Lanes;
        for (int v = 0; v < vectors; v++)
        {
            ScalarAvx512.Load(d + (v * Lanes), out _values[v]);
            if (v < Lines)
            {
                _products[v] = _values[v];
            }
            else
            {
                ScalarAvx512.Mul(in _values[v], in _products[v - Lines], out _products[v]);
            }
        }

        InvertEnds(_products + vectors - Lines);
        for (int v = vectors - 1; v >= 0; v--)
        {
            // _t[line] is 1 / (product of the line up to here)
            ref ScalarAvx512 rest = ref _t[v & (Lines - 1)], inverse = ref _t[Lines], x = ref _t[Lines + 1],
                y = ref _t[Lines + 2];
            if (v < Lines)
            {
                inverse = rest;
            }
            else
            {
                ScalarAvx512.Mul(in rest, in _products[v - Lines], out inverse);
                ScalarAvx512.Mul(in rest, in _values[v], out rest);
            }

            if (weights != null)
            {
                ScalarAvx512.Load(weights + (v * Lanes), out x);
                ScalarAvx512.Mul(in inverse, in x, out inverse);
            }

            ScalarAvx512.Load(a + (v * Lanes), out x);
            ScalarAvx512.Load(b + (v * Lanes), out y);
            ScalarAvx512.Mul(in x, in inverse, out x);
            ScalarAvx512.Mul(in y, in inverse, out y);
            ScalarAvx512.Store(in x, a + (v * Lanes));
            ScalarAvx512.Store(in y, b + (v * Lanes));
        }
    }

    // _t[line] = 1 / ends[line], lane by lane: 32 numbers and one inversion.
    private void InvertEnds(ScalarAvx512* ends)
    {
        for (int line = 0; line < Lines; line++)
        {
            ScalarAvx512.Store(in ends[line], _scratch + (line * Lanes));
        }

        ScalarBatch.Invert(_scratch, _inverses, _scratch + Group, Group);
        for (int line = 0; line < Lines; line++)
        {
            ScalarAvx512.Load(_inverses + (line * Lanes), out _t[line]);
        }
    }

    private void DivideOneByOne(ScalarN* a, ScalarN* b, ScalarN* d, ScalarN* weights, int count)
    {
        ScalarBatch.Invert(d, _inverses, _scratch, count);
        for (int i = 0; i < count; i++)
        {
            ScalarN inverse = weights == null ? _inverses[i] : _inverses[i] * weights[i];
            a[i] *= inverse;
            b[i] *= inverse;
        }
    }
}
