using Tactus.Kernels.Sha256;

namespace Tactus.Kernels.Tests.Sha256;

/// <summary>
/// The checks of an entry against scalar. Each returns null, or what differs: the tests want null from every entry, and want
/// something from every entry that is known to be wrong.
/// </summary>
internal static class Sha256Checks
{
    private static readonly Sha256Scalar Scalar = new();

    /// <summary>Both calls of a registry entry, and its lanes alone where it may leave long messages to the platform.</summary>
    public static IEnumerable<ISha256Kernel> Variants(string kernel)
    {
        ISha256Kernel entry = KernelCases.Sha256Of(kernel);
        return entry switch
        {
            Sha256Avx512x16 => [entry, new Sha256Avx512x16(usePlatform: false)],
            Sha256Avx2x8 => [entry, new Sha256Avx2x8(usePlatform: false)],
            _ => [entry],
        };
    }

    /// <summary>Batches of every size from 0 to twice the lanes (both sets) and one, of lengths around the padding's edges.</summary>
    public static string? EverySize(ISha256Kernel kernel)
    {
        int sizeMax = (4 * kernel.Lanes) + 1;
        foreach (int bytes in new[] { 0, 3, 55, 56, 64, 119, 120, 128, 300 })
        {
            byte[] data = Random(sizeMax * bytes, bytes);
            for (int size = 0; size <= sizeMax; size++)
            {
                if (Equal(kernel, data.AsSpan(0, size * bytes), bytes, size) is { } wrong)
                {
                    return wrong;
                }
            }
        }

        return null;
    }

    /// <summary>Every length from 0 to four blocks and a bit, in batches that fill the lanes, at odd addresses.</summary>
    public static string? EveryLength(ISha256Kernel kernel)
    {
        int size = (2 * kernel.Lanes) + 1;
        for (int bytes = 1; bytes <= 260; bytes++)
        {
            byte[] data = Random((size * bytes) + 1, bytes);
            if (Equal(kernel, data.AsSpan(1), bytes, size) is { } wrong)
            {
                return wrong;
            }
        }

        return null;
    }

    /// <summary>Batches of random sizes whose messages differ in length, now and then very much; overlapping is allowed.</summary>
    public static string? Mixed(ISha256Kernel kernel, int items, int seed) =>
        Mixed(kernel, items, seed, sizeMax: 200, random => random.Next(100) == 0
            ? random.Next(20_000)
            : random.Next(random.Next(2) == 0 ? 64 : 400));

    /// <summary>Batches as blocks of transactions give them: many short messages of few sizes, some up to 16 blocks and a bit.</summary>
    public static string? MixedShort(ISha256Kernel kernel, int items, int seed) =>
        Mixed(kernel, items, seed, sizeMax: 600, random => random.Next(400) == 0 ? random.Next(1100) : random.Next(60, 200));

    private static string? Mixed(ISha256Kernel kernel, int items, int seed, int sizeMax, Func<Random, int> nextLength)
    {
        var random = new Random(seed);
        byte[] data = Random(40_000, seed);
        for (int done = 0; done < items;)
        {
            int size = random.Next(0, sizeMax);
            var ranges = new MessageRange[size];
            for (int i = 0; i < size; i++)
            {
                int length = nextLength(random);
                ranges[i] = new MessageRange(random.Next(data.Length - length + 1), length);
            }

            byte[] expected = new byte[size * 32];
            byte[] actual = new byte[size * 32];
            Scalar.HashMixed(data, ranges, expected);
            kernel.HashMixed(data, ranges, actual);
            if (Difference(expected, actual, $"mixed batch of {size} after {done} items, seed {seed}") is { } wrong)
            {
                return wrong;
            }

            done += Math.Max(1, size);
        }

        return null;
    }

    /// <summary>Random pairs in batches of random sizes, apart and in place; some words all ones or zero.</summary>
    public static string? Pairs(ISha256Kernel kernel, int items, int seed)
    {
        var random = new Random(seed);
        for (int done = 0; done < items;)
        {
            int size = random.Next(1, 600);
            byte[] pairs = new byte[size * 64];
            random.NextBytes(pairs);
            for (int edge = 0; edge < size; edge++)
            {
                int at = random.Next(pairs.Length / 4) * 4;
                pairs.AsSpan(at, 4).Fill(random.Next(2) == 0 ? (byte)0 : (byte)0xff);
            }

            byte[] expected = new byte[size * 32];
            byte[] actual = new byte[size * 32];
            Scalar.HashPairs(pairs, expected);
            kernel.HashPairs(pairs, actual);
            string where = $"{size} pairs after {done} items, seed {seed}";
            if (Difference(expected, actual, where) is { } wrong)
            {
                return wrong;
            }

            kernel.HashPairs(pairs, pairs);
            if (Difference(expected, pairs.AsSpan(0, expected.Length), where + " in place") is { } wrongInPlace)
            {
                return wrongInPlace;
            }

            done += 2 * size;
        }

        return null;
    }

    public static byte[] Random(int bytes, int seed)
    {
        byte[] data = new byte[bytes];
        new Random(seed).NextBytes(data);
        return data;
    }

    private static string? Equal(ISha256Kernel kernel, ReadOnlySpan<byte> messages, int bytes, int size)
    {
        // A digest more than is due must stay as it was.
        byte[] expected = new byte[(size + (bytes == 0 ? 0 : 1)) * 32];
        byte[] actual = new byte[expected.Length];
        Scalar.HashEqual(messages, bytes, expected);
        kernel.HashEqual(messages, bytes, actual);
        return Difference(expected, actual, $"{size} messages of {bytes} bytes");
    }

    private static string? Difference(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual, string where)
    {
        int same = expected.CommonPrefixLength(actual);
        return same == expected.Length ? null : $"{where}: item {same / 32} differs";
    }
}
