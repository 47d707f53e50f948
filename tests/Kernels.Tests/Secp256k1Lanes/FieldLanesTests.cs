using System.Numerics;
using System.Runtime.CompilerServices;
using Tactus.Kernels.Secp256k1.Lanes;
using static Tactus.Kernels.Tests.Secp256k1Lanes.LaneRows;

namespace Tactus.Kernels.Tests.Secp256k1Lanes;

/// <summary>Goal: every operation of the lane fields equals big-integer arithmetic, at the bounds of its range classes
/// too.</summary>
public sealed unsafe class FieldLanesTests
{
    [KernelTheory]
    [MemberData(nameof(All), MemberType = typeof(LaneRows))]
    public void Operations_on_edge_biased_elements(string kernel)
    {
        if (IsAvx512(kernel))
        {
            Operations<FieldAvx512>(800);
        }
        else
        {
            Operations<FieldAvx2>(1600);
        }
    }

    [KernelTheory]
    [MemberData(nameof(All), MemberType = typeof(LaneRows))]
    public void Products_at_the_bounds_of_their_classes(string kernel)
    {
        if (IsAvx512(kernel))
        {
            Bounds<FieldAvx512>();
        }
        else
        {
            Bounds<FieldAvx2>();
        }
    }

    [KernelTheory]
    [MemberData(nameof(All), MemberType = typeof(LaneRows))]
    public void Zero_is_found_in_each_lane_alone(string kernel)
    {
        if (IsAvx512(kernel))
        {
            Zeros<FieldAvx512>();
        }
        else
        {
            Zeros<FieldAvx2>();
        }
    }

    [KernelTheory]
    [MemberData(nameof(All), MemberType = typeof(LaneRows))]
    public void Square_roots_and_inverses(string kernel)
    {
        if (IsAvx512(kernel))
        {
            Powers<FieldAvx512>();
        }
        else
        {
            Powers<FieldAvx2>();
        }
    }

    [Fact]
    public void Packing_is_the_identity_on_edges()
    {
        var random = new Random(7);
        for (int i = 0; i < 20_000; i++)
        {
            BigInteger value = NextElement(random);
            Packed256 packed = Pack(value);
            Assert.Equal(value, Unpack(packed));
            Assert.Equal(value.IsEven, !packed.IsOdd);
            Assert.Equal(Mod(-value), Unpack(packed.Negate()));
            Assert.Equal(value, Unpack(Packed256.FromScalar(packed.ToScalar())));
        }
    }

    private static void Operations<TField>(int rounds)
        where TField : unmanaged, IFieldLanes<TField>
    {
        var lanes = new Lanes<TField>();
        var random = new Random(1);
        var a = new BigInteger[TField.Lanes];
        var b = new BigInteger[TField.Lanes];
        var c = new BigInteger[TField.Lanes];
        for (int round = 0; round < rounds; round++)
        {
            for (int lane = 0; lane < TField.Lanes; lane++)
            {
                (a[lane], b[lane], c[lane]) = (NextElement(random), NextElement(random), NextElement(random));
            }

            lanes.Load(a, out TField x);
            lanes.Load(b, out TField y);
            lanes.Load(c, out TField z);
            TField.Mul(in x, in y, out TField r);
            lanes.Check("mul", in r, lane => a[lane] * b[lane]);
            TField.Sqr(in x, out r);
            lanes.Check("sqr", in r, lane => a[lane] * a[lane]);
            TField.Sub(in x, in z, out TField difference);
            TField.Mul(in difference, in y, out r);
            lanes.Check("(a - c) b", in r, lane => (a[lane] - c[lane]) * b[lane]);
            TField.Add(in x, in z, out TField sum);
            TField.Mul(in y, in sum, out r);
            lanes.Check("b (a + c)", in r, lane => (a[lane] + c[lane]) * b[lane]);
            TField.Scale(in z, -8, out TField wide);
            TField.MulAdd(in difference, in y, in wide, out r);
            lanes.Check("(a - c) b - 8c", in r, lane => ((a[lane] - c[lane]) * b[lane]) - (8 * c[lane]));
            TField.SqrAdd(in x, in wide, out r);
            lanes.Check("a^2 - 8c", in r, lane => (a[lane] * a[lane]) - (8 * c[lane]));
            TField.SqrBy3(in x, out r);
            lanes.Check("3 a^2", in r, lane => 3 * a[lane] * a[lane]);
            TField.MulBy4(in x, in sum, out r);
            lanes.Check("4 a (a + c)", in r, lane => 4 * a[lane] * (a[lane] + c[lane]));
            TField.Scale(in z, 3, out wide);
            TField.Carry(in wide, out r);
            TField.Mul(in r, in r, out r);
            lanes.Check("(carried 3c)^2", in r, lane => 9 * c[lane] * c[lane]);
            uint mask = (uint)random.Next() & TField.AllLanes;
            TField.Select(mask, in x, in y, out r);
            lanes.Check("select", in r, lane => ((mask >> lane) & 1) != 0 ? a[lane] : b[lane]);
            TField.NegateIf(mask, in x, out r);
            TField.Mul(in r, in y, out r);
            lanes.Check("negate", in r, lane => ((mask >> lane) & 1) != 0 ? -a[lane] * b[lane] : a[lane] * b[lane]);
        }
    }

