using System.Numerics;

namespace Tactus.Kernels.Secp256k1.Lanes;

/// <summary>Whether a sum of k[i] P[i], k[i] below 2^128, is the point at infinity: Pippenger's buckets, everything in
/// affine sums.</summary>
/// <remarks>
/// A scalar is cut into signed digits of c bits. For each digit position, points of equal |digit| form a bucket B[b];
/// all
/// buckets of a few positions are summed together (<see cref="TreeSums{TField}"/>). The sum of b B[b] is found without
/// a chain: with
/// b = 2^l u + v, sums over equal v and over equal u are again lists, and those sums by single bits of v and u are
/// lists
/// again; what is left is one point for each bit of the scalar, for a last Horner chain of 128 doublings.
/// After Pippenger (SIAM J. Computing 1980) and Bernstein, Doumen, Lange, Oosterwijk (INDOCRYPT 2012).
/// </remarks>
internal sealed unsafe class MultiScalar<TField>
    where TField : unmanaged, IFieldLanes<TField>
{
    private const int ScalarBits = 128;
    private const int WindowMax = 13;
    private const int WindowMin = 4;

    /// <summary>Bucket sums of this many points at most are done together, so that they stay near.</summary>
    private const int TogetherMax = 1 << 13;

    private readonly int _pointsMax;
    private readonly PinnedMemory _memory;
    private readonly TreeSums<TField> _sums;
    private readonly short* _digits;
    private readonly ulong* _lists;
    private readonly int* _starts;
    private readonly int* _counts;
    private readonly PackedPoint* _buckets;
    private readonly ulong* _bucketReferences;

    public MultiScalar(AffineBatch<TField> batch, int pointsMax)
    {
        _pointsMax = pointsMax;
        int bucketsMax = BucketsMax(pointsMax);
        int listMax = Math.Max(Math.Max(TogetherMax, pointsMax), 2 * bucketsMax);
        _sums = new TreeSums<TField>(batch, listMax);
        int digits = DigitsMax(pointsMax);
        _memory = new PinnedMemory(
            PinnedMemory.SizeOf<short>(digits) + PinnedMemory.SizeOf<ulong>(listMax)
            + (2 * PinnedMemory.SizeOf<int>(listMax + 2)) + PinnedMemory.SizeOf<PackedPoint>(3 * bucketsMax)
            + PinnedMemory.SizeOf<ulong>(3 * bucketsMax));
        _digits = _memory.Take<short>(digits);
        _lists = _memory.Take<ulong>(listMax);
        _starts = _memory.Take<int>(listMax + 2);
        _counts = _memory.Take<int>(listMax + 2);
        _buckets = _memory.Take<PackedPoint>(3 * bucketsMax);
        _bucketReferences = _memory.Take<ulong>(3 * bucketsMax);
    }

    /// <summary>True: the sum is infinity. False: it is another point. Null: given up (see
    /// <see cref="TreeSums{TField}"/>).</summary>
    public bool? IsInfinity(ulong* points, UInt128* scalars, int count)
    {
        if (count > _pointsMax)
        {
            throw new ArgumentOutOfRangeException(nameof(count), count, $"at most {_pointsMax} points");
        }

        int window = WindowFor(count), positions = SignedDigits.CountFor(window), buckets = 1 << (window - 1);
        WriteDigits(scalars, count, window, positions);
        int group = Math.Clamp(TogetherMax / Math.Max(count, 1), 1, positions);
        for (int first = 0; first < positions; first += group)
        {
            if (!SumBuckets(points, count, first, Math.Min(group, positions - first), buckets))
            {
                return null;
            }
        }

        return Weigh(positions, window, buckets);
    }

    // The width for which sums into buckets and sums of buckets together are fewest.
    private static int WindowFor(int count)
    {
        int best = WindowMin;
        long least = long.MaxValue;
        for (int window = WindowMin; window <= WindowMax; window++)
        {
            long cost = SignedDigits.CountFor(window) * (count + (5L << (window - 2)) + (6 * window));
            (best, least) = cost < least ? (window, cost) : (best, least);
        }

        return best;
    }

    private static int BucketsMax(int pointsMax)
    {
        int most = 0;
        for (int window = WindowMin; window <= WindowFor(pointsMax); window++)
        {
            most = Math.Max(most, SignedDigits.CountFor(window) * ((1 << (window - 1)) + 1));
        }

        return most;
    }

    private static int DigitsMax(int pointsMax)
    {
        // Fewer points take narrower windows, hence more digits each: the largest product over sizes up to the limit.
        int most = 0;
        for (int count = 1; ; count = Math.Min(2 * count, pointsMax))
        {
            most = Math.Max(most, SignedDigits.CountFor(WindowFor((count / 2) + 1)) * count);
            if (count == pointsMax)
            {
                return most;
            }
        }
    }

    private void WriteDigits(UInt128* scalars, int count, int window, int positions)
    {
        int* digits = stackalloc int[SignedDigits.CountFor(WindowMin)];
        for (int i = 0; i < count; i++)
        {
            SignedDigits.Write(new SignedHalf(scalars[i], false), window, digits);
            for (int w = 0; w < positions; w++)
            {
                _digits[(w * count) + i] = (short)digits[w];
            }
        }
    }

    // Counting sort of the points by |digit| for some positions, then all lists to one point each.
    private bool SumBuckets(ulong* points, int count, int first, int group, int buckets)
    {
        int lists = group * buckets;
        new Span<int>(_starts, lists + 2).Clear();
        for (int g = 0; g < group; g++)
        {
            short* digits = _digits + ((first + g) * count);
            int* starts = _starts + 1 + (g * buckets);
            for (int i = 0; i < count; i++)
            {
                int digit = digits[i], size = digit < 0 ? -digit : digit;
                if (size != 0)
                {
                    starts[size]++;
                }
            }
        }

        for (int s = 1; s < lists + 2; s++)
        {
            _starts[s] += _starts[s - 1];
        }

        // Now starts[1 + list] is where the next point of a list goes; filling moves it to the list's end, the next
        // one's start.
        for (int g = 0; g < group; g++)
        {
            short* digits = _digits + ((first + g) * count);
            int* next = _starts + (g * buckets);
            for (int i = 0; i < count; i++)
            {
                int digit = digits[i], negative = digit >> 31, size = (digit ^ negative) - negative;
                if (size != 0)
                {
                    _lists[next[size]++] = points[i] ^ (uint)(negative & 1);
                }
            }
        }

        if (!_sums.Reduce(_lists, _starts, _counts, lists))
        {
            return false;
        }

        Keep(_starts, lists, _buckets + (first * buckets), _bucketReferences + (first * buckets));
        return true;
    }

    // Copies the sums out of the working memory of TreeSums.
    private void Keep(int* starts, int lists, PackedPoint* points, ulong* references)
    {
        for (int s = 0; s < lists; s++)
        {
            ulong sum = starts[s] == starts[s + 1] ? 0 : _lists[starts[s]];
            if (sum != 0)
            {
                points[s] = *(PackedPoint*)(sum & ~1UL);
                sum = (ulong)(points + s) | (sum & 1);
            }

            references[s] = sum;
        }
    }

    // Sum over positions w and buckets b of 2^(window w) b B[w, b], against infinity.
    private bool? Weigh(int positions, int window, int buckets)
    {
        int lowBits = (window - 1) / 2, lows = 1 << lowBits, highs = (buckets >> lowBits) + 1, parts = lows + highs;
        int highBits = BitOperations.Log2((uint)(highs - 1)) + 1;

        // Lists of equal low part v, then of equal high part u, for each position (0 weighs nothing: an empty list).
        int n = 0, list = 0;
        for (int w = 0; w < positions; w++)
        {
            ulong* bucket = _bucketReferences + (w * buckets) - 1;
            _starts[list++] = n;
            for (int v = 1; v < lows; v++)
            {
                _starts[list++] = n;
                for (int b = v; b <= buckets; b += lows)
                {
                    Append(bucket[b], ref n);
                }
            }

            _starts[list++] = n;
            for (int u = 1; u < highs; u++)
            {
                _starts[list++] = n;
                for (int b = u << lowBits; b < (u + 1) << lowBits && b <= buckets; b++)
                {
                    Append(bucket[b], ref n);
                }
            }
        }

        _starts[list] = n;
        if (!_sums.Reduce(_lists, _starts, _counts, list))
        {
            return null;
        }

        int offset = positions * buckets;
        ulong* partReferences = _bucketReferences + offset;
        Keep(_starts, list, _buckets + offset, partReferences);

        // Lists by single bits of v and of u.
        n = 0;
        list = 0;
        for (int w = 0; w < positions; w++)
        {
            ulong* part = partReferences + (w * parts);
            for (int bit = 0; bit < lowBits + highBits; bit++)
            {
                _starts[list++] = n;
                bool isLow = bit < lowBits;
                int from = isLow ? 0 : lows, size = isLow ? lows : highs, mask = 1 << (isLow ? bit : bit - lowBits);
                for (int i = 1; i < size; i++)
                {
                    if ((i & mask) != 0)
                    {
                        Append(part[from + i], ref n);
                    }
                }
            }
        }

        _starts[list] = n;
        if (!_sums.Reduce(_lists, _starts, _counts, list))
        {
            return null;
        }

        // Bit `bit` of position w weighs 2^(window w + bit); the width of a position is the number of its bits.
        JacobianPoint sum = JacobianPoint.Infinity;
        int bits = lowBits + highBits;
        for (int weight = ((positions - 1) * window) + bits - 1; weight >= 0; weight--)
        {
            sum = sum.Double();
            for (int w = Math.Min(positions - 1, weight / window); w >= 0 && weight - (w * window) < bits; w--)
            {
                int index = (w * bits) + weight - (w * window);
                ulong point = _starts[index] == _starts[index + 1] ? 0 : _lists[_starts[index]];
                if (point != 0)
                {
                    sum = sum.Add(PackedPoint.ToScalar(point));
                }
            }
        }

        return sum.IsInfinity;
    }

    private void Append(ulong reference, ref int n)
    {
        if (reference != 0)
        {
            _lists[n++] = reference;
        }
    }
}
