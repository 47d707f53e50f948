namespace Tactus.Kernels.Secp256k1.Lanes;

/// <summary><see cref="ScalarQuotients"/> in four lanes.</summary>
/// <remarks>
/// The product divides by R each time. With P[k] = d[k] P[k - 4] / R and rest = f / P[k], rest P[k - 4] / R is f / d[k] and
/// rest d[k] / R is f / P[k - 4]: the powers of R cancel on the way back, whatever f is. With f = R, a (R / d) / R is the
/// quotient; with weights f is R^2.
/// </remarks>
internal sealed unsafe class ScalarQuotientsAvx2
{
    private const int ItemsMax = ScalarQuotients.ItemsMax;
    private const int Lanes = ScalarAvx2.Lanes;

    /// <summary>Running products that hide each other's latency.</summary>
    private const int Lines = 4;

    private const int VectorsMax = ItemsMax / Lanes;

    private readonly PinnedMemory _memory = new(
        PinnedMemory.SizeOf<ScalarAvx2>((2 * VectorsMax) + 9) + (3 * PinnedMemory.SizeOf<ScalarN>(Lines * Lanes)));

    private readonly ScalarAvx2* _values;
    private readonly ScalarAvx2* _products;
    private readonly ScalarAvx2* _rests;
    private readonly ScalarAvx2* _t;
    private readonly ScalarAvx2* _factor;
    private readonly ScalarAvx2* _weightedFactor;
    private readonly ScalarN* _ends;
    private readonly ScalarN* _inverses;
    private readonly ScalarN* _scratch;

    public ScalarQuotientsAvx2()
    {
        _values = _memory.Take<ScalarAvx2>((2 * VectorsMax) + 9);
        _products = _values + VectorsMax;
        _rests = _products + VectorsMax;
        _t = _rests + Lines;
        _factor = _t + 3;
        _weightedFactor = _factor + 1;
        _ends = _memory.Take<ScalarN>(Lines * Lanes);
        _inverses = _memory.Take<ScalarN>(Lines * Lanes);
        _scratch = _memory.Take<ScalarN>(Lines * Lanes);

        // A product with R^(k + 1) multiplies by R^k.
        Repeat(ScalarAvx2.PowerOfR(2), _factor);
        Repeat(ScalarAvx2.PowerOfR(3), _weightedFactor);
    }

    /// <inheritdoc cref="ScalarQuotients.Divide"/>
    public void Divide(ScalarN* a, ScalarN* b, ScalarN* d, ScalarN* weights, int count)
    {
        int vectors = count / Lanes;
        for (int v = 0; v < vectors; v++)
        {
            ScalarAvx2.Load(d + (v * Lanes), _values + v);
            if (v < Lines)
            {
                _products[v] = _values[v];
            }
            else
            {
                ScalarAvx2.Mul(_values + v, _products + v - Lines, _products + v);
            }
        }

        InvertEnds(_products + vectors - Lines, weights == null ? _factor : _weightedFactor);
        ScalarAvx2* inverse = _t, x = _t + 1, y = _t + 2;
        for (int v = vectors - 1; v >= 0; v--)
        {
            ScalarAvx2* rest = _rests + (v & (Lines - 1));
            if (v < Lines)
            {
                *inverse = *rest;
            }
            else
            {
                ScalarAvx2.Mul(rest, _products + v - Lines, inverse);
                ScalarAvx2.Mul(rest, _values + v, rest);
            }

            if (weights != null)
            {
                ScalarAvx2.Load(weights + (v * Lanes), x);
                ScalarAvx2.Mul(inverse, x, inverse);
            }

            ScalarAvx2.Load(a + (v * Lanes), x);
            ScalarAvx2.Load(b + (v * Lanes), y);
            ScalarAvx2.Mul(x, inverse, x);
            ScalarAvx2.Mul(y, inverse, y);
            ScalarAvx2.Store(x, a + (v * Lanes));
            ScalarAvx2.Store(y, b + (v * Lanes));
        }
    }

    // _rests[line] = factor / ends[line], lane by lane: sixteen numbers and one inversion.
    private void InvertEnds(ScalarAvx2* ends, ScalarAvx2* factor)
    {
        for (int line = 0; line < Lines; line++)
        {
            ScalarAvx2.Store(ends + line, _ends + (line * Lanes));
        }

        ScalarBatch.Invert(_ends, _inverses, _scratch, Lines * Lanes);
        for (int line = 0; line < Lines; line++)
        {
            ScalarAvx2.Load(_inverses + (line * Lanes), _rests + line);
            ScalarAvx2.Mul(_rests + line, factor, _rests + line);
        }
    }

    private void Repeat(ScalarN value, ScalarAvx2* r)
    {
        for (int lane = 0; lane < Lanes; lane++)
        {
            _ends[lane] = value;
        }

        ScalarAvx2.Load(_ends, r);
    }
}
