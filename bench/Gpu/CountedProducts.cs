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

    /// <summary>Field operations of a signature: means over the items given.</summary>
    public static OperationCount Count(byte[] digests, byte[] signatures, byte[] ids, byte[] keys, int combBits, bool recovers)
    {
        int count = ids.Length;
        uint[] Words(byte[] bytes)
        {
            uint[] words = new uint[(bytes.Length + 3) / 4];
            Buffer.BlockCopy(bytes, 0, words, 0, bytes.Length);
            return words;
        }

        var digestWords = new ArrayWords(Words(digests));
        var signatureWords = new ArrayWords(Words(signatures));
        var idWords = new ArrayWords(Words(ids));
        uint[] keyWords = Words(keys), answers = new uint[count];
        var inverses = new ArrayWords(new uint[8 * count]);
        var points = new ArrayWords(new uint[24 * count]);
        var tables = new ArrayWords(new uint[count * DoubleScalar<CountedProducts>.TableWords]);
        var comb = new ArrayWords(GeneratorComb.Make(combBits));
        Multiplications = Squarings = 0;
        int groups = EcdsaSteps<CountedProducts, ArrayWords>.Groups(count);
        for (int group = 0; group < groups; group++)
        {
            EcdsaSteps<CountedProducts, ArrayWords>.Invert(group, count, recovers ? 0 : 1, signatureWords, inverses, count);
        }

        for (int i = 0; i < count; i++)
        {
            if (recovers)
            {
                EcdsaSteps<CountedProducts, ArrayWords>.Recover(
                    i, digestWords, signatureWords, idWords, inverses, count, tables, comb, combBits, points, new(answers));
            }
            else
            {
                EcdsaSteps<CountedProducts, ArrayWords>.Verify(
                    i, 0, digestWords, signatureWords, new(keyWords), inverses, count, tables, comb, combBits, new(answers));
            }
        }

        for (int group = 0; group < groups && recovers; group++)
        {
            EcdsaSteps<CountedProducts, ArrayWords>.ToAffine(
                group, count, 0, digestWords, signatureWords, points, inverses, count, new(keyWords), new(answers));
        }

        return answers.All(answer => (answer & 0xFF) == (uint)SignatureVerdict.Valid)
            ? new OperationCount((double)Multiplications / count, (double)Squarings / count)
            : throw new InvalidOperationException("a good signature is refused");
    }
}

/// <summary>Field operations of one signature.</summary>
internal sealed record OperationCount(double Multiplications, double Squarings)
{
    /// <summary>
    /// Wide multiply-adds that they need at least: 64 limb products and 10 to reduce, 36 and 10 for a square (specification, section 3.1).
    /// </summary>
    public double WideMultiplies => (74 * Multiplications) + (46 * Squarings);
}
