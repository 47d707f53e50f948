// Memory. What the host sends and takes is as the contract of ISecp256k1Kernel lays it out, item after item, so that
// the host only copies: digests 8 words, signatures 16, keys 16, recovery ids a byte; bytes are big-endian numbers.
// What stays on the device lies word by word over all items (word w of item i at w * stride + i), so that neighbouring
// threads touch neighbouring words:
//   inverses   8 words, 1 / s or 1 / r in Montgomery's form
//   points    24 words, X, Y, Z of recovered keys
// Threads' tables lie whole, thread after thread: a lookup takes 64 bytes in a row.
namespace Tactus.Kernels.Gpu.Device;

/// <summary>What one thread does in each launch of verification and recovery. Verdicts are the scalar
/// kernel's.</summary>
/// <remarks>
/// Verify: <see cref="Invert"/> for s, then <see cref="Verify"/>. Recover: Invert for r, <see cref="Recover"/>,
/// <see cref="ToAffine"/>.
/// </remarks>
internal static class EcdsaSteps<TProducts, TWords>
    where TProducts : struct, IFieldProducts
    where TWords : struct, IWords
{
    /// <summary>Items that share one inversion: 3 products for each and 1/16 of some 270.</summary>
    public const int InversionGroup = 16;

    // Values of SignatureVerdict.
    private const uint Valid = 1, OutOfRange = 2, NoPoint = 3, Infinity = 4, Mismatch = 5, BadKey = 6;

    /// <summary>Threads that invert for <paramref name="count"/> items.</summary>
    public static int Groups(int count) => (count + InversionGroup - 1) / InversionGroup;

    /// <summary>Inverts r (part 0) or s (part 1) of the items group, group + groups, ...; those out of range count as
    /// 1.</summary>
    public static void Invert(int group, int count, int part, TWords signatures, TWords inverses, long stride)
    {
        int groups = Groups(count);
        U256 product = DeviceScalar.ToMontgomery(U256.One);
        for (int i = group; i < count; i += groups)
        {
            WordsOf.Store(inverses, i, stride, product);
            product = DeviceScalar.MontgomeryMultiply(product, Divisor(signatures, i, part));
        }

        U256 rest = DeviceScalar.MontgomeryInverse(product);
        int last = group + ((count - 1 - group) / groups * groups);
        for (int i = last; i >= 0; i -= groups)
        {
            WordsOf.Store(
                inverses, i, stride, DeviceScalar.MontgomeryMultiply(rest, WordsOf.Load(inverses, i, stride)));
            rest = DeviceScalar.MontgomeryMultiply(rest, Divisor(signatures, i, part));
        }
    }

    /// <summary>Verifies item i and writes its answer.</summary>
    public static void Verify<TComb>(
        int i,
        uint nonce,
        TWords digests,
        TWords signatures,
        TWords keys,
        TWords inverses,
        long stride,
        TWords tables,
        TComb comb,
        int combBits,
        TWords answers)
        where TComb : struct, IWords
    {
        U256 digest = WordsOf.LoadBigEndian(digests, 8L * i);
        U256 r = WordsOf.LoadBigEndian(signatures, 16L * i);
        U256 s = WordsOf.LoadBigEndian(signatures, (16L * i) + 8);
        U256 x = WordsOf.LoadBigEndian(keys, 16L * i);
        U256 y = WordsOf.LoadBigEndian(keys, (16L * i) + 8);
        uint verdict = OutOfRange;
        if (DeviceScalar.IsInRange(r) && DeviceScalar.IsInRange(s))
        {
            verdict = BadKey;
            if (DeviceGroup<TProducts>.IsOnCurve(x, y))
            {
                U256 inverse = WordsOf.Load(inverses, i, stride);
                DevicePoint sum = DoubleScalar<TProducts>.Combine(
                    DeviceScalar.MontgomeryMultiply(r, inverse),
                    x,
                    y,
                    DeviceScalar.MontgomeryMultiply(DeviceScalar.Reduce(digest), inverse),
                    tables,
                    i * (long)DoubleScalar<TProducts>.TableWords,
                    comb,
                    combBits);
                verdict = HasX(sum, r) ? Valid : Mismatch;
            }
        }

        answers.Set(i, AnswerTag.Of(nonce, digest, s, x, verdict));
    }

    /// <summary>Recovers the key of item i into points, and notes its verdict; <see cref="ToAffine"/> gives the
    /// answer.</summary>
    public static void Recover<TComb>(
        int i,
        TWords digests,
        TWords signatures,
        TWords recoveryIds,
        TWords inverses,
        long stride,
        TWords tables,
        TComb comb,
        int combBits,
        TWords points,
        TWords answers)
        where TComb : struct, IWords
    {
        U256 r = WordsOf.LoadBigEndian(signatures, 16L * i);
        U256 s = WordsOf.LoadBigEndian(signatures, (16L * i) + 8);
        uint id = (recoveryIds.Get(i >> 2) >> (8 * (i & 3))) & 0xFF;
        DevicePoint key = DevicePoint.Infinity;
        uint verdict = OutOfRange;
        U256 x = r;
        bool inRange = id <= 3 && DeviceScalar.IsInRange(r) && DeviceScalar.IsInRange(s);
        if (inRange && (id & 2) != 0)
        {
            x = U256.Add(r, DeviceScalar.Order, out uint carry);
            inRange = carry == 0 && U256.Less(x, DeviceField.P);
        }

        if (inRange)
        {
            verdict = NoPoint;
            U256 square = DeviceGroup<TProducts>.CurveSide(x);
            U256 y = DeviceField.Canonical(DeviceField.RootCandidate<TProducts>(square));
            if (DeviceField.IsZero(DeviceField.Subtract(default(TProducts).Square(y), square)))
            {
                U256 inverse = WordsOf.Load(inverses, i, stride);
                U256 digest = DeviceScalar.Reduce(WordsOf.LoadBigEndian(digests, 8L * i));
                key = DoubleScalar<TProducts>.Combine(
                    DeviceScalar.MontgomeryMultiply(s, inverse),
                    x,
                    U256.Select((y.W0 & 1) == (id & 1), y, DeviceField.Negate(y)),
                    DeviceScalar.Negate(DeviceScalar.MontgomeryMultiply(digest, inverse)),
                    tables,
                    i * (long)DoubleScalar<TProducts>.TableWords,
                    comb,
                    combBits);
                verdict = DeviceField.IsZero(key.Z) ? Infinity : Valid;
            }
        }

        WordsOf.Store(points, i, stride, key.X);
        WordsOf.Store(points, (8 * stride) + i, stride, key.Y);
        WordsOf.Store(points, (16 * stride) + i, stride, verdict == Valid ? key.Z : U256.One);
        answers.Set(i, verdict);
    }

    /// <summary>Writes the affine keys and the answers of the items group, group + groups, ...</summary>
    public static void ToAffine(
        int group,
        int count,
        uint nonce,
        TWords digests,
        TWords signatures,
        TWords points,
        TWords inverses,
        long stride,
        TWords keys,
        TWords answers)
    {
        TProducts products = default;
        int groups = Groups(count);
        U256 product = U256.One;
        for (int i = group; i < count; i += groups)
        {
            WordsOf.Store(inverses, i, stride, product);
            product = products.Multiply(product, WordsOf.Load(points, (16 * stride) + i, stride));
        }

        U256 rest = DeviceField.Inverse<TProducts>(product);
        int last = group + ((count - 1 - group) / groups * groups);
        for (int i = last; i >= 0; i -= groups)
        {
            U256 inverse = products.Multiply(rest, WordsOf.Load(inverses, i, stride));
            rest = products.Multiply(rest, WordsOf.Load(points, (16 * stride) + i, stride));
            U256 square = products.Square(inverse);
            U256 x = DeviceField.Canonical(products.Multiply(WordsOf.Load(points, i, stride), square));
            U256 y = DeviceField.Canonical(products.Multiply(
                WordsOf.Load(points, (8 * stride) + i, stride), products.Multiply(square, inverse)));
            uint verdict = answers.Get(i);
            x = U256.Select(verdict == Valid, x, U256.Zero);
            y = U256.Select(verdict == Valid, y, U256.Zero);
            WordsOf.StoreBigEndian(keys, 16L * i, x);
            WordsOf.StoreBigEndian(keys, (16L * i) + 8, y);
            answers.Set(i, AnswerTag.Of(
                nonce,
                WordsOf.LoadBigEndian(digests, 8L * i),
                WordsOf.LoadBigEndian(signatures, (16L * i) + 8),
                x,
                verdict));
        }
    }

    private static U256 Divisor(TWords signatures, int i, int part)
    {
        U256 value = WordsOf.LoadBigEndian(signatures, (16L * i) + (8 * part));
        return DeviceScalar.ToMontgomery(U256.Select(DeviceScalar.IsInRange(value), value, U256.One));
    }

    // Whether the affine x of a finite point is r mod n: x = r or x = r + n below p, compared as r Z^2 = X.
    private static bool HasX(DevicePoint point, U256 r)
    {
        TProducts products = default;
        U256 zz = products.Square(point.Z);
        bool same = DeviceField.IsZero(DeviceField.Subtract(products.Multiply(r, zz), point.X));
        U256 wrapped = U256.Add(r, DeviceScalar.Order, out uint carry);
        if (!same && carry == 0 && U256.Less(wrapped, DeviceField.P))
        {
            same = DeviceField.IsZero(DeviceField.Subtract(products.Multiply(wrapped, zz), point.X));
        }

        return same && !DeviceField.IsZero(point.Z);
    }
}
