using System.Numerics;
using Tactus.Kernels.Secp256k1;
using Tactus.Kernels.Secp256k1.Lanes;
using Tactus.Kernels.Tests.Secp256k1;
using static Tactus.Kernels.Tests.Secp256k1Lanes.LaneRows;

namespace Tactus.Kernels.Tests.Secp256k1Lanes;

/// <summary>Goal: scalars in lanes, and inverses by division steps, equal the scalar code at every edge.</summary>
public sealed unsafe class ScalarLanesTests
{
    [KernelTheory]
    [InlineData("secp256k1:avx512")]
    public void Products_in_lanes(string kernel)
    {
        Assert.True(ScalarAvx512.IsSupported, kernel);
        var memory = new PinnedMemory((3 * PinnedMemory.SizeOf<ScalarN>(8)) + PinnedMemory.SizeOf<ScalarAvx512>(4));
        ScalarN* a = memory.Take<ScalarN>(8), b = memory.Take<ScalarN>(8), r = memory.Take<ScalarN>(8);
        ScalarAvx512* x = memory.Take<ScalarAvx512>(4);
        var random = new Random(1);
        for (int round = 0; round < 3000; round++)
        {
            for (int lane = 0; lane < 8; lane++)
            {
                a[lane] = Next(random);
                b[lane] = Next(random);
            }

            ScalarAvx512.Load(a, out x[0]);
            ScalarAvx512.Load(b, out x[1]);
            ScalarAvx512.Store(in x[0], r);
            Check("load and store", lane => a[lane]);
            ScalarAvx512.Mul(in x[0], in x[1], out x[2]);
            ScalarAvx512.Store(in x[2], r);
            Check("a b", lane => a[lane] * b[lane]);
            ScalarAvx512.Mul(in x[2], in x[2], out x[3]);
            ScalarAvx512.Store(in x[3], r);
            Check("(a b)^2", lane => a[lane] * b[lane] * (a[lane] * b[lane]));
        }

        void Check(string what, Func<int, ScalarN> expected)
        {
            for (int lane = 0; lane < 8; lane++)
            {
                Assert.True(expected(lane).Equals(r[lane]), $"{what}, lane {lane}");
            }
        }
    }

    [KernelTheory]
    [InlineData("secp256k1:avx2")]
    public void Products_in_four_lanes(string kernel)
    {
        const int Count = ScalarAvx2.Lanes;
        Assert.True(ScalarAvx2.IsSupported, kernel);
        var memory = new PinnedMemory((3 * PinnedMemory.SizeOf<ScalarN>(Count)) + PinnedMemory.SizeOf<ScalarAvx2>(4));
        ScalarN* a = memory.Take<ScalarN>(Count), b = memory.Take<ScalarN>(Count), r = memory.Take<ScalarN>(Count);
        ScalarAvx2* x = memory.Take<ScalarAvx2>(4);
        ScalarN divisor = ScalarAvx2.PowerOfR(1), thirdPower = ScalarAvx2.PowerOfR(3), fifthPower = ScalarAvx2.PowerOfR(5);
        var random = new Random(4);
        for (int round = 0; round < 3000; round++)
        {
            for (int lane = 0; lane < Count; lane++)
            {
                a[lane] = Next(random);
                b[lane] = Next(random);
            }

            ScalarAvx2.Load(a, x);
            ScalarAvx2.Load(b, x + 1);
            ScalarAvx2.Store(x, r);
            Check("load and store", lane => a[lane], ScalarN.One);
            ScalarAvx2.Mul(x, x + 1, x + 2);
            ScalarAvx2.Store(x + 2, r);
            Check("a b / R", lane => a[lane] * b[lane], divisor);

            // Products as factors, and results over a factor.
            ScalarAvx2.Mul(x + 2, x + 2, x + 3);
            ScalarAvx2.Mul(x + 2, x + 3, x + 2);
            ScalarAvx2.Store(x + 3, r);
            Check("(a b)^2 / R^3", lane => (a[lane] * b[lane]).Square(), thirdPower);
            ScalarAvx2.Store(x + 2, r);
            Check("(a b)^3 / R^5", lane => (a[lane] * b[lane]).Square() * (a[lane] * b[lane]), fifthPower);
            ScalarAvx2.Mul(x, x + 1, x + 1);
            ScalarAvx2.Store(x + 1, r);
            Check("a b / R in place", lane => a[lane] * b[lane], divisor);
        }

        void Check(string what, Func<int, ScalarN> expected, ScalarN denominator)
        {
            for (int lane = 0; lane < Count; lane++)
            {
                Assert.True(expected(lane).Equals(r[lane] * denominator), $"{what}, lane {lane}");
            }
        }
    }

    // Runs in lanes or one by one, whichever the machine has.
    [Fact]
    public void Quotients_times_divisors()
    {
        const int Most = ScalarQuotients.ItemsMax;
        var memory = new PinnedMemory(4 * PinnedMemory.SizeOf<ScalarN>(Most));
        ScalarN* a = memory.Take<ScalarN>(Most), b = memory.Take<ScalarN>(Most), d = memory.Take<ScalarN>(Most),
            w = memory.Take<ScalarN>(Most);
        var quotients = new ScalarQuotients();
        var random = new Random(2);
        for (int count = ScalarQuotients.Group; count <= Most; count += ScalarQuotients.Group)
        {
            var oldA = new ScalarN[count];
            var oldB = new ScalarN[count];
            for (int i = 0; i < count; i++)
            {
                (oldA[i], oldB[i], d[i], w[i]) = (a[i] = Next(random), b[i] = Next(random), Next(random), Next(random));
                d[i] = d[i].IsZero ? ScalarN.One : d[i];
            }

            bool weighted = count % 64 == 0;
            quotients.Divide(a, b, d, weighted ? w : null, count);
            for (int i = 0; i < count; i++)
            {
                ScalarN weight = weighted ? w[i] : ScalarN.One;
                Assert.True((a[i] * d[i]).Equals(oldA[i] * weight), $"first of {i} of {count}");
                Assert.True((b[i] * d[i]).Equals(oldB[i] * weight), $"second of {i} of {count}");
            }
        }
    }

    [Fact]
    public void Inverses_by_division_steps()
    {
        var random = new Random(3);
        Assert.True(ModularInverse.OfScalar(ScalarN.Zero).IsZero);
        Assert.True(ModularInverse.OfElement(FieldScalar.Zero).IsZero);
        for (int i = 0; i < 20_000; i++)
        {
            ScalarN scalar = Next(random);
            if (!scalar.IsZero)
            {
                Assert.True((ModularInverse.OfScalar(in scalar) * scalar).Equals(ScalarN.One), $"item {i}");
            }

            FieldScalar element = Pack(NextElement(random)).ToScalar();
            if (!element.IsZero)
            {
                Assert.True(FieldScalar.Equals(ModularInverse.OfElement(in element) * element, FieldScalar.One, 1),
                    $"item {i}");
            }
        }
    }

    private static ScalarN Next(Random random)
    {
        BigInteger value = NextElement(random) % N;
        ulong mask = ulong.MaxValue;
        return new((ulong)(value & mask), (ulong)((value >> 64) & mask), (ulong)((value >> 128) & mask),
            (ulong)(value >> 192));
    }
}
