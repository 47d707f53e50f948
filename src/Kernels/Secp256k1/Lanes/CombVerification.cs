using System.Collections.Concurrent;

namespace Tactus.Kernels.Secp256k1.Lanes;

/// <summary>Exact checks with a comb table for each key: u1 G + u2 Q as a sum of table points, without
/// doublings.</summary>
/// <remarks>
/// u1 = g1 + g2 Lambda and u2 = k1 + k2 Lambda, so the point is A + Lambda B, where A collects the table points of g1
/// and k1 and B
/// those of g2 and k2: one table for each point serves both halves, and Lambda costs one product. Both lists are summed
/// for
/// all items at once by <see cref="TreeSums{TField}"/>, which gets sums without meaning right too; what it gives up,
/// and items out of
/// the plain case, go to the scalar kernel.
/// </remarks>
internal sealed unsafe class CombVerification<TField>
    where TField : unmanaged, IFieldLanes<TField>
{
    /// <summary>Items per pass.</summary>
    public const int ItemsMax = 256;

    /// <summary>Width of the generator's digits: 10 of them, 2.5 MiB.</summary>
    private const int GeneratorWidth = 13;

    private static readonly Secp256k1Scalar Scalar = new();
    private static readonly Lock Gate = new();
    private static CombTable? _generatorTable;

    private readonly ConcurrentBag<Workspace> _workspaces = [];

    public static CombTable MakeTable(in AffinePoint point, int width) =>
        CombTable.Make(new AffineBatch<TField>(), point, width);

    /// <summary>Verdicts of the items whose table is given (a null table leaves its item alone).</summary>
    /// <param name="digests">32 bytes an item.</param>
    /// <param name="signatures">64 bytes an item.</param>
    /// <param name="recoveryIds">Empty, or one an item: then Valid also means that recovery gives the key.</param>
    /// <param name="keys">64 bytes an item.</param>
    /// <param name="tables">The table of each item's key, or null.</param>
    /// <param name="verdicts">Receives the verdicts.</param>
    public void Verify(
        ReadOnlySpan<byte> digests,
        ReadOnlySpan<byte> signatures,
        ReadOnlySpan<byte> recoveryIds,
        ReadOnlySpan<byte> keys,
        ReadOnlySpan<CombTable?> tables,
        Span<SignatureVerdict> verdicts)
    {
        Workspace work = _workspaces.TryTake(out Workspace? free) ? free : new Workspace();
        CombTable generator = Generator(work.Batch);
        for (int next = 0; next < tables.Length;)
        {
            int count = 0;
            for (; next < tables.Length && count < ItemsMax; next++)
            {
                if (tables[next] is not null)
                {
                    work.Item[count++] = next;
                }
            }

            Pass(work, generator, digests, signatures, recoveryIds, keys, tables, verdicts, count);
        }

        _workspaces.Add(work);
    }

    private static CombTable Generator(AffineBatch<TField> batch)
    {
        if (Volatile.Read(ref _generatorTable) is { } ready)
        {
            return ready;
        }

        lock (Gate)
        {
            _generatorTable ??= CombTable.Make(batch, ScalarN.Generator, GeneratorWidth);
            return _generatorTable;
        }
    }

    private static void Pass(
        Workspace work,
        CombTable generator,
        ReadOnlySpan<byte> digests,
        ReadOnlySpan<byte> signatures,
        ReadOnlySpan<byte> recoveryIds,
        ReadOnlySpan<byte> keys,
        ReadOnlySpan<CombTable?> tables,
        Span<SignatureVerdict> verdicts,
        int count)
    {
        for (int i = 0; i < count; i++)
        {
            int item = work.Item[i];
            work.Deferred[i] = !ScalarN.TryRead(signatures.Slice(64 * item, 32), out work.R[i])
                || !ScalarN.TryRead(signatures.Slice((64 * item) + 32, 32), out work.S[i])
                || work.R[i].IsZero || work.S[i].IsZero
                || (recoveryIds.Length != 0 && recoveryIds[item] > 1);
            if (work.Deferred[i])
            {
                work.R[i] = work.S[i] = ScalarN.One;
            }
        }

        int whole = (count + ScalarQuotients.Group - 1) / ScalarQuotients.Group * ScalarQuotients.Group;
        for (int i = 0; i < whole; i++)
        {
            work.S[i] = i < count ? work.S[i] : ScalarN.One;
            work.ForKey[i] = work.R[i];
            work.ForGenerator[i] = i < count ? ScalarN.ReadReduced(digests.Slice(32 * work.Item[i], 32)) : ScalarN.Zero;
        }

        work.Quotients.Divide(work.ForKey, work.ForGenerator, work.S, null, whole);
        int n = 0;
        for (int i = 0; i < count; i++)
        {
            int item = work.Item[i];
            GlvHalves.Split(in work.ForGenerator[i], out SignedHalf g1, out SignedHalf g2);
            GlvHalves.Split(in work.ForKey[i], out SignedHalf k1, out SignedHalf k2);
            CombTable table = tables[item]!;
            work.Starts[2 * i] = n;
            n += generator.Append(g1, work.References + n);
            n += table.Append(k1, work.References + n);
            work.Starts[(2 * i) + 1] = n;
            n += generator.Append(g2, work.References + n);
            n += table.Append(k2, work.References + n);
        }

        work.Starts[2 * count] = n;
        bool summed = work.Sums.Reduce(work.References, work.Starts, work.Counts, 2 * count);
        if (summed)
        {
            AddLambda(work, count);
        }

        Span<byte> xBytes = stackalloc byte[32];
        for (int i = 0; i < count; i++)
        {
            int item = work.Item[i];
            if (!summed || work.Deferred[i])
            {
                verdicts[item] = VerifyOne(
                    digests.Slice(32 * item, 32),
                    signatures.Slice(64 * item, 64),
                    recoveryIds.Length == 0 ? recoveryIds : recoveryIds.Slice(item, 1),
                    keys.Slice(64 * item, 64));
                continue;
            }

            // x mod n against r; with a recovery id (0 or 1 here), x itself against r and the parity of y.
            work.Points[i].X.ToWords(out ulong w0, out ulong w1, out ulong w2, out ulong w3);
            ScalarN r = work.R[i];
            bool same = w0 == r.W0 && w1 == r.W1 && w2 == r.W2 && w3 == r.W3;
            if (recoveryIds.Length != 0)
            {
                same = same && work.Points[i].Y.IsOdd == (recoveryIds[item] == 1);
            }
            else if (!same)
            {
                work.Points[i].X.ToBytes(xBytes);
                same = ScalarN.ReadReduced(xBytes).Equals(r);
            }

            verdicts[item] = same ? SignatureVerdict.Valid : SignatureVerdict.Mismatch;
        }
    }

    private static SignatureVerdict VerifyOne(
        ReadOnlySpan<byte> digest,
        ReadOnlySpan<byte> signature,
        ReadOnlySpan<byte> recoveryId,
        ReadOnlySpan<byte> key)
    {
        Span<SignatureVerdict> verdict = stackalloc SignatureVerdict[1];
        if (recoveryId.Length == 0)
        {
            Scalar.Verify(digest, signature, key, verdict);
            return verdict[0];
        }

        Span<byte> recovered = stackalloc byte[64];
        Scalar.Recover(digest, signature, recoveryId, recovered, verdict);
        return verdict[0] == SignatureVerdict.Valid && !recovered.SequenceEqual(key) ? SignatureVerdict.Mismatch
            : verdict[0];
    }

    // Points[i] = A[i] + Lambda B[i]; an item where that is not the sum of two different points is deferred.
    private static void AddLambda(Workspace work, int count)
    {
        ref TField beta = ref work.Scratch[0], x = ref work.Scratch[1], y = ref work.Scratch[2];
        Packed256 packedBeta = Packed256.FromScalar(FieldScalar.Beta);
        TField.Broadcast(in packedBeta, out beta);
        for (int i = 0; i < ItemsMax; i++)
        {
            bool used = i < count && work.Starts[2 * i] < work.Starts[(2 * i) + 1]
                && work.Starts[(2 * i) + 1] < work.Starts[(2 * i) + 2];
            ulong a = used ? work.References[work.Starts[2 * i]] : 0, b = used
                ? work.References[work.Starts[(2 * i) + 1]] : 0;
            used = a != 0 && b != 0;
            work.Deferred[i] |= !used;
            work.Left[i] = used ? a : (ulong)work.Points;
            work.Right[i] = used ? b : (ulong)work.Points;
            work.Target[i] = (ulong)(work.Points + i);
        }

        for (int first = 0; first < count; first += TField.Lanes)
        {
            TField.LoadPoint(work.Right + first, out x, out y);
            TField.Mul(in x, in beta, out x);
            TField.StorePoint(in x, in y, work.Target + first);
        }

        foreach (int entry in work.Batch.Add(work.Left, work.Target, work.Target, count))
        {
            work.Deferred[entry] = true;
        }
    }

    private sealed class Workspace
    {
        // Two lists of 10 generator digits and 17 key digits for each item.
        private static readonly int PointsMax =
            2 * ItemsMax * (SignedDigits.CountFor(GeneratorWidth) + SignedDigits.CountFor(HotKeyTables.Width));

        private readonly PinnedMemory _memory = new(
            PinnedMemory.SizeOf<ulong>(PointsMax + 64) + (2 * PinnedMemory.SizeOf<int>((2 * ItemsMax) + 1))
            + (4 * PinnedMemory.SizeOf<ScalarN>(ItemsMax)) + PinnedMemory.SizeOf<PackedPoint>(ItemsMax)
            + (3 * PinnedMemory.SizeOf<ulong>(ItemsMax)) + PinnedMemory.SizeOf<TField>(4));

        public Workspace()
        {
            Sums = new TreeSums<TField>(Batch, PointsMax);
            References = _memory.Take<ulong>(PointsMax + 64);
            Starts = _memory.Take<int>((2 * ItemsMax) + 1);
            Counts = _memory.Take<int>((2 * ItemsMax) + 1);
            R = _memory.Take<ScalarN>(ItemsMax);
            S = _memory.Take<ScalarN>(ItemsMax);
            ForKey = _memory.Take<ScalarN>(ItemsMax);
            ForGenerator = _memory.Take<ScalarN>(ItemsMax);
            Points = _memory.Take<PackedPoint>(ItemsMax);
            Left = _memory.Take<ulong>(ItemsMax);
            Right = _memory.Take<ulong>(ItemsMax);
            Target = _memory.Take<ulong>(ItemsMax);
            Scratch = _memory.Take<TField>(4);
        }

        public AffineBatch<TField> Batch { get; } = new();

        public TreeSums<TField> Sums { get; }

        public int[] Item { get; } = new int[ItemsMax];

        public bool[] Deferred { get; } = new bool[ItemsMax];

        public ulong* References { get; }

        public int* Starts { get; }

        public int* Counts { get; }

        public ScalarN* R { get; }

        public ScalarN* S { get; }

        public ScalarQuotients Quotients { get; } = new();

        public ScalarN* ForKey { get; }

        public ScalarN* ForGenerator { get; }

        public PackedPoint* Points { get; }

        public ulong* Left { get; }

        public ulong* Right { get; }

        public ulong* Target { get; }

        public TField* Scratch { get; }
    }
}
