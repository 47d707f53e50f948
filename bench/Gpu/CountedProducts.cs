using Tactus.Kernels.Gpu;
using Tactus.Kernels.Gpu.Device;
using Tactus.Kernels.Secp256k1;

namespace Tactus.Bench.Gpu;

/// <summary>Field products that count themselves, to know what a signature costs. One thread.</summary>
internal readonly struct CountedProducts : IFieldProducts
{
    public static long Multiplications { get; private set; }

    public static long Squarings { get; private set; }

    public U256 Multiply(U256 a, U256 b)
    {
        Multiplications++;
        return DeviceField.Multiply(a, b);
    }

    public U256 Square(U256 a)
    {
        Squarings++;
        return DeviceField.Square(a);
    }

    /// <summary>Field operations of a signature: means over the items given, which are all good.</summary>
    public static OperationCount Count(GpuProgram program, byte[] digests, byte[] signatures, byte[] ids, byte[] keys,
        int combBits)
    {
        var memory = new CountedMemory(digests, signatures, ids, keys, combBits);
        Multiplications = Squarings = 0;
        int groups = EcdsaSteps<CountedProducts, ArrayWords>.Groups(memory.Count);
        for (int group = 0; group < groups; group++)
        {
            EcdsaSteps<CountedProducts, ArrayWords>.Invert(
                group, memory.Count, program == GpuProgram.Recover ? 0 : 1, memory.Signatures, memory.Inverses,
                    memory.Count);
        }

        switch (program)
        {
            case GpuProgram.Verify:
                memory.Verify();
                break;
            case GpuProgram.Recover:
                memory.Recover(groups);
                break;
            default:
                memory.SumBatch();
                break;
        }

        return memory.AreAllValid
            ? new OperationCount((double)Multiplications / memory.Count, (double)Squarings / memory.Count)
            : throw new InvalidOperationException("a good signature is refused");
    }
}

/// <summary>What the programs work on when they are counted.</summary>
internal sealed class CountedMemory(byte[] digests, byte[] signatures, byte[] ids, byte[] keys, int combBits)
{
    private readonly ArrayWords _digests = new(Words(digests)), _ids = new(Words(ids)), _keys = new(Words(keys));
    private readonly uint[] _answers = new uint[ids.Length];

    public int Count => ids.Length;

    public ArrayWords Signatures { get; } = new(Words(signatures));

    public ArrayWords Inverses { get; } = new(new uint[8 * ids.Length]);

    public bool AreAllValid => _answers.All(answer => (answer & 0xFF) == (uint)SignatureVerdict.Valid);

    public void Verify()
    {
        var tables = new ArrayWords(new uint[Count * DoubleScalar<CountedProducts>.TableWords]);
        var comb = new ArrayWords(GeneratorComb.Make(combBits));
        for (int i = 0; i < Count; i++)
        {
            EcdsaSteps<CountedProducts, ArrayWords>.Verify(
                i, 0, _digests, Signatures, _keys, Inverses, Count, tables, comb, combBits, new(_answers));
        }
    }

    public void Recover(int groups)
    {
        var tables = new ArrayWords(new uint[Count * DoubleScalar<CountedProducts>.TableWords]);
        var comb = new ArrayWords(GeneratorComb.Make(combBits));
        var points = new ArrayWords(new uint[24 * Count]);
        for (int i = 0; i < Count; i++)
        {
            EcdsaSteps<CountedProducts, ArrayWords>.Recover(
                i, _digests, Signatures, _ids, Inverses, Count, tables, comb, combBits, points, new(_answers));
        }

        for (int group = 0; group < groups; group++)
        {
            EcdsaSteps<CountedProducts, ArrayWords>.ToAffine(
                group, Count, 0, _digests, Signatures, points, Inverses, Count, _keys, new(_answers));
        }
    }

    public void SumBatch()
    {
        var shape = BatchShape.For(Count);
        var points = new ArrayWords(new uint[16 * BatchShape.PointsPerItem * Count]);
        var counts = new ArrayWords(new uint[shape.AllBuckets]);
        var lists = new ArrayWords(new uint[shape.ListWords]);
        var partials = new ArrayWords(new uint[BatchShape.PointWords * shape.Threads]);
        int sumWords = BatchShape.PointWords * shape.Windows * shape.Runs;
        ArrayWords from = new(new uint[sumWords]), to = new(new uint[sumWords]);
        for (int i = 0; i < Count; i++)
        {
            BatchSteps<CountedProducts, ArrayWords>.Prepare(
                i, 0, shape, _digests, Signatures, _ids, _keys, new(new uint[8]), Inverses, Count, points, counts,
                    lists, new(_answers));
        }

        for (int thread = 0; thread < shape.Threads; thread++)
        {
            BatchSteps<CountedProducts, ArrayWords>.Accumulate(thread, shape, points, counts, lists, partials);
        }

        for (int run = 0; run < shape.Windows * shape.Runs; run++)
        {
            BatchSteps<CountedProducts, ArrayWords>.WeighRun(run, shape, partials, from);
        }

        for (int each = shape.Runs, left = 0; left != 1; each = left, (from, to) = (to, from))
        {
            left = BatchShape.RunsLeft(each);
            for (int thread = 0; thread < shape.Windows * left; thread++)
            {
                BatchSteps<CountedProducts, ArrayWords>.SumRuns(thread, shape.Windows, each, from, to);
            }
        }
    }

    private static uint[] Words(byte[] bytes)
    {
        uint[] words = new uint[(bytes.Length + 3) / 4];
        Buffer.BlockCopy(bytes, 0, words, 0, bytes.Length);
        return words;
    }
}

/// <summary>Field operations of one signature.</summary>
internal sealed record OperationCount(double Multiplications, double Squarings)
{
    /// <summary>
    /// Wide multiply-adds that they need at least: 64 limb products and 10 to reduce, 36 and 10 for a square
    /// (specification, section 3.1).
    /// </summary>
    public double WideMultiplies => (74 * Multiplications) + (46 * Squarings);
}
