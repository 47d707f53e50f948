using System.Numerics;
using Tactus.Kernels.Secp256k1;

namespace Tactus.Kernels.Tests.Secp256k1;

/// <summary>A curve y^2 = x^3 + b over the field of secp256k1 with a subgroup small enough to try everything.</summary>
/// <remarks>
/// The six twists of secp256k1 have p + 1 - t points for six traces t; of the curves b = 1, 2, ... the first one was
/// taken that has a subgroup of the wanted order on which (x, y) -> (Beta*x, y) is a multiplication (by Lambda).
/// Method: libsecp256k1 sage/gen_exhaustive_groups.sage; generators computed for this test with affine formulas in big
/// integers.
/// </remarks>
internal interface ISmallCurve
{
    static abstract int Order { get; }

    static abstract int Lambda { get; }

    static abstract int B { get; }

    static abstract string GeneratorX { get; }

    static abstract string GeneratorY { get; }
}

internal readonly struct Curve7 : ISmallCurve
{
    public static int Order => 7;

    public static int Lambda => 2;

    public static int B => 28;

    public static string GeneratorX => "c888951fbb6d84f853ed1fd808ca483c8cee53c4b109bf92105a2a2648524920";

    public static string GeneratorY => "e076c6663893580088c8f32eb2a8d8eafcd69e51b9e7877e12ccbe948140583b";
}

internal readonly struct Curve13 : ISmallCurve
{
    public static int Order => 13;

    public static int Lambda => 9;

    public static int B => 2;

    public static string GeneratorX => "3ad3e1ec92dc070a346a975330b12e1d929c645be56584aa88e489aa3d68746b";

    public static string GeneratorY => "ab34e4942373ed8cf787bb15bc0b9fc1f15065bc091001aa6c607f91c8520383";
}

internal readonly struct Curve199 : ISmallCurve
{
    public static int Order => 199;

    public static int Lambda => 92;

    public static int B => 4;

    public static string GeneratorX => "fa7cc9a70737f2dba749dd392b4fb0693b017a7da808c2f1fb12940c9ea66c18";

    public static string GeneratorY => "78ac123a5ed8aef38732bc911f3a286848df246c808dae72cfe525727f0501ed";
}

/// <summary>A number mod the order of a small subgroup.</summary>
internal readonly struct SmallScalar<TCurve>(int value) : ICurveScalar<SmallScalar<TCurve>>
    where TCurve : struct, ISmallCurve
{
    private static readonly int[] Inverses =
        [.. Enumerable.Range(0, TCurve.Order).Select(a => (int)BigInteger.ModPow(a, TCurve.Order - 2, TCurve.Order))];

    public int Value { get; } = value;

    public static int Order => TCurve.Order;

    public static FieldScalar CurveB => FieldScalar.FromInt32(TCurve.B);

    public static AffinePoint Generator => new(Field(TCurve.GeneratorX), Field(TCurve.GeneratorY));

    public bool IsZero => Value == 0;

    public static bool TryRead(ReadOnlySpan<byte> bytes, out SmallScalar<TCurve> value)
    {
        var number = new BigInteger(bytes[..32], isUnsigned: true, isBigEndian: true);
        value = new SmallScalar<TCurve>(number < TCurve.Order ? (int)number : 0);
        return number < TCurve.Order;
    }

    public static SmallScalar<TCurve> ReadReduced(ReadOnlySpan<byte> bytes) =>
        new((int)(new BigInteger(bytes[..32], isUnsigned: true, isBigEndian: true) % TCurve.Order));

    public static SmallScalar<TCurve> operator *(in SmallScalar<TCurve> a, in SmallScalar<TCurve> b) =>
        new(a.Value * b.Value % TCurve.Order);

    public SmallScalar<TCurve> Negate() => new((TCurve.Order - Value) % TCurve.Order);

    public SmallScalar<TCurve> InverseVar() => new(Inverses[Value]);

    // Any split will do; long halves of both signs, by adding multiples of the order, work all 128 bits.
    public void SplitGlv(out SignedHalf low, out SignedHalf high)
    {
        int v = (Value + 5) % TCurve.Order;
        int u = (((Value - (v * TCurve.Lambda)) % TCurve.Order) + TCurve.Order) % TCurve.Order;
        UInt128 most = (UInt128.One << 127) / (uint)TCurve.Order;
        low = Half(u, (Value & 1) != 0, most - (uint)(Value * 977));
        high = Half(v, (Value & 2) != 0, most / 3 * (uint)(Value % 4));
    }

    public bool IsXOf(in JacobianPoint point)
    {
        Span<byte> bytes = stackalloc byte[32];
        point.ToAffine().X.Write(bytes);
        return ReadReduced(bytes).Value == Value;
    }

    private static SignedHalf Half(int residue, bool negative, UInt128 times) => new(
        (times * (uint)TCurve.Order) + (uint)(negative ? TCurve.Order - residue : residue),
        negative);

    private static FieldScalar Field(string hex)
    {
        Assert.True(FieldScalar.TryRead(Convert.FromHexString(hex), out FieldScalar value));
        return value;
    }
}
