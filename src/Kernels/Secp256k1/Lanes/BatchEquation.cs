namespace Tactus.Kernels.Secp256k1.Lanes;

/// <summary>
/// One equation for many signatures whose keys are known: sum of a[i] (u1[i] G + u2[i] Q[i] - R[i]) = infinity for
/// random a[i].
/// </summary>
/// <remarks>
/// With u1 = e/s, u2 = r/s and R the point that r and the recovery id name, item i is good exactly if its bracket is
/// infinity,
/// that is if recovery gives Q. The group has prime order, so a sum with a bad item is infinity for at most one of the
/// 2^128
/// values of its a[i]: a batch with a bad signature passes with probability 2^-128, whatever the others are.
/// Equal keys are merged, keys' scalars are split by the endomorphism, R's scalar is the 128-bit a[i] itself.
/// </remarks>
internal sealed unsafe class BatchEquation<TField>
    where TField : unmanaged, IFieldLanes<TField>
{
    /// <summary>Items of one equation; beyond this a larger batch gains little and its memory leaves the
    /// cache.</summary>
    public const int ItemsMax = 8192;

    private const int PointsMax = (3 * ItemsMax) + 2;

    private readonly PinnedMemory _memory;
    private readonly MultiScalar<TField> _sum;
    private readonly PackedPoint* _keysOfLambda;
    private readonly PackedPoint* _generator;
    private readonly ulong* _points;
    private readonly UInt128* _scalars;
    private readonly ulong* _references;
    private readonly TField* _t;
    private readonly int[] _keyOfItem = new int[ItemsMax];
    private readonly int[] _firstItemOfKey = new int[ItemsMax];
    private readonly int[] _slots = new int[4 * ItemsMax];
    private readonly int[] _keyInUse = new int[ItemsMax];
    private readonly ScalarN[] _keyScalars = new ScalarN[ItemsMax];
    private int _keyCount;

    public BatchEquation(AffineBatch<TField> batch)
    {
        _sum = new MultiScalar<TField>(batch, PointsMax);
        _memory = new PinnedMemory(
            (3 * PinnedMemory.SizeOf<PackedPoint>(ItemsMax)) + PinnedMemory.SizeOf<PackedPoint>(2)
            + PinnedMemory.SizeOf<ulong>(PointsMax) + PinnedMemory.SizeOf<UInt128>(PointsMax)
            + PinnedMemory.SizeOf<ulong>(2 * TField.Lanes) + PinnedMemory.SizeOf<TField>(4)
            + (2 * PinnedMemory.SizeOf<ScalarN>(ItemsMax)) + PinnedMemory.SizeOf<ulong>(ItemsMax)
            + PinnedMemory.SizeOf<UInt128>(ItemsMax));
        SignaturePoints = _memory.Take<PackedPoint>(ItemsMax);
        Keys = _memory.Take<PackedPoint>(ItemsMax);
        _keysOfLambda = _memory.Take<PackedPoint>(ItemsMax);
        _generator = _memory.Take<PackedPoint>(2);
        _points = _memory.Take<ulong>(PointsMax);
        _scalars = _memory.Take<UInt128>(PointsMax);
        _references = _memory.Take<ulong>(2 * TField.Lanes);
        _t = _memory.Take<TField>(4);
        ForGenerator = _memory.Take<ScalarN>(ItemsMax);
        ForKey = _memory.Take<ScalarN>(ItemsMax);
        SignaturePointReferences = _memory.Take<ulong>(ItemsMax);
        Randomizers = _memory.Take<UInt128>(ItemsMax);
        _generator[0] = PackedPoint.FromScalar(ScalarN.Generator);
        _generator[1] = PackedPoint.FromScalar(ScalarN.Generator.TimesLambda());
    }

    /// <summary>The R of each item, with either y.</summary>
    public PackedPoint* SignaturePoints { get; }

    /// <summary>References to <see cref="SignaturePoints"/>, bit 0 set where y is to be negated.</summary>
    public ulong* SignaturePointReferences { get; }

    /// <summary>The Q of each item: points of the curve.</summary>
    public PackedPoint* Keys { get; }

    /// <summary>a[i].</summary>
    public UInt128* Randomizers { get; }

    /// <summary>a[i] u1[i].</summary>
    public ScalarN* ForGenerator { get; }

    /// <summary>a[i] u2[i].</summary>
    public ScalarN* ForKey { get; }

    /// <summary>Finds equal keys among the first <paramref name="count"/> items (after their randomizers are set) and
    /// makes Lambda Q of each different one.</summary>
    public void MergeKeys(int count)
    {
        int size = 64;
        while (size < 2 * count)
        {
            size *= 2;
        }

        // Open addressing under a random multiplier, so that nobody can choose keys that collide.
        ulong multiplier = (ulong)Randomizers[0] | 1;
        Span<int> slots = _slots.AsSpan(0, Math.Min(size, _slots.Length));
        slots.Fill(-1);
        _keyCount = 0;
        for (int i = 0; i < count; i++)
        {
            ulong hash = (Keys[i].X.W0 ^ (Keys[i].X.W1 >> 7)) * multiplier;
            int slot = (int)(hash >> 32) & (slots.Length - 1);
            while (slots[slot] >= 0 && !Equals(Keys + _firstItemOfKey[slots[slot]], Keys + i))
            {
                slot = (slot + 1) & (slots.Length - 1);
            }

            if (slots[slot] < 0)
            {
                slots[slot] = _keyCount;
                _firstItemOfKey[_keyCount++] = i;
            }

            _keyOfItem[i] = slots[slot];
        }

        MakeKeysOfLambda();
        _keyInUse.AsSpan().Fill(-1);
    }

    /// <summary>Whether the equation holds for the items from <paramref name="first"/>; null: given up.</summary>
    public bool? Holds(int first, int count)
    {
        // Slots 0 and 1 are the generator's, then come the keys in use (two each), then the R.
        ScalarN generator = ScalarN.Zero;
        int n = 2, inUse = 0;
        for (int i = first; i < first + count; i++)
        {
            generator += ForGenerator[i];
            int key = _keyOfItem[i], place = _keyInUse[key];
            if (place < 0)
            {
                _keyInUse[key] = place = inUse++;
                _points[2 + place] = (ulong)key;
                _keyScalars[place] = ScalarN.Zero;
            }

            _keyScalars[place] += ForKey[i];
        }

        // From the last key down, because each takes two slots where it was noted in one.
        for (int place = inUse - 1; place >= 0; place--)
        {
            int key = (int)_points[2 + place];
            _keyInUse[key] = -1;
            AddHalves(Keys + _firstItemOfKey[key], _keysOfLambda + key, _keyScalars[place], 2 + (2 * place));
        }

        n += 2 * inUse;
        AddHalves(_generator, _generator + 1, generator, 0);
        for (int i = first; i < first + count; i++)
        {
            _points[n] = SignaturePointReferences[i] ^ 1;
            _scalars[n++] = Randomizers[i];
        }

        return _sum.IsInfinity(_points, _scalars, n);
    }

    private void AddHalves(PackedPoint* point, PackedPoint* pointOfLambda, in ScalarN scalar, int slot)
    {
        GlvHalves.Split(in scalar, out SignedHalf low, out SignedHalf high);
        _points[slot] = (ulong)point | (low.IsNegative ? 1UL : 0);
        _scalars[slot] = low.Magnitude;
        _points[slot + 1] = (ulong)pointOfLambda | (high.IsNegative ? 1UL : 0);
        _scalars[slot + 1] = high.Magnitude;
    }

    private void MakeKeysOfLambda()
    {
        ref TField beta = ref _t[0], x = ref _t[1], y = ref _t[2];
        Packed256 packedBeta = Packed256.FromScalar(FieldScalar.Beta);
        TField.Broadcast(in packedBeta, out beta);
        for (int first = 0; first < _keyCount; first += TField.Lanes)
        {
            for (int lane = 0; lane < TField.Lanes; lane++)
            {
                int key = Math.Min(first + lane, _keyCount - 1);
                _references[lane] = (ulong)(Keys + _firstItemOfKey[key]);
                _references[TField.Lanes + lane] = (ulong)(_keysOfLambda + key);
            }

            TField.LoadPoint(_references, out x, out y);
            TField.Mul(in x, in beta, out x);
            TField.StorePoint(in x, in y, _references + TField.Lanes);
        }
    }

    private static bool Equals(PackedPoint* a, PackedPoint* b) =>
        ((a->X.W0 ^ b->X.W0) | (a->X.W1 ^ b->X.W1) | (a->X.W2 ^ b->X.W2) | (a->X.W3 ^ b->X.W3)
        | (a->Y.W0 ^ b->Y.W0) | (a->Y.W1 ^ b->Y.W1) | (a->Y.W2 ^ b->Y.W2) | (a->Y.W3 ^ b->Y.W3)) == 0;
}
