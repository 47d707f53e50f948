// The equation: sum of a[i] (u1[i] G + u2[i] Q[i] - R[i]) = infinity, a[i] random below 2^128, u1 = e/s, u2 = r/s, R
// the point that r and the recovery id name. Values: a[i] u2[i] mod n as two signed halves below 2^128, a[i] itself
// below 2^128, a[i] u1[i] below n.
// Memory, beside what EcdsaSteps says:
//   inverses  1/s comes in; a[i] u1[i] is left in its place
//   points    three an item, x and y whole: Q, (Beta x, y) of Q, R
//   counts    points in each bucket
//   lists     place k of bucket b at k * AllBuckets + b: 2 * point + 1 where it is to be subtracted; neighbouring threads
//             read neighbouring words
//   partials  sums of buckets' segments; runs: sums of runs, word by word over all of them
//   results   window by window, uppermost first; then the generator's scalars
namespace Tactus.Kernels.Gpu.Device;

/// <summary>
/// What one thread does in each launch of batch verification: one equation for many signatures whose keys are known.
/// </summary>
/// <remarks>
/// <see cref="Clear"/>, EcdsaSteps.Invert for s, <see cref="Prepare"/>, <see cref="SumScalars"/>,
/// <see cref="Accumulate"/>, <see cref="WeighRun"/>, then <see cref="SumRuns"/> until one sum a window is left. The
/// host adds those: a chain of 130 doublings. Buckets after Pippenger (SIAM J. Computing 1980).
/// </remarks>
internal static class BatchSteps<TProducts, TWords>
    where TProducts : struct, IFieldProducts
    where TWords : struct, IWords
{
    private const int PointWords = 16;

    // Values of SignatureVerdict: Valid stands for "is in the equation".
    private const uint Valid = 1, OutOfRange = 2, NoPoint = 3, BadKey = 6;

    public static void Clear(int bucket, TWords counts) => counts.Set(bucket, 0);

    /// <summary>The weight a[item], below 2^128: nobody who does not know the batch's secret can foresee it.</summary>
    public static U256 Weight(U256 secret, int item)
    {
        U256 hash = Sha256Rounds.Compress(
            Sha256Rounds.Initial, secret, new U256((uint)item, 0, 0, 0, 0, 0, 0, 0));
        return new U256(hash.W0, hash.W1, hash.W2, hash.W3, 0, 0, 0, 0);
    }

    /// <summary>
    /// Lifts R of item i, checks its key, weighs it and puts its points into buckets. The answer is Valid if it is in
    /// the equation; otherwise it is not, and what the answer says is only a hint: another way has to decide it.
    /// </summary>
    public static void Prepare(
        int i,
        uint nonce,
        BatchShape shape,
        TWords digests,
        TWords signatures,
        TWords recoveryIds,
        TWords keys,
        TWords secret,
        TWords inverses,
        long stride,
        TWords points,
        TWords counts,
        TWords lists,
        TWords answers)
    {
        TProducts products = default;
        U256 digest = WordsOf.LoadBigEndian(digests, 8L * i);
        U256 r = WordsOf.LoadBigEndian(signatures, 16L * i);
        U256 s = WordsOf.LoadBigEndian(signatures, (16L * i) + 8);
        U256 x = WordsOf.LoadBigEndian(keys, 16L * i);
        U256 y = WordsOf.LoadBigEndian(keys, (16L * i) + 8);
        uint id = (recoveryIds.Get(i >> 2) >> (8 * (i & 3))) & 0xFF;
        U256 forGenerator = U256.Zero;
        uint verdict = OutOfRange;
        if (id <= 1 && DeviceScalar.IsInRange(r) && DeviceScalar.IsInRange(s))
        {
            // r is below n, hence below p.
            U256 square = DeviceGroup<TProducts>.CurveSide(r);
            U256 root = DeviceField.Canonical(DeviceField.RootCandidate<TProducts>(square));
            bool isPoint = DeviceField.IsZero(DeviceField.Subtract(products.Square(root), square));
            verdict = !isPoint ? NoPoint : DeviceGroup<TProducts>.IsOnCurve(x, y) ? Valid : BadKey;
            if (verdict == Valid)
            {
                U256 inverse = WordsOf.Load(inverses, i, stride);
                U256 weight = Weight(WordsOf.Load(secret, 0, 1), i);
                U256 weightForm = DeviceScalar.ToMontgomery(weight);
                forGenerator = DeviceScalar.MontgomeryMultiply(
                    weightForm, DeviceScalar.MontgomeryMultiply(DeviceScalar.Reduce(digest), inverse));
                U256 forKey = DeviceScalar.MontgomeryMultiply(weightForm, DeviceScalar.MontgomeryMultiply(r, inverse));
                DeviceHalf low = DeviceGlv.Split(forKey, out DeviceHalf high);
                int first = BatchShape.PointsPerItem * i;
                Keep(points, first, x, y);
                Keep(points, first + 1, products.Multiply(x, DeviceField.Beta), y);
                Keep(points, first + 2, r, U256.Select((root.W0 & 1) == (id & 1), root, DeviceField.Negate(root)));
                Scatter(first, low.Magnitude, low.IsNegative, shape, counts, lists);
                Scatter(first + 1, high.Magnitude, high.IsNegative, shape, counts, lists);
                Scatter(first + 2, weight, true, shape, counts, lists);
            }
        }

        WordsOf.Store(inverses, i, stride, forGenerator);
        answers.Set(i, AnswerTag.Of(nonce, digest, s, x, verdict));
    }

    /// <summary>
    /// The generator's scalars of the items group, group + <see cref="BatchShape.ScalarSums"/>, ... mod n.
    /// </summary>
    public static void SumScalars(int group, int count, TWords inverses, long stride, TWords results)
    {
        U256 sum = U256.Zero;
        for (int i = group; i < count; i += BatchShape.ScalarSums)
        {
            sum = DeviceScalar.Add(sum, WordsOf.Load(inverses, i, stride));
        }

        WordsOf.Store(results, BatchShape.ScalarsAt + group, BatchShape.ScalarSums, sum);
    }

    /// <summary>Adds up the points of a bucket at the places segment, segment + Segments, ...</summary>
    /// <param name="thread">Bucket * Segments + segment: a warp has few buckets, so that few wait for the
    /// fullest.</param>
    public static void Accumulate(int thread, BatchShape shape, TWords points, TWords counts, TWords lists,
        TWords partials)
    {
        int all = shape.AllBuckets, bucket = thread / BatchShape.Segments;
        int count = (int)counts.Get(bucket);
        count = count > shape.Capacity ? shape.Capacity : count;
        DevicePoint sum = DevicePoint.Infinity;
        for (int place = thread % BatchShape.Segments; place < count; place += BatchShape.Segments)
        {
            uint entry = lists.Get(((long)place * all) + bucket);
            long at = PointWords * (long)(entry >> 1);
            U256 y = WordsOf.Load(points, at + 8, 1);
            sum = DeviceGroup<TProducts>.AddMixed(
                sum, WordsOf.Load(points, at, 1), U256.Select((entry & 1) != 0, DeviceField.Negate(y), y), out _);
        }

        Store(partials, thread, shape.Threads, sum);
    }

    /// <summary>The sum of |d| times bucket |d| over a run of neighbouring buckets of one window.</summary>
    public static void WeighRun(int run, BatchShape shape, TWords partials, TWords sums)
    {
        DevicePoint plain = DevicePoint.Infinity, weighed = DevicePoint.Infinity;
        for (int k = BatchShape.Run - 1; k >= 0; k--)
        {
            int first = ((run * BatchShape.Run) + k) * BatchShape.Segments;
            for (int segment = 0; segment < BatchShape.Segments; segment++)
            {
                plain = DeviceGroup<TProducts>.Add(plain, Load(partials, first + segment, shape.Threads));
            }

            // k times bucket k once all above it have passed here
            if (k > 0)
            {
                weighed = DeviceGroup<TProducts>.Add(weighed, plain);
            }
        }

        // The run's first |d| is a multiple of Run, and 1.
        int lowest = (run % shape.Runs * BatchShape.Run) + 1;
        DevicePoint times = DevicePoint.Infinity;
        for (int bit = shape.Bits - 2; bit >= 0; bit--)
        {
            times = DeviceGroup<TProducts>.Double(times);
            if (((lowest >> bit) & 1) != 0)
            {
                times = DeviceGroup<TProducts>.Add(times, plain);
            }
        }

        Store(sums, run, shape.Windows * shape.Runs, DeviceGroup<TProducts>.Add(weighed, times));
    }

    /// <summary>Adds up to Run neighbouring sums of a window.</summary>
    /// <param name="thread">Window by window: which of the sums that are made.</param>
    /// <param name="windows">Of the shape.</param>
    /// <param name="each">Sums a window has; what it is left with, BatchShape.RunsLeft says.</param>
    /// <param name="from">Those sums.</param>
    /// <param name="to">Those left.</param>
    public static void SumRuns(int thread, int windows, int each, TWords from, TWords to)
    {
        int left = BatchShape.RunsLeft(each), window = thread / left;
        int first = thread % left * BatchShape.Run;
        int last = first + BatchShape.Run < each ? first + BatchShape.Run : each;
        DevicePoint sum = DevicePoint.Infinity;
        for (int k = first; k < last; k++)
        {
            sum = DeviceGroup<TProducts>.Add(sum, Load(from, (window * each) + k, windows * each));
        }

        Store(to, thread, windows * left, sum);
    }

    /// <summary>A point that lies word by word over <paramref name="stride"/> of them.</summary>
    public static DevicePoint Load(TWords words, int at, long stride) => new(
        WordsOf.Load(words, at, stride),
        WordsOf.Load(words, at + (8 * stride), stride),
        WordsOf.Load(words, at + (16 * stride), stride));

    private static void Store(TWords words, int at, long stride, DevicePoint point)
    {
        WordsOf.Store(words, at, stride, point.X);
        WordsOf.Store(words, at + (8 * stride), stride, point.Y);
        WordsOf.Store(words, at + (16 * stride), stride, point.Z);
    }

    private static void Keep(TWords points, int point, U256 x, U256 y)
    {
        WordsOf.Store(points, PointWords * (long)point, 1, x);
        WordsOf.Store(points, (PointWords * (long)point) + 8, 1, y);
    }

    // Puts a point into the bucket of each of its digits that is not zero.
    private static void Scatter(int point, U256 multiple, bool negative, BatchShape shape, TWords counts, TWords lists)
    {
        U256 rest = U256.Add(multiple, shape.Offset, out _);
        int all = shape.AllBuckets;
        for (int row = all - shape.Buckets; row >= 0; row -= shape.Buckets)
        {
            int digit = (int)(rest.W0 & (uint)((shape.Buckets << 1) - 1)) - shape.Buckets;
            if (digit != 0)
            {
                int bucket = row + (digit < 0 ? -digit : digit) - 1;
                uint place = counts.Add(bucket, 1);
                if (place < (uint)shape.Capacity)
                {
                    uint minus = (digit < 0) != negative ? 1u : 0u;
                    lists.Set(((long)place * all) + bucket, ((uint)point << 1) | minus);
                }
            }

            rest = U256.ShiftRight(rest, shape.Bits);
        }
    }
}
