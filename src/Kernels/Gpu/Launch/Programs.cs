using ILGPU;
using Tactus.Kernels.Gpu.Device;

namespace Tactus.Kernels.Gpu.Launch;

/// <summary>What the programs of a signature batch work on; <see cref="EcdsaSteps{TProducts, TWords}"/> has the
/// layout.</summary>
internal struct EcdsaMemory
{
    public ViewWords Digests;
    public ViewWords Signatures;
    public ViewWords RecoveryIds;
    public ViewWords Keys;
    public ViewWords Answers;
    public ViewWords Inverses;
    public ViewWords Points;
    public ViewWords Tables;
    public ViewWords Comb;
}

/// <summary>The programs of a device: one thread of a launch each.</summary>
internal static class EcdsaPrograms<TProducts>
    where TProducts : struct, IFieldProducts
{
    public static void Invert(Index1D group, EcdsaMemory memory, int count, int part, int stride) =>
        EcdsaSteps<TProducts, ViewWords>.Invert(group, count, part, memory.Signatures, memory.Inverses, stride);

    public static void Verify(Index1D i, EcdsaMemory memory, uint nonce, int stride, int combBits) =>
        EcdsaSteps<TProducts, ViewWords>.Verify(
            i, nonce, memory.Digests, memory.Signatures, memory.Keys, memory.Inverses, stride, memory.Tables,
            memory.Comb,
            combBits, memory.Answers);

    public static void Recover(Index1D i, EcdsaMemory memory, int stride, int combBits) =>
        EcdsaSteps<TProducts, ViewWords>.Recover(
            i, memory.Digests, memory.Signatures, memory.RecoveryIds, memory.Inverses, stride, memory.Tables,
            memory.Comb,
            combBits, memory.Points, memory.Answers);

    public static void ToAffine(Index1D group, EcdsaMemory memory, int count, uint nonce, int stride) =>
        EcdsaSteps<TProducts, ViewWords>.ToAffine(
            group, count, nonce, memory.Digests, memory.Signatures, memory.Points, memory.Inverses, stride, memory.Keys,
            memory.Answers);
}

/// <summary>What the programs of an equation work on besides; <see cref="BatchSteps{TProducts, TWords}"/> has the
/// layout.</summary>
internal struct BatchMemory
{
    public ViewWords Secret;
    public ViewWords Points;
    public ViewWords Counts;
    public ViewWords Lists;
    public ViewWords Partials;
    public ViewWords Results;
}

/// <summary>The programs of a batch's equation.</summary>
internal static class BatchPrograms<TProducts>
    where TProducts : struct, IFieldProducts
{
    public static void Clear(Index1D bucket, ViewWords counts) =>
        BatchSteps<TProducts, ViewWords>.Clear(bucket, counts);

    public static void Prepare(
        Index1D i, EcdsaMemory memory, BatchMemory batch, uint nonce, BatchShape shape, int stride) =>
        BatchSteps<TProducts, ViewWords>.Prepare(
            i, nonce, shape, memory.Digests, memory.Signatures, memory.RecoveryIds, memory.Keys, batch.Secret,
            memory.Inverses, stride,
            batch.Points, batch.Counts, batch.Lists, memory.Answers);

    public static void SumScalars(Index1D group, int count, ViewWords inverses, int stride, ViewWords results) =>
        BatchSteps<TProducts, ViewWords>.SumScalars(group, count, inverses, stride, results);

    public static void Accumulate(Index1D thread, BatchMemory batch, BatchShape shape) =>
        BatchSteps<TProducts, ViewWords>.Accumulate(
            thread, shape, batch.Points, batch.Counts, batch.Lists, batch.Partials);

    public static void WeighRun(Index1D run, BatchShape shape, ViewWords partials, ViewWords sums) =>
        BatchSteps<TProducts, ViewWords>.WeighRun(run, shape, partials, sums);

    public static void SumRuns(Index1D thread, int windows, int each, ViewWords from, ViewWords to) =>
        BatchSteps<TProducts, ViewWords>.SumRuns(thread, windows, each, from, to);
}

/// <summary>The programs that hash.</summary>
internal static class HashPrograms
{
    public static void Pair(Index1D i, int childBits, ViewWords children, ViewWords parents) =>
        Sha256Steps<ViewWords>.Pair(i, childBits != 0, children, parents);

    public static void Message(Index1D i, ViewWords data, ViewWords ranges, ViewWords digests) =>
        Sha256Steps<ViewWords>.Message(i, data, ranges, digests);
}