    // Limbs of +-2^51 (and the top's bound), times two where a sum is allowed, in every combination of signs at random.
    private static void Bounds<TField>()
        where TField : unmanaged, IFieldLanes<TField>
    {
        var lanes = new Lanes<TField>();
        var random = new Random(2);
        for (int round = 0; round < 2000; round++)
        {
            BigInteger[] a = Extreme(random, 2, out TField x), b = Extreme(random, 1, out TField y),
                c = Extreme(random, 1, out TField z);
            TField.Mul(in x, in y, out TField r);
            lanes.Check("sum x carried", in r, lane => a[lane] * b[lane]);
            TField.Mul(in y, in x, out r);
            lanes.Check("carried x sum", in r, lane => a[lane] * b[lane]);
            TField.Sqr(in y, out r);
            lanes.Check("carried^2", in r, lane => b[lane] * b[lane]);
            TField.MulBy4(in x, in y, out r);
            lanes.Check("4 sum x carried", in r, lane => 4 * a[lane] * b[lane]);
            TField.SqrBy3(in y, out r);
            lanes.Check("3 carried^2", in r, lane => 3 * b[lane] * b[lane]);
            TField.Scale(in z, 8, out TField wide);
            TField.MulAdd(in x, in y, in wide, out r);
            lanes.Check("sum x carried + 8c", in r, lane => (a[lane] * b[lane]) + (8 * c[lane]));
            BigInteger[] w = Widest(random, out wide);
            TField.Carry(in wide, out r);
            TField.Sqr(in r, out r);
            lanes.Check("(carried widest)^2", in r, lane => w[lane] * w[lane]);
        }
    }

    // Limbs at and near the most that can be carried: odd ones, and tops that fold odd multiples.
    private static BigInteger[] Widest<TField>(Random random, out TField element)
        where TField : unmanaged, IFieldLanes<TField>
    {
        element = default;
        double* limbs = (double*)Unsafe.AsPointer(ref element);
        var values = new BigInteger[TField.Lanes];
        const double Most = (1L << 53) - (1L << 38);
        for (int lane = 0; lane < TField.Lanes; lane++)
        {
            for (int i = 0; i < 5; i++)
            {
                double limb = i == 4
                    ? random.Next(-31, 32) * (double)(1L << 48)
                    : (Most - random.Next(3)) * (1 - (2 * random.Next(2)));
                limbs[(i * TField.Lanes) + lane] = limb;
                values[lane] += new BigInteger(limb) << (52 * i);
            }
        }

        return values;
    }

    private static BigInteger[] Extreme<TField>(Random random, int times, out TField element)
        where TField : unmanaged, IFieldLanes<TField>
    {
        element = default;
        double* limbs = (double*)Unsafe.AsPointer(ref element);
        var values = new BigInteger[TField.Lanes];
        for (int lane = 0; lane < TField.Lanes; lane++)
        {
            for (int i = 0; i < 5; i++)
            {
                double most = i < 4 ? 1L << 51 : (1L << 47) + 127;
                double limb = times * random.Next(5)
                    switch
                { 0 => most, 1 => -most, 2 => most - 1, 3 => 1 - most, _ => 0 };
                limbs[(i * TField.Lanes) + lane] = limb;
                values[lane] += new BigInteger(limb) << (52 * i);
            }
        }

        return values;
    }

