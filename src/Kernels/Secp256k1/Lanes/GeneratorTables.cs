namespace Tactus.Kernels.Secp256k1.Lanes;

/// <summary>Multiples of G for joint doublings: 1..2^14 times G and times 2^128 G, 2 MiB, made at first use and
/// kept.</summary>
internal sealed unsafe class GeneratorTables
{
    /// <summary>Bits of a digit; a multiple of the window of the other point, so that both meet at the same
    /// doublings.</summary>
    public const int Window = 15;

    /// <summary>Digits of a half of 128 bits.</summary>
    public const int Digits = (128 / Window) + 1;

    private const int Count = 1 << (Window - 1);

    private static readonly Lock Gate = new();
    private static GeneratorTables? _instance;

    private readonly PinnedMemory _memory = new(2 * PinnedMemory.SizeOf<PackedPoint>(Count));

    private GeneratorTables()
    {
        Low = _memory.Take<PackedPoint>(Count);
        High = _memory.Take<PackedPoint>(Count);
    }

    /// <summary>Low[i - 1] = i G.</summary>
    public PackedPoint* Low { get; }

    /// <summary>High[i - 1] = i 2^128 G.</summary>
    public PackedPoint* High { get; }

    public static GeneratorTables Get<TField>(AffineBatch<TField> batch)
        where TField : unmanaged, IFieldLanes<TField>
    {
        if (Volatile.Read(ref _instance) is { } ready)
        {
            return ready;
        }

        lock (Gate)
        {
            if (_instance is null)
            {
                var made = new GeneratorTables();
                var high = new JacobianPoint(ScalarN.Generator);
                for (int i = 0; i < 128; i++)
                {
                    high = high.Double();
                }

                MultiplesTable.Fill(batch, made.Low, ScalarN.Generator, Count);
                MultiplesTable.Fill(batch, made.High, high.ToAffine(), Count);
                Volatile.Write(ref _instance, made);
            }

            return _instance;
        }
    }
}

/// <summary>A table of 1, 2, ..., count times one point.</summary>
internal static unsafe class MultiplesTable
{
    /// <summary>table[i - 1] = i point, by sums k + i for i up to the k multiples known so far.</summary>
    public static void Fill<TField>(AffineBatch<TField> batch, PackedPoint* table, in AffinePoint point, int count)
        where TField : unmanaged, IFieldLanes<TField>
    {
        table[0] = PackedPoint.FromScalar(point);
        ulong first = (ulong)table;
        ulong second = (ulong)(table + 1);
        batch.Double(&first, &second, 1);
        var left = new ulong[count];
        var right = new ulong[count];
        var target = new ulong[count];
        fixed (ulong* l = left, r = right, t = target)
        {
            for (int known = 2; known < count;)
            {
                // known + i for i < known: never equal points
                int more = Math.Min(known - 1, count - known);
                for (int i = 0; i < more; i++)
                {
                    l[i] = (ulong)(table + known - 1);
                    r[i] = (ulong)(table + i);
                    t[i] = (ulong)(table + known + i);
                }

                batch.Add(l, r, t, more);
                known += more;
            }
        }
    }
}
