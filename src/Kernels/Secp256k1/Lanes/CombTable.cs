namespace Tactus.Kernels.Secp256k1.Lanes;

/// <summary>Multiples of one point for every digit of a 128-bit number: d 2^(width w) P, so that a product needs no
/// doublings.</summary>
/// <remarks>Method: Lim and Lee, CRYPTO 1994, without the interleaving. Never changes once made; memory lives as long
/// as the object.</remarks>
internal sealed unsafe class CombTable
{
    private readonly PinnedMemory _memory;
    private readonly PackedPoint* _points;
    private readonly int _count;

    private CombTable(int width)
    {
        Width = width;
        Digits = SignedDigits.CountFor(width);
        _count = 1 << (width - 1);
        _memory = new PinnedMemory(PinnedMemory.SizeOf<PackedPoint>(Digits * _count));
        _points = _memory.Take<PackedPoint>(Digits * _count);
    }

    /// <summary>Bits of a digit.</summary>
    public int Width { get; }

    /// <summary>Digits of a number below 2^128.</summary>
    public int Digits { get; }

    /// <summary>Bytes of a table of this width.</summary>
    public static long BytesOf(int width) =>
        PinnedMemory.SizeOf<PackedPoint>(SignedDigits.CountFor(width) << (width - 1));

    public static CombTable Make<TField>(AffineBatch<TField> batch, in AffinePoint point, int width)
        where TField : unmanaged, IFieldLanes<TField>
    {
        var table = new CombTable(width);
        int count = table._count, digits = table.Digits;
        var power = new JacobianPoint(point);
        var left = new ulong[digits * count];
        var right = new ulong[digits * count];
        var target = new ulong[digits * count];
        for (int w = 0; w < digits; w++)
        {
            table._points[w * count] = PackedPoint.FromScalar(power.ToAffine());
            for (int i = 0; i < width; i++)
            {
                power = power.Double();
            }
        }

        fixed (ulong* l = left, r = right, t = target)
        {
            for (int w = 0; w < digits; w++)
            {
                l[w] = (ulong)(table._points + (w * count));
                t[w] = (ulong)(table._points + (w * count) + 1);
            }

            batch.Double(l, t, digits);
            for (int known = 2; known < count;)
            {
                // known + i for i < known, at all positions: never equal points
                int more = Math.Min(known - 1, count - known), n = 0;
                for (int w = 0; w < digits; w++)
                {
                    PackedPoint* row = table._points + (w * count);
                    for (int i = 0; i < more; i++)
                    {
                        l[n] = (ulong)(row + known - 1);
                        r[n] = (ulong)(row + i);
                        t[n++] = (ulong)(row + known + i);
                    }
                }

                batch.Add(l, r, t, n);
                known += more;
            }
        }

        return table;
    }

    /// <summary>Appends a reference for each digit that is not 0; returns how many.</summary>
    public int Append(SignedHalf half, ulong* references)
    {
        int* digits = stackalloc int[Digits];
        SignedDigits.Write(half, Width, digits);
        int n = 0;
        for (int w = 0; w < Digits; w++)
        {
            int digit = digits[w], negative = digit >> 31, size = (digit ^ negative) - negative;
            references[n] = (ulong)(_points + (w * _count) + size - 1) | (uint)(negative & 1);
            n += digit == 0 ? 0 : 1;
        }

        return n;
    }
}
