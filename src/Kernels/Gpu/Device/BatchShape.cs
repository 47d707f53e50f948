// Value: a multiple below 2^128 is sum d[v] 2^(Bits v), v below Windows, Bits * Windows = 130, d[v] in
// -2^(Bits-1)..2^(Bits-1)-1: to it the sum of 2^(Bits-1) 2^(Bits v), about 2^129, is added once, and a digit is what
// then stands in its place less 2^(Bits-1). The widths are divisors of 130: of each the uppermost digit takes half of
// its range, so its buckets are at most some three times as full as the others. With other widths a few buckets would
// take most points.
namespace Tactus.Kernels.Gpu.Device;

/// <summary>How many buckets a batch's points go to, and how they lie in memory.</summary>
/// <remarks>
/// Bucket |d| - 1 of window v is number (Windows - 1 - v) Buckets + |d| - 1: the fullest come first, so that their
/// threads begin first.
/// </remarks>
internal readonly struct BatchShape
{
    /// <summary>Points of an item: its key, the key's image under the endomorphism, its R.</summary>
    public const int PointsPerItem = 3;

    /// <summary>Threads that add up one bucket.</summary>
    public const int Segments = 4;

    /// <summary>Neighbouring buckets that one thread weighs, and points that one adds at a time afterwards.</summary>
    public const int Run = 16;

    /// <summary>Partial sums of the generator's scalar that the host adds.</summary>
    public const int ScalarSums = 256;

    public const int WindowsMax = 26;

    /// <summary>Words of a point in Jacobian coordinates.</summary>
    public const int PointWords = 24;

    /// <summary>Where the scalars begin among the results: the windows' sums come first.</summary>
    public const int ScalarsAt = WindowsMax * PointWords;

    public const int ResultWords = ScalarsAt + (8 * ScalarSums);

    /// <summary>Bits of a digit.</summary>
    public readonly int Bits;

    public readonly int Windows;

    /// <summary>Of one window.</summary>
    public readonly int Buckets;

    /// <summary>
    /// Points that a bucket has room for. Weights are random, so one that is too full is chance; the batch then fails.
    /// </summary>
    public readonly int Capacity;

    /// <summary>What is added to a multiple before it is cut into digits.</summary>
    public readonly U256 Offset;

    private BatchShape(int items, int bits)
    {
        Bits = bits;
        Windows = 130 / bits;
        Buckets = 1 << (bits - 1);

        // Six times the mean and 64: three times is the most that is to be expected.
        Capacity = (6 * (((PointsPerItem * items) + Buckets - 1) / Buckets)) + 64;
        var words = new UInt128[2];
        for (int bit = bits - 1; bit < 130; bit += bits)
        {
            words[bit >> 7] |= UInt128.One << (bit & 127);
        }

        Offset = new U256(
            (uint)words[0], (uint)(words[0] >> 32), (uint)(words[0] >> 64), (uint)(words[0] >> 96), (uint)words[1],
            0, 0, 0);
    }

    /// <summary>Buckets of all windows.</summary>
    public int AllBuckets => Windows * Buckets;

    public long ListWords => (long)AllBuckets * Capacity;

    public int Threads => AllBuckets * Segments;

    /// <summary>Runs of one window.</summary>
    public int Runs => Buckets / Run;

    /// <summary>Sums that a window is left with after a round of SumRuns.</summary>
    public static int RunsLeft(int each) => (each + Run - 1) / Run;

    /// <summary>
    /// The shape with the fewest field operations for this many items. More items never take less memory.
    /// </summary>
    public static BatchShape For(int items)
    {
        BatchShape best = new(items, 5);
        foreach (int bits in (ReadOnlySpan<int>)[10, 13])
        {
            BatchShape shape = new(items, bits);
            best = shape.Cost(items) < best.Cost(items) ? shape : best;
        }

        return best;
    }

    // Mixed additions of 11 operations into buckets; 16 for each sum of two points, Segments - 1 and two a bucket.
    private long Cost(int items) => Windows * ((11L * PointsPerItem * items) + (16L * (Segments + 1) * Buckets));
}
