namespace Tactus.Kernels.Secp256k1.Lanes;

/// <summary>Everything that exact checks of up to <see cref="ItemsMax"/> items need; about 3 MiB, kept in a
/// pool.</summary>
internal sealed unsafe class ExactWorkspace<TField>
    where TField : unmanaged, IFieldLanes<TField>
{
    public const int ItemsMax = DoubleMultiplication<TField>.ItemsMax;

    /// <summary>Vectors for <see cref="ItemsMax"/> items.</summary>
    public const int VectorsMax = ItemsMax / 4;

    private readonly PinnedMemory _memory;

    public ExactWorkspace()
    {
        Batch = new AffineBatch<TField>();
        Multiplication = new DoubleMultiplication<TField>(Batch);
        _memory = new PinnedMemory(
            PinnedMemory.SizeOf<TField>(6 * VectorsMax) + PinnedMemory.SizeOf<TField>(16)
            + (4 * PinnedMemory.SizeOf<ScalarN>(ItemsMax)) + (2 * PinnedMemory.SizeOf<PackedPoint>(ItemsMax))
            + PinnedMemory.SizeOf<ulong>(ItemsMax));
        Elements = _memory.Take<TField>(6 * VectorsMax);
        Scratch = _memory.Take<TField>(16);
        R = _memory.Take<ScalarN>(ItemsMax);
        S = _memory.Take<ScalarN>(ItemsMax);
        ForPoint = _memory.Take<ScalarN>(ItemsMax);
        ForGenerator = _memory.Take<ScalarN>(ItemsMax);
        Points = _memory.Take<PackedPoint>(ItemsMax);
        Outputs = _memory.Take<PackedPoint>(ItemsMax);
        References = _memory.Take<ulong>(ItemsMax);
        Checks = new PointChecks<TField>();
        OffCurve = new bool[ItemsMax];
        Deferred = new bool[ItemsMax];
        Verdicts = new SignatureVerdict[ItemsMax];
    }

    public AffineBatch<TField> Batch { get; }

    public DoubleMultiplication<TField> Multiplication { get; }

    public PointChecks<TField> Checks { get; }

    public bool[] OffCurve { get; }

    public TField* Elements { get; }

    public TField* Scratch { get; }

    public ScalarN* R { get; }

    public ScalarN* S { get; }

    public ScalarQuotients Quotients { get; } = new();

    public ScalarN* ForPoint { get; }

    public ScalarN* ForGenerator { get; }

    /// <summary>Points that come in: keys, or the points of signatures.</summary>
    public PackedPoint* Points { get; }

    /// <summary>Points that go out, and the target of lanes that carry no item.</summary>
    public PackedPoint* Outputs { get; }

    public ulong* References { get; }

    /// <summary>Items that the scalar kernel decides.</summary>
    public bool[] Deferred { get; }

    /// <summary>What is decided so far.</summary>
    public SignatureVerdict[] Verdicts { get; }
}
