using System.Globalization;
using System.Numerics;
using Tactus.Kernels.Secp256k1;
using Tactus.Kernels.Secp256k1.Lanes;

namespace Tactus.Kernels.Tests.Secp256k1Lanes;

/// <summary>The two lane fields as rows of theories, and what their tests share.</summary>
internal static class LaneRows
{
    public static readonly BigInteger P = (BigInteger.One << 256) - (BigInteger.One << 32) - 977;

    public static readonly BigInteger N = BigInteger.Parse(
        "0FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141", NumberStyles.HexNumber,
            CultureInfo.InvariantCulture);

    /// <summary>Items of the random runs: few by default, 10^6 with TACTUS_LONG=1.</summary>
    public static int ItemsTotal { get; } = Environment.GetEnvironmentVariable("TACTUS_LONG") == "1" ? 1_000_000
        : 4_000;

    public static TheoryData<string> All => new("secp256k1:avx512", "secp256k1:avx2");

    public static bool IsAvx512(string kernel) => kernel.EndsWith(":avx512", StringComparison.Ordinal);

    public static string EntryOf(string kernel) => kernel[(kernel.IndexOf(':') + 1)..];

    public static BigInteger Mod(BigInteger value) => ((value % P) + P) % P;

    /// <summary>0, 1, p - 1, all-ones limbs, 2^k and neighbours, n and neighbours, and random numbers below
    /// p.</summary>
    public static BigInteger NextElement(Random random)
    {
        switch (random.Next(6))
        {
            case 0:
                return Mod((BigInteger.One << random.Next(257)) + random.Next(-2, 3));
            case 1:
                return Mod(N + random.Next(-2, 3));
            case 2:
                return Mod(-random.Next(4));
            case 3:
                // limbs of zeros, ones or half, in radix 2^52
                BigInteger value = 0;
                for (int i = 0; i < 5; i++)
                {
                    BigInteger limb = random.Next(4)
                        switch
                    { 0 => 0, 1 => (1L << 52) - 1, 2 => 1L << 51, _ => (1L << 51) - 1 };
                    value += limb << (52 * i);
                }

                return value % P;
            default:
                byte[] bytes = new byte[33];
                random.NextBytes(bytes.AsSpan(0, 32));
                return new BigInteger(bytes) % P;
        }
    }

    public static Packed256 Pack(BigInteger value)
    {
        Span<byte> bytes = stackalloc byte[32];
        bytes.Clear();
        byte[] big = value.ToByteArray(isUnsigned: true, isBigEndian: true);
        big.CopyTo(bytes[(32 - big.Length)..]);
        Assert.True(Packed256.TryRead(bytes, out Packed256 packed));
        return packed;
    }

    public static BigInteger Unpack(in Packed256 packed)
    {
        Span<byte> bytes = stackalloc byte[32];
        packed.ToBytes(bytes);
        return new BigInteger(bytes, isUnsigned: true, isBigEndian: true);
    }

    /// <summary>k G by the scalar code.</summary>
    public static AffinePoint Multiple(ulong k) =>
        StraussScalar<ScalarN>.Combine(ScalarN.Generator, new ScalarN(k, 0, 0, 0), ScalarN.Zero).ToAffine();
}
