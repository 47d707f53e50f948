// Digits. A half below 2^128 plus the sum of 8 * 16^i, i = 0..32, is below 2^133; its nibble i, less 8, is the signed
// digit i, in -8..7, and no carry runs between digits. The generator's scalar is first made at most (n - 1) / 2 < 2^255
// by its sign, so that the last of its ceil(256 / w) digits in -2^(w-1)+1..2^(w-1) leaves no carry.
namespace Tactus.Kernels.Gpu.Device;

/// <summary>a P + b G in one thread: a by windows of four bits over both halves, b by a comb of precomputed multiples
/// of G.</summary>
/// <remarks>
/// 128 doublings (7 field operations each), 66 additions for the point and ceil(256 / w) for the generator (11 each),
/// about 110 for the point's table: docs/math/device-field.md. A zero digit adds nothing, but its thread waits for
/// those that add.</remarks>
internal static class DoubleScalar<TProducts>
    where TProducts : struct, IFieldProducts
{
    /// <summary>Multiples 1..8 of the point.</summary>
    public const int Entries = 8;

    /// <summary>x, y and Beta x, eight words each.</summary>
    private const int EntryWords = 24;

    /// <summary>Words of a thread's table.</summary>
    public const int TableWords = Entries * EntryWords;

    private const int Digits = 33;

    /// <param name="a">Below n.</param>
    /// <param name="x">Of a finite point of the curve.</param>
    /// <param name="y">Of the same.</param>
    /// <param name="b">Below n.</param>
    /// <param name="table">Memory of this thread from <paramref name="tableAt"/> on, <see cref="TableWords"/>
    /// long.</param>
    /// <param name="tableAt">First word of it.</param>
    /// <param name="comb">Multiples of G: <see cref="GeneratorComb"/>.</param>
    /// <param name="combBits">Bits of a digit of the comb, 2..16.</param>
    public static DevicePoint Combine<TTable, TComb>(
        U256 a, U256 x, U256 y, U256 b, TTable table, long tableAt, TComb comb, int combBits)
        where TTable : struct, IWords
        where TComb : struct, IWords
    {
        U256 z = MakeTable(x, y, table, tableAt);
        DeviceHalf low = DeviceGlv.Split(a, out DeviceHalf high);
        U256 eights = new(0x88888888, 0x88888888, 0x88888888, 0x88888888, 8, 0, 0, 0);
        U256 lowDigits = U256.Add(low.Magnitude, eights, out _);
        U256 highDigits = U256.Add(high.Magnitude, eights, out _);
        DevicePoint sum = DevicePoint.Infinity;
        for (int digit = Digits - 1; digit >= 0; digit--)
        {
            for (int i = 0; i < 4; i++)
            {
                sum = DeviceGroup<TProducts>.Double(sum);
            }

            // Twice through one body: the second half's point is (Beta x, y).
            for (int half = 0; half < 2; half++)
            {
                uint word = U256.Word(half == 0 ? lowDigits : highDigits, digit >> 3);
                int value = (int)((word >> (4 * (digit & 7))) & 15) - 8;
                bool negative = (value < 0) != (half == 0 ? low.IsNegative : high.IsNegative);
                if (value != 0)
                {
                    long entry = tableAt + (EntryWords * ((value < 0 ? -value : value) - 1));
                    U256 tableY = WordsOf.Load(table, entry + 8, 1);
                    sum = DeviceGroup<TProducts>.AddMixed(
                        sum,
                        WordsOf.Load(table, half == 0 ? entry : entry + 16, 1),
                        U256.Select(negative, DeviceField.Negate(tableY), tableY),
                        out _);
                }
            }
        }

        // The table stands on the isomorphic curve where its common Z is 1.
        sum = new DevicePoint(sum.X, sum.Y, default(TProducts).Multiply(sum.Z, z));
        return AddGenerator(sum, b, comb, combBits);
    }

    // sum + b G
    private static DevicePoint AddGenerator<TComb>(DevicePoint sum, U256 b, TComb comb, int combBits)
        where TComb : struct, IWords
    {
        bool isHigh = DeviceScalar.IsHigh(b);
        U256 rest = U256.Select(isHigh, DeviceScalar.Negate(b), b);
        int digits = (255 + combBits) / combBits;
        int middle = 1 << (combBits - 1), carry = 0;
        long row = 0;
        for (int digit = 0; digit < digits; digit++)
        {
            int value = (int)(rest.W0 & (uint)((middle << 1) - 1)) + carry;
            carry = value > middle ? 1 : 0;
            value -= carry * (middle << 1);
            if (value != 0)
            {
                long entry = (row + (value < 0 ? -value : value) - 1) * 16;
                U256 y = WordsOf.Load(comb, entry + 8, 1);
                sum = DeviceGroup<TProducts>.AddMixed(
                    sum,
                    WordsOf.Load(comb, entry, 1),
                    U256.Select((value < 0) != isHigh, DeviceField.Negate(y), y),
                    out _);
            }

            row += middle;
            rest = U256.ShiftRight(rest, combBits);
        }

        return sum;
    }

    // Multiples 1..8 of (x, y) with a common Z, which is returned. Slot 16 of an entry holds Z over the Z of the entry
    // before until the second pass puts Beta x there.
    private static U256 MakeTable<TTable>(U256 x, U256 y, TTable table, long at)
        where TTable : struct, IWords
    {
        TProducts products = default;
        WordsOf.Store(table, at, 1, x);
        WordsOf.Store(table, at + 8, 1, y);
        DevicePoint multiple = DeviceGroup<TProducts>.Double(new DevicePoint(x, y, U256.One));
        U256 ratio = multiple.Z;
        for (int i = 1; ; i++)
        {
            long entry = at + (EntryWords * i);
            WordsOf.Store(table, entry, 1, multiple.X);
            WordsOf.Store(table, entry + 8, 1, multiple.Y);
            WordsOf.Store(table, entry + 16, 1, ratio);
            if (i == Entries - 1)
            {
                break;
            }

            multiple = DeviceGroup<TProducts>.AddMixed(multiple, x, y, out ratio);
        }

        U256 scale = U256.One;
        for (int i = Entries - 1; i >= 0; i--)
        {
            long entry = at + (EntryWords * i);
            U256 square = products.Square(scale);
            U256 scaledX = products.Multiply(WordsOf.Load(table, entry, 1), square);
            U256 scaledY = products.Multiply(
                WordsOf.Load(table, entry + 8, 1), products.Multiply(square, scale));
            if (i > 0)
            {
                scale = products.Multiply(scale, WordsOf.Load(table, entry + 16, 1));
            }

            WordsOf.Store(table, entry, 1, scaledX);
            WordsOf.Store(table, entry + 8, 1, scaledY);
            WordsOf.Store(table, entry + 16, 1, products.Multiply(scaledX, DeviceField.Beta));
        }

        return multiple.Z;
    }
}