    private static void Zeros<TField>()
        where TField : unmanaged, IFieldLanes<TField>
    {
        var lanes = new Lanes<TField>();
        for (int zero = -1; zero < TField.Lanes; zero++)
        {
            BigInteger[] a = [.. Enumerable.Range(0, TField.Lanes).Select(lane => lane == zero ? 0 : P - 1 - lane)];
            BigInteger[] b = [.. a.Select(value => value.IsZero ? BigInteger.Zero : BigInteger.One)];
            lanes.Load(a, out TField x);
            lanes.Load(b, out TField y);
            uint expected = zero < 0 ? 0 : 1u << zero;
            Assert.Equal(expected, TField.IsZero(in x));
            TField.Mul(in x, in y, out TField r);
            Assert.Equal(expected, TField.IsZero(in r));

            // a b - a with b = 1, and 3 (a - a), are zero everywhere by cancelling
            TField.Scale(in x, -1, out TField minus);
            TField.MulAdd(in x, in y, in minus, out r);
            Assert.Equal(TField.AllLanes, TField.IsZero(in r));
            TField.Sub(in x, in x, out r);
            TField.Carry(in r, out r);
            Assert.Equal(TField.AllLanes, TField.IsZero(in r));
        }
    }

    private static void Powers<TField>()
        where TField : unmanaged, IFieldLanes<TField>
    {
        const int Group = FieldPowers<TField>.Group;
        var lanes = new Lanes<TField>();
        var random = new Random(3);
        TField* memory = stackalloc TField[(2 * Group) + FieldPowers<TField>.ScratchElements];
        var values = new BigInteger[Group][];
        for (int v = 0; v < Group; v++)
        {
            values[v] = [.. Enumerable.Range(0, TField.Lanes).Select(_ => NextElement(random))];
            lanes.Load(values[v], out memory[v]);
        }

        FieldPowers<TField>.SquareRoots(memory, memory + Group, memory + (2 * Group));
        for (int v = 0; v < Group; v++)
        {
            lanes.Check("root", in memory[Group + v], lane => BigInteger.ModPow(values[v][lane], (P + 1) / 4, P));
            BigInteger[] nonZero = [.. values[v].Select(value => value.IsZero ? 5 : value)];
            lanes.Load(nonZero, out TField x);
            FieldPowers<TField>.Invert(in x, out TField r);
            lanes.Check("inverse", in r, lane => BigInteger.ModPow(nonZero[lane], P - 2, P));
        }
    }

    // Elements of a vector in pinned memory, with their references.
    private sealed class Lanes<TField>
        where TField : unmanaged, IFieldLanes<TField>
    {
        private readonly PinnedMemory _memory = new(
            PinnedMemory.SizeOf<Packed256>(TField.Lanes) + PinnedMemory.SizeOf<ulong>(TField.Lanes));

        private readonly Packed256* _items;
        private readonly ulong* _references;

        public Lanes()
        {
            _items = _memory.Take<Packed256>(TField.Lanes);
            _references = _memory.Take<ulong>(TField.Lanes);
            for (int lane = 0; lane < TField.Lanes; lane++)
            {
                _references[lane] = (ulong)(_items + lane);
            }
        }

        public void Load(BigInteger[] values, out TField r)
        {
            for (int lane = 0; lane < TField.Lanes; lane++)
            {
                _items[lane] = Pack(values[lane]);
            }

            TField.Load(_references, out r);
        }

        public void Check(string what, in TField actual, Func<int, BigInteger> expected)
        {
            TField.Store(in actual, _references);
            for (int lane = 0; lane < TField.Lanes; lane++)
            {
                BigInteger value = Mod(expected(lane));
                Assert.True(Unpack(_items[lane]) == value,
                    $"{what}, lane {lane}: {Unpack(_items[lane]):x}, not {value:x}");
            }
        }
    }
}
