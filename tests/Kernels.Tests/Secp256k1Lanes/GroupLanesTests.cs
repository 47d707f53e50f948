using System.Numerics;
using Tactus.Kernels.Secp256k1;
using Tactus.Kernels.Secp256k1.Lanes;
using static Tactus.Kernels.Tests.Secp256k1Lanes.LaneRows;

namespace Tactus.Kernels.Tests.Secp256k1Lanes;

/// <summary>Goal: sums of packed points, alone and in trees and buckets, equal the scalar group code, sums without
/// meaning included.</summary>
public sealed unsafe class GroupLanesTests
{
    private const int PointCount = 64;

    [KernelTheory]
    [MemberData(nameof(All), MemberType = typeof(LaneRows))]
    public void Affine_sums_of_every_count(string kernel)
    {
        if (IsAvx512(kernel))
        {
            AffineSums<FieldAvx512>();
        }
        else
        {
            AffineSums<FieldAvx2>();
        }
    }

    [KernelTheory]
    [MemberData(nameof(All), MemberType = typeof(LaneRows))]
    public void Trees_with_equal_and_opposite_points(string kernel)
    {
        if (IsAvx512(kernel))
        {
            Trees<FieldAvx512>();
        }
        else
        {
            Trees<FieldAvx2>();
        }
    }

    [KernelTheory]
    [MemberData(nameof(All), MemberType = typeof(LaneRows))]
    public void Multi_scalar_sums_are_infinity_exactly_when_scalars_say_so(string kernel)
    {
        if (IsAvx512(kernel))
        {
            MultiScalars<FieldAvx512>();
        }
        else
        {
            MultiScalars<FieldAvx2>();
        }
    }

    [Fact]
    public void Halves_and_digits_add_up()
    {
        var random = new Random(4);
        int* digits = stackalloc int[40];
        BigInteger lambda = ToBig(ScalarN.Lambda);
        for (int i = 0; i < 5000; i++)
        {
            BigInteger k = NextElement(random) % N;
            ScalarN scalar = ToScalar(k);
            GlvHalves.Split(in scalar, out SignedHalf low, out SignedHalf high);
            Assert.Equal(k, (((ToBig(low) + (ToBig(high) * lambda)) % N) + N) % N);
            foreach (int width in new[] { 4, 5, 8, 10, 13, 15 })
            {
                SignedDigits.Write(low, width, digits);
                BigInteger sum = 0;
                for (int w = SignedDigits.CountFor(width) - 1; w >= 0; w--)
                {
                    Assert.InRange(digits[w], -(1 << (width - 1)), 1 << (width - 1));
                    sum = (sum << width) + digits[w];
                }

                Assert.Equal(ToBig(low), sum);
            }
        }

        foreach (int width in new[] { 4, 8, 9, 13 })
        {
            SignedDigits.Write(new SignedHalf(UInt128.MaxValue, true), width, digits);
            BigInteger sum = 0;
            for (int w = SignedDigits.CountFor(width) - 1; w >= 0; w--)
            {
                sum = (sum << width) + digits[w];
            }

            Assert.Equal(1 - (BigInteger.One << 128), sum);
        }
    }

    private static void AffineSums<TField>()
        where TField : unmanaged, IFieldLanes<TField>
    {
        var batch = new AffineBatch<TField>();
        var set = new PointSet(3000);
        for (int count = 0; count <= (4 * TField.Lanes) + 1; count++)
        {
            Check(count, exceptionalAt: -1);
        }

        for (int at = 0; at < 4 * TField.Lanes; at++)
        {
            Check((4 * TField.Lanes) + 1, at);
        }

        // more than one chunk
        Check(2777, 2000);

        void Check(int count, int exceptionalAt)
        {
            for (int i = 0; i < count; i++)
            {
                int a = i % PointCount, b = i == exceptionalAt ? a : (a + 1 + (i % 7)) % PointCount;
                set.Left[i] = set.Reference(a, (i & 1) != 0);
                set.Right[i] = set.Reference(b, i == exceptionalAt ? (i & 1) == 0 : (i & 2) != 0);
                set.Target[i] = (ulong)(set.Outputs + i);
            }

            List<int> exceptional = batch.Add(set.Left, set.Right, set.Target, count);
            Assert.Equal(exceptionalAt < 0 ? [] : [exceptionalAt], exceptional);
            for (int i = 0; i < count; i += 1 + (count / 60))
            {
                if (i != exceptionalAt)
                {
                    AssertEqual(Sum(set.Left[i], set.Right[i]), PackedPoint.ToScalar(set.Target[i]));
                }
            }

            batch.Double(set.Left, set.Target, count);
            for (int i = 0; i < count; i += 1 + (count / 30))
            {
                AssertEqual(Sum(set.Left[i], set.Left[i]), PackedPoint.ToScalar(set.Target[i]));
            }
        }
    }

