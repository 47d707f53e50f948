namespace Tactus.Kernels.Gpu.Device;

/// <summary>
/// The multiples of G that <see cref="DoubleScalar{TProducts}"/> adds: row j holds 1, 2, ..., 2^(w-1) times 2^(w j) G,
/// each as x then y, canonical, eight words each.</summary>
internal static class GeneratorComb
{
    /// <summary>The largest digit: 33.6 MB of table.</summary>
    public const int BitsMax = 16;

    public static int Rows(int bits) => (255 + bits) / bits;

    public static int Words(int bits) => Rows(bits) * (1 << (bits - 1)) * 16;

    /// <summary>Makes the table on this machine's cores.</summary>
    /// <param name="bits">w, 2..<see cref="BitsMax"/>.</param>
    public static uint[] Make(int bits)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bits, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, BitsMax);
        uint[] table = new uint[Words(bits)];
        int rowEntries = 1 << (bits - 1);
        var starts = new DevicePoint[Rows(bits)];
        var start = new DevicePoint(GeneratorX, GeneratorY, U256.One);
        for (int row = 0; row < starts.Length; row++)
        {
            starts[row] = start;
            for (int i = 0; i < bits; i++)
            {
                start = DeviceGroup<PortableProducts>.Double(start);
            }
        }

        Parallel.For(0, starts.Length, row => Fill(table, row * rowEntries, rowEntries, starts[row]));
        return table;
    }

    private static U256 GeneratorX => new(
        0x16F81798, 0x59F2815B, 0x2DCE28D9, 0x029BFCDB, 0xCE870B07, 0x55A06295, 0xF9DCBBAC, 0x79BE667E);

    private static U256 GeneratorY => new(
        0xFB10D4B8, 0x9C47D08F, 0xA6855419, 0xFD17B448, 0x0E1108A8, 0x5DA4FBFC, 0x26A3C465, 0x483ADA77);

    // Jacobian multiples by repeated addition, then one inversion for the row.
    private static void Fill(uint[] table, int first, int count, DevicePoint start)
    {
        PortableProducts products = default;
        U256 inverse = DeviceField.Inverse<PortableProducts>(start.Z);
        U256 square = products.Square(inverse);
        U256 x = products.Multiply(start.X, square), y = products.Multiply(start.Y, products.Multiply(square, inverse));
        var points = new DevicePoint[count];
        var prefixes = new U256[count];
        var point = new DevicePoint(x, y, U256.One);
        U256 product = U256.One;
        for (int i = 0; i < count; i++)
        {
            points[i] = point;
            prefixes[i] = product;
            product = products.Multiply(product, point.Z);
            point = DeviceGroup<PortableProducts>.AddMixed(point, x, y, out _);
        }

        U256 rest = DeviceField.Inverse<PortableProducts>(product);
        var words = new ArrayWords(table);
        for (int i = count - 1; i >= 0; i--)
        {
            inverse = products.Multiply(rest, prefixes[i]);
            rest = products.Multiply(rest, points[i].Z);
            square = products.Square(inverse);
            U256 affineX = products.Multiply(points[i].X, square);
            U256 affineY = products.Multiply(points[i].Y, products.Multiply(square, inverse));
            WordsOf.Store(words, (first + i) * 16L, 1, DeviceField.Canonical(affineX));
            WordsOf.Store(words, ((first + i) * 16L) + 8, 1, DeviceField.Canonical(affineY));
        }
    }
}

/// <summary>Words of an array: what device code works on as ordinary .NET.</summary>
internal readonly struct ArrayWords(uint[] words) : IWords
{
    public uint Get(long index) => words[index];

    public void Set(long index, uint value) => words[index] = value;

    public uint Add(long index, uint value) => Interlocked.Add(ref words[index], value) - value;
}
