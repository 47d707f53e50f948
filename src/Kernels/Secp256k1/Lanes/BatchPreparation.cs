namespace Tactus.Kernels.Secp256k1.Lanes;

/// <summary>Reads some signatures and keys for a batch: ranges, R lifted from r, keys on the curve.</summary>
internal sealed unsafe class BatchPreparation<TField>
    where TField : unmanaged, IFieldLanes<TField>
{
    private const int ItemsMax = ExactWorkspace<TField>.ItemsMax;

    private readonly PinnedMemory _memory = new(2 * PinnedMemory.SizeOf<PackedPoint>(ItemsMax));
    private readonly PointChecks<TField> _checks = new();
    private readonly SignatureVerdict[] _lifted = new SignatureVerdict[ItemsMax];
    private readonly bool[] _offCurve = new bool[ItemsMax];

    public BatchPreparation()
    {
        Lifted = _memory.Take<PackedPoint>(ItemsMax);
        Keys = _memory.Take<PackedPoint>(ItemsMax);
    }

    /// <summary>Items that may enter the equation; the exact kernel decides the others.</summary>
    public bool[] IsReady { get; } = new bool[ItemsMax];

    public ScalarN[] R { get; } = new ScalarN[ItemsMax];

    public ScalarN[] S { get; } = new ScalarN[ItemsMax];

    /// <summary>A point with the x that r names; its y may have either sign.</summary>
    public PackedPoint* Lifted { get; }

    public PackedPoint* Keys { get; }

    public void Prepare(ReadOnlySpan<byte> signatures, ReadOnlySpan<byte> recoveryIds, ReadOnlySpan<byte> keys)
    {
        int count = recoveryIds.Length, group = PointChecks<TField>.Group, padded = (count + group - 1) / group * group;
        for (int i = 0; i < padded; i++)
        {
            IsReady[i] = i < count && recoveryIds[i] <= 1
                && ScalarN.TryRead(signatures.Slice(64 * i, 32), out R[i])
                    && ScalarN.TryRead(signatures.Slice((64 * i) + 32, 32), out S[i])
                && !R[i].IsZero && !S[i].IsZero
                && Packed256.TryRead(keys.Slice(64 * i, 32), out Keys[i].X)
                    && Packed256.TryRead(keys.Slice((64 * i) + 32, 32), out Keys[i].Y);
            Lifted[i].X = IsReady[i] ? Packed256.FromWords(R[i].W0, R[i].W1, R[i].W2, R[i].W3) : default;
        }

        _checks.Lift(Lifted, _lifted, padded);
        _checks.FindOffCurve(Keys, _offCurve, padded);
        for (int i = 0; i < count; i++)
        {
            IsReady[i] = IsReady[i] && _lifted[i] == SignatureVerdict.Valid && !_offCurve[i];
        }
    }
}
