using System.Collections.Concurrent;

namespace Tactus.Kernels.Secp256k1.Lanes;

/// <summary>The exact kernel in lanes: what the vector entries share. Verdicts are the scalar kernel's in every
/// case.</summary>
/// <remarks>
/// Items are taken in groups. A group is read and range-checked, scalars are prepared together, points are lifted or
/// checked
/// in lanes, and <see cref="DoubleMultiplication{TField}"/> does the rest. Whatever is not the plain case (a value out
/// of range, a
/// key off the curve, r below p - n, a sum without meaning) is given to the scalar kernel, item by item.
/// </remarks>
internal sealed unsafe partial class Secp256k1Lanes<TField>
    where TField : unmanaged, IFieldLanes<TField>
{
    private const int ItemsMax = ExactWorkspace<TField>.ItemsMax;

    private static readonly Secp256k1Scalar Scalar = new();
    private static readonly PackedPoint PackedGenerator = PackedPoint.FromScalar(ScalarN.Generator);

    private readonly ConcurrentBag<ExactWorkspace<TField>> _workspaces = [];

    public void Verify(
        ReadOnlySpan<byte> digests,
        ReadOnlySpan<byte> signatures,
        ReadOnlySpan<byte> keys,
        Span<SignatureVerdict> verdicts)
    {
        Secp256k1Spans.CheckVerify(digests, signatures, keys, verdicts);
        ExactWorkspace<TField> work = Rent();
        for (int first = 0; first < verdicts.Length; first += ItemsMax)
        {
            int count = Math.Min(ItemsMax, verdicts.Length - first);
            VerifyGroup(
                work,
                digests.Slice(32 * first, 32 * count),
                signatures.Slice(64 * first, 64 * count),
                keys.Slice(64 * first, 64 * count),
                verdicts.Slice(first, count));
        }

        _workspaces.Add(work);
    }

    public void Recover(
        ReadOnlySpan<byte> digests,
        ReadOnlySpan<byte> signatures,
        ReadOnlySpan<byte> recoveryIds,
        Span<byte> keys,
        Span<SignatureVerdict> verdicts)
    {
        Secp256k1Spans.CheckRecover(digests, signatures, recoveryIds, keys, verdicts);
        ExactWorkspace<TField> work = Rent();
        for (int first = 0; first < verdicts.Length; first += ItemsMax)
        {
            int count = Math.Min(ItemsMax, verdicts.Length - first);
            RecoverGroup(
                work,
                digests.Slice(32 * first, 32 * count),
                signatures.Slice(64 * first, 64 * count),
                recoveryIds.Slice(first, count),
                keys.Slice(64 * first, 64 * count),
                verdicts.Slice(first, count));
        }

        _workspaces.Add(work);
    }

    public void Decompress(ReadOnlySpan<byte> compressed, Span<byte> keys, Span<SignatureVerdict> verdicts)
    {
        Secp256k1Spans.CheckDecompress(compressed, keys, verdicts);
        ExactWorkspace<TField> work = Rent();
        for (int first = 0; first < verdicts.Length; first += ItemsMax)
        {
            int count = Math.Min(ItemsMax, verdicts.Length - first);
            DecompressGroup(
                work,
                compressed.Slice(33 * first, 33 * count),
                keys.Slice(64 * first, 64 * count),
                verdicts.Slice(first, count));
        }

        _workspaces.Add(work);
    }

    private ExactWorkspace<TField> Rent() => _workspaces.TryTake(out ExactWorkspace<TField>? work) ? work : new();

    private static int RoundUp(int count, int multiple) => (count + multiple - 1) / multiple * multiple;

    private static void VerifyGroup(
        ExactWorkspace<TField> work,
        ReadOnlySpan<byte> digests,
        ReadOnlySpan<byte> signatures,
        ReadOnlySpan<byte> keys,
        Span<SignatureVerdict> verdicts)
    {
        int count = verdicts.Length, padded = RoundUp(count, 2 * TField.Lanes);
        for (int i = 0; i < padded; i++)
        {
            work.Deferred[i] = i >= count
                || !ReadSignature(work, signatures.Slice(64 * i, 64), i)
                || !ReadPoint(keys.Slice(64 * i, 64), ref work.Points[i]);
            if (work.Deferred[i])
            {
                Neutralise(work, i);
            }
        }

        work.Checks.FindOffCurve(work.Points, work.OffCurve, padded);
        for (int i = 0; i < padded; i++)
        {
            if (work.OffCurve[i])
            {
                work.Deferred[i] = true;
                Neutralise(work, i);
            }
        }

        for (int i = 0; i < padded; i++)
        {
            *work.Multiplication.PointOf(i) = work.Points[i];
            work.ForPoint[i] = work.R[i];
            work.ForGenerator[i] = i < count ? ScalarN.ReadReduced(digests.Slice(32 * i, 32)) : ScalarN.Zero;
        }

        Divide(work, work.S, padded);
        work.Multiplication.Run(padded, work.ForPoint, work.ForGenerator);
        CompareX(work, padded);
        for (int i = 0; i < count; i++)
        {
            if (work.Deferred[i] || work.Multiplication.Deferred[i])
            {
                Scalar.Verify(
                    digests.Slice(32 * i, 32),
                    signatures.Slice(64 * i, 64),
                    keys.Slice(64 * i, 64),
                    verdicts.Slice(i, 1));
            }
            else
            {
                verdicts[i] = work.Verdicts[i];
            }
        }
    }

    // ForPoint and ForGenerator over the denominators, filled up to a whole group of lanes.
    private static void Divide(ExactWorkspace<TField> work, ScalarN* denominators, int padded)
    {
        int whole = RoundUp(padded, ScalarQuotients.Group);
        for (int i = padded; i < whole; i++)
        {
            denominators[i] = ScalarN.One;
        }

        work.Quotients.Divide(work.ForPoint, work.ForGenerator, denominators, null, whole);
    }

    // The x of each result against r, as X = r Z^2. A mismatch with r below p - n, where r + n is another candidate, is
    // deferred.
    private static void CompareX(ExactWorkspace<TField> work, int padded)
    {
        for (int i = 0; i < padded; i++)
        {
            ScalarN r = work.R[i];
            work.Points[i].X = Packed256.FromWords(r.W0, r.W1, r.W2, r.W3);
            work.References[i] = (ulong)&work.Points[i].X;
        }

        ref TField r0 = ref work.Scratch[0], zz = ref work.Scratch[1], minusX = ref work.Scratch[2];
        for (int v = 0; v < padded / TField.Lanes; v++)
        {
            JacobianLanes<TField>* point = work.Multiplication.Results + v;
            TField.Load(work.References + (v * TField.Lanes), out r0);
            TField.Sqr(in point->Z, out zz);
            TField.Scale(in point->X, -1, out minusX);
            TField.MulAdd(in r0, in zz, in minusX, out r0);
            uint equal = TField.IsZero(in r0), infinite = TField.IsZero(in zz);
            for (int lane = 0; lane < TField.Lanes; lane++)
            {
                int i = (v * TField.Lanes) + lane;
                bool isEqual = ((equal >> lane) & 1) != 0;
                work.Verdicts[i] = isEqual ? SignatureVerdict.Valid : SignatureVerdict.Mismatch;
                work.Deferred[i] |= ((infinite >> lane) & 1) != 0 || (!isEqual && MayWrap(work.R[i]));
            }
        }
    }

    // r < p - n < 2^129, seen from above
    private static bool MayWrap(in ScalarN r) => (r.W3 | (r.W2 >> 1)) == 0;

    // A harmless item in the place of one that the scalar kernel decides: 3 G + 0 G.
    private static void Neutralise(ExactWorkspace<TField> work, int item)
    {
        work.Points[item] = PackedGenerator;
        work.R[item] = new ScalarN(3, 0, 0, 0);
        work.S[item] = ScalarN.One;
    }

    private static bool ReadSignature(ExactWorkspace<TField> work, ReadOnlySpan<byte> signature, int item) =>
        ScalarN.TryRead(signature, out work.R[item]) && ScalarN.TryRead(signature[32..], out work.S[item])
        && !work.R[item].IsZero && !work.S[item].IsZero;

    private static bool ReadPoint(ReadOnlySpan<byte> key, ref PackedPoint point) =>
        Packed256.TryRead(key, out point.X) && Packed256.TryRead(key[32..], out point.Y);
}