/// <summary>Loops that do one thing in registers, to measure how fast the device does it. Results are stored, or they
/// would be left out.</summary>
internal static class RatePrograms<TProducts>
    where TProducts : struct, IFieldProducts
{
    /// <summary>Operations of a round of <see cref="Multiply"/>, <see cref="WideMultiply"/> and
    /// <see cref="Add"/>.</summary>
    public const int OperationsPerRound = 16;

    /// <summary>32-bit multiply-add, low half: eight chains.</summary>
    public static void Multiply(Index1D i, int rounds, ViewWords output)
    {
        uint a = (uint)(int)i | 1, b = a + 2, c = a + 4, d = a + 6, e = a + 8, f = a + 10, g = a + 12, h = a + 14;
        for (int round = 0; round < rounds; round++)
        {
            a = (a * a) + b;
            c = (c * c) + d;
            e = (e * e) + f;
            g = (g * g) + h;
            b = (b * b) + c;
            d = (d * d) + e;
            f = (f * f) + g;
            h = (h * h) + a;
            a = (a * c) + b;
            c = (c * e) + d;
            e = (e * g) + f;
            g = (g * a) + h;
            b = (b * d) + c;
            d = (d * f) + e;
            f = (f * h) + g;
            h = (h * b) + a;
        }

        output.Set(i, a ^ b ^ c ^ d ^ e ^ f ^ g ^ h);
    }

    /// <summary>32 x 32 bits to 64, added to 64.</summary>
    public static void WideMultiply(Index1D i, int rounds, ViewWords output)
    {
        ulong a = (ulong)(int)i | 1, b = a + 2, c = a + 4, d = a + 6;
        for (int round = 0; round < rounds; round++)
        {
            a += (ulong)(uint)a * (uint)b;
            b += (ulong)(uint)b * (uint)c;
            c += (ulong)(uint)c * (uint)d;
            d += (ulong)(uint)d * (uint)a;
            a += (ulong)(uint)b * (uint)c;
            b += (ulong)(uint)c * (uint)d;
            c += (ulong)(uint)d * (uint)a;
            d += (ulong)(uint)a * (uint)b;
            a += (ulong)(uint)c * (uint)d;
            b += (ulong)(uint)d * (uint)a;
            c += (ulong)(uint)a * (uint)b;
            d += (ulong)(uint)b * (uint)c;
            a += (ulong)(uint)d * (uint)b;
            b += (ulong)(uint)a * (uint)c;
            c += (ulong)(uint)b * (uint)d;
            d += (ulong)(uint)c * (uint)a;
        }

        output.Set(i, (uint)(a ^ b ^ c ^ d) ^ (uint)((a ^ b ^ c ^ d) >> 32));
    }

    /// <summary>32-bit additions that do not fold into one another.</summary>
    public static void Add(Index1D i, int rounds, ViewWords output)
    {
        uint a = (uint)(int)i | 1, b = a + 2, c = a + 4, d = a + 6;
        for (int round = 0; round < rounds; round++)
        {
            a += b;
            b += c;
            c += d;
            d += a;
            a += c;
            b += d;
            c += a;
            d += b;
            a += d;
            b += a;
            c += b;
            d += c;
            a += b;
            b += c;
            c += d;
            d += a;
        }

        output.Set(i, a ^ b ^ c ^ d);
    }

    /// <summary>Field multiplications, two chains; two a round.</summary>
    public static void FieldMultiply(Index1D i, int rounds, ViewWords output)
    {
        U256 a = new((uint)(int)i, 2, 3, 4, 5, 6, 7, 8), b = new(9, (uint)(int)i, 11, 12, 13, 14, 15, 16);
        for (int round = 0; round < rounds; round++)
        {
            a = default(TProducts).Multiply(a, b);
            b = default(TProducts).Multiply(b, a);
        }

        output.Set(i, a.W0 ^ a.W7 ^ b.W1 ^ b.W6);
    }

    /// <summary>Field squarings, two chains; two a round.</summary>
    public static void FieldSquare(Index1D i, int rounds, ViewWords output)
    {
        U256 a = new((uint)(int)i, 2, 3, 4, 5, 6, 7, 8), b = new(9, (uint)(int)i, 11, 12, 13, 14, 15, 16);
        for (int round = 0; round < rounds; round++)
        {
            a = default(TProducts).Square(a);
            b = default(TProducts).Square(b);
        }

        output.Set(i, a.W0 ^ a.W7 ^ b.W1 ^ b.W6);
    }

    /// <summary>Additions of a point, one chain; one a round. What they are made of is used as the programs use
    /// it.</summary>
    public static void PointAdd(Index1D i, int rounds, ViewWords output)
    {
        // Not on the curve, which the formulas do not ask for.
        DevicePoint sum = new(
            new U256((uint)(int)i, 2, 3, 4, 5, 6, 7, 8), new U256(9, 10, 11, 12, 13, 14, 15, 16), U256.One);
        U256 x = new(17, 18, 19, 20, 21, 22, 23, 24), y = new(25, 26, 27, 28, 29, 30, 31, 32);
        for (int round = 0; round < rounds; round++)
        {
            sum = DeviceGroup<TProducts>.AddMixed(sum, x, y, out _);
        }

        output.Set(i, sum.X.W0 ^ sum.Y.W7 ^ sum.Z.W1);
    }

    /// <summary>Products of given numbers, to compare with the portable ones: pairs of eight words in, eight words each
    /// out.</summary>
    public static void Check(Index1D i, ViewWords pairs, ViewWords products, ViewWords squares)
    {
        U256 a = WordsOf.Load(pairs, 16L * i, 1), b = WordsOf.Load(pairs, (16L * i) + 8, 1);
        WordsOf.Store(products, 8L * i, 1, default(TProducts).Multiply(a, b));
        WordsOf.Store(squares, 8L * i, 1, default(TProducts).Square(a));
    }
}