    private static void Trees<TField>()
        where TField : unmanaged, IFieldLanes<TField>
    {
        const int Lists = 40, Most = 9;
        var trees = new TreeSums<TField>(new AffineBatch<TField>(), Lists * Most);
        var set = new PointSet(Lists * Most);
        int* starts = stackalloc int[Lists + 1];
        int* counts = stackalloc int[Lists];
        var random = new Random(5);
        for (int round = 0; round < 6; round++)
        {
            // From few points, so that equal and opposite ones and infinity come up; the expected sums by the scalar
            // code.
            int n = 0;
            var expected = new JacobianPoint[Lists];
            for (int s = 0; s < Lists; s++)
            {
                starts[s] = n;
                expected[s] = JacobianPoint.Infinity;
                for (int i = random.Next(Most + 1); i > 0; i--)
                {
                    int pick = random.Next(s % 2 == 0 ? PointCount : 4);
                    set.Left[n] = random.Next(20) == 0 ? 0 : set.Reference(pick, random.Next(2) == 0);
                    if (set.Left[n] != 0)
                    {
                        expected[s] = expected[s].Add(PackedPoint.ToScalar(set.Left[n]));
                    }

                    n++;
                }
            }

            starts[Lists] = n;
            Assert.True(trees.Reduce(set.Left, starts, counts, Lists));
            for (int s = 0; s < Lists; s++)
            {
                ulong sum = starts[s] == starts[s + 1] ? 0 : set.Left[starts[s]];
                AssertEqual(expected[s].ToAffine(), sum == 0 ? AffinePoint.Infinity : PackedPoint.ToScalar(sum));
            }
        }
    }

    private static void MultiScalars<TField>()
        where TField : unmanaged, IFieldLanes<TField>
    {
        const int Most = 700;
        var sum = new MultiScalar<TField>(new AffineBatch<TField>(), Most);
        var set = new PointSet(Most);
        var random = new Random(6);
        UInt128* scalars = stackalloc UInt128[Most];
        foreach (int count in new[] { 1, 2, 3, 10, 63, 64, 65, 333, Most })
        {
            // Points are known multiples i G, so that the right sum is known; point 0 is G itself and makes up the
            // difference.
            BigInteger total = 0;
            for (int i = 1; i < count; i++)
            {
                int k = 1 + random.Next(PointCount - 1);
                bool negative = random.Next(2) == 0;
                set.Left[i] = set.Reference(k, negative);
                scalars[i] = random.Next(4) switch
                {
                    0 => (UInt128)random.Next(3),
                    1 => UInt128.MaxValue - (UInt128)random.Next(3),
                    _ => new UInt128((ulong)random.NextInt64(), (ulong)random.NextInt64()) >> random.Next(128),
                };
                total += (negative ? -1 : 1) * (k + 1) * (BigInteger)scalars[i];
            }

            // |total| may pass 2^128: cut it down with the last points
            Assert.True(BigInteger.Abs(total) < BigInteger.One << 160);
            UInt128 one = (UInt128)(BigInteger.Abs(total) % (BigInteger.One << 120));
            BigInteger rest = BigInteger.Abs(total) - (BigInteger)one;
            set.Left[0] = set.Reference(0, total.Sign > 0);
            scalars[0] = one;
            bool infinite = rest.IsZero;
            Assert.Equal(infinite, sum.IsInfinity(set.Left, scalars, count));
            if (infinite)
            {
                scalars[0]++;
                Assert.False(sum.IsInfinity(set.Left, scalars, count));
            }
        }

        // a P + b P - (a + b) P for many P: infinity, and not after one bit changes
        for (int i = 0; i + 2 < Most; i += 3)
        {
            set.Left[i] = set.Left[i + 1] = set.Reference(i % PointCount, false);
            set.Left[i + 2] = set.Reference(i % PointCount, true);
            scalars[i] = new UInt128((ulong)random.NextInt64() >> 2, (ulong)random.NextInt64());
            scalars[i + 1] = new UInt128((ulong)random.NextInt64() >> 2, (ulong)random.NextInt64());
            scalars[i + 2] = scalars[i] + scalars[i + 1];
        }

        Assert.True(sum.IsInfinity(set.Left, scalars, 60));
        for (int bit = 0; bit < 128; bit += 9)
        {
            scalars[bit / 9] ^= (UInt128)1 << bit;
            Assert.False(sum.IsInfinity(set.Left, scalars, 60));
            scalars[bit / 9] ^= (UInt128)1 << bit;
        }

        // P - P in every bucket: more sums without meaning than the scalar code takes on
        for (int i = 0; i < 60; i += 2)
        {
            set.Left[i] = set.Reference(i % PointCount, false);
            set.Left[i + 1] = set.Reference(i % PointCount, true);
            scalars[i] = scalars[i + 1] = new UInt128((ulong)random.NextInt64(), (ulong)random.NextInt64());
        }

        Assert.Null(sum.IsInfinity(set.Left, scalars, 60));
    }

    private static AffinePoint Sum(ulong left, ulong right) =>
        new JacobianPoint(PackedPoint.ToScalar(left)).Add(PackedPoint.ToScalar(right)).ToAffine();

    private static void AssertEqual(in AffinePoint expected, in AffinePoint actual)
    {
        Assert.Equal(expected.IsInfinity, actual.IsInfinity);
        Assert.True(FieldScalar.Equals(expected.X, actual.X, 1) && FieldScalar.Equals(expected.Y, actual.Y, 1),
            "points are equal");
    }

    private static BigInteger ToBig(in ScalarN value) =>
        value.W0 + ((BigInteger)value.W1 << 64) + ((BigInteger)value.W2 << 128) + ((BigInteger)value.W3 << 192);

    private static BigInteger ToBig(SignedHalf half) => half.IsNegative ? -(BigInteger)half.Magnitude : half.Magnitude;

    private static ScalarN ToScalar(BigInteger value)
    {
        ulong mask = ulong.MaxValue;
        return new((ulong)(value & mask), (ulong)((value >> 64) & mask), (ulong)((value >> 128) & mask),
            (ulong)(value >> 192));
    }

    // i + 1 times G at index i, lists and outputs, in pinned memory.
    private sealed class PointSet
    {
        private readonly PinnedMemory _memory;
        private readonly PackedPoint* _points;

        public PointSet(int most)
        {
            _memory = new PinnedMemory(
                PinnedMemory.SizeOf<PackedPoint>(PointCount) + PinnedMemory.SizeOf<PackedPoint>(most)
                    + (3 * PinnedMemory.SizeOf<ulong>(most)));
            _points = _memory.Take<PackedPoint>(PointCount);
            Outputs = _memory.Take<PackedPoint>(most);
            Left = _memory.Take<ulong>(most);
            Right = _memory.Take<ulong>(most);
            Target = _memory.Take<ulong>(most);
            for (int i = 0; i < PointCount; i++)
            {
                _points[i] = PackedPoint.FromScalar(Multiple((ulong)i + 1));
            }
        }

        public PackedPoint* Outputs { get; }

        public ulong* Left { get; }

        public ulong* Right { get; }

        public ulong* Target { get; }

        public ulong Reference(int index, bool negative) => (ulong)(_points + index) | (negative ? 1UL : 0);
    }
}
