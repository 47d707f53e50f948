namespace Tactus.Kernels.Secp256k1.Lanes;

/// <summary>Recovery and decompression: points from their x.</summary>
internal sealed unsafe partial class Secp256k1Lanes<TField>
{
    private static void RecoverGroup(
        ExactWorkspace<TField> work,
        ReadOnlySpan<byte> digests,
        ReadOnlySpan<byte> signatures,
        ReadOnlySpan<byte> recoveryIds,
        Span<byte> keys,
        Span<SignatureVerdict> verdicts)
    {
        int count = verdicts.Length, padded = RoundUp(count, FieldPowers<TField>.Group * TField.Lanes);
        for (int i = 0; i < padded; i++)
        {
            // Ids 2 and 3 name an x of r + n, which honest signatures never need: left to the scalar kernel.
            work.Deferred[i] = i >= count || recoveryIds[i] > 1
                || !ReadSignature(work, signatures.Slice(64 * i, 64), i);
            if (work.Deferred[i])
            {
                Neutralise(work, i);
            }

            ScalarN r = work.R[i];
            work.Points[i].X = work.Deferred[i] ? PackedGenerator.X : Packed256.FromWords(r.W0, r.W1, r.W2, r.W3);
        }

        work.Checks.Lift(work.Points, work.Verdicts, padded);
        for (int i = 0; i < padded; i++)
        {
            bool real = !work.Deferred[i] && work.Verdicts[i] == SignatureVerdict.Valid;
            *work.Multiplication.PointOf(i) = real ? SetParity(work.Points[i], (recoveryIds[i] & 1) != 0)
                : PackedGenerator;
            work.ForPoint[i] = work.S[i];
            work.ForGenerator[i] = real ? ScalarN.ReadReduced(digests.Slice(32 * i, 32)).Negate() : ScalarN.Zero;
        }

        Divide(work, work.R, padded);
        work.Multiplication.Run(padded, work.ForPoint, work.ForGenerator);
        ToAffine(work, padded);
        for (int i = 0; i < count; i++)
        {
            Span<byte> key = keys.Slice(64 * i, 64);
            bool lifted = work.Verdicts[i] == SignatureVerdict.Valid;
            if (work.Deferred[i] || (lifted && work.Multiplication.Deferred[i]))
            {
                Scalar.Recover(
                    digests.Slice(32 * i, 32),
                    signatures.Slice(64 * i, 64),
                    recoveryIds.Slice(i, 1),
                    key,
                    verdicts.Slice(i, 1));
                continue;
            }

            verdicts[i] = work.Verdicts[i];
            if (lifted)
            {
                work.Outputs[i].X.ToBytes(key);
                work.Outputs[i].Y.ToBytes(key[32..]);
            }
            else
            {
                key.Clear();
            }
        }
    }

    private static void DecompressGroup(
        ExactWorkspace<TField> work,
        ReadOnlySpan<byte> compressed,
        Span<byte> keys,
        Span<SignatureVerdict> verdicts)
    {
        int count = verdicts.Length, padded = RoundUp(count, FieldPowers<TField>.Group * TField.Lanes);
        for (int i = 0; i < padded; i++)
        {
            work.Points[i].X = PackedGenerator.X;
            work.Deferred[i] = i >= count || compressed[33 * i] is not (2 or 3)
                || !Packed256.TryRead(compressed.Slice((33 * i) + 1, 32), out work.Points[i].X);
        }

        work.Checks.Lift(work.Points, work.Verdicts, padded);
        for (int i = 0; i < count; i++)
        {
            Span<byte> key = keys.Slice(64 * i, 64);
            if (work.Deferred[i] || work.Verdicts[i] != SignatureVerdict.Valid)
            {
                verdicts[i] = SignatureVerdict.BadKey;
                key.Clear();
                continue;
            }

            PackedPoint point = SetParity(work.Points[i], compressed[33 * i] == 3);
            point.X.ToBytes(key);
            point.Y.ToBytes(key[32..]);
            verdicts[i] = SignatureVerdict.Valid;
        }
    }

    // y is not 0: the curve has no point of order 2.
    private static PackedPoint SetParity(PackedPoint point, bool odd)
    {
        if (point.Y.IsOdd != odd)
        {
            point.Y = point.Y.Negate();
        }

        return point;
    }

    /// <summary>Outputs[i] = the affine results; Z = 0 marks an item as deferred.</summary>
    private static void ToAffine(ExactWorkspace<TField> work, int padded)
    {
        int vectors = padded / TField.Lanes;
        JacobianLanes<TField>* points = work.Multiplication.Results;
        TField* prefix = work.Elements;
        ref TField ones = ref work.Scratch[0], rest = ref work.Scratch[1], inverse = ref work.Scratch[2],
            square = ref work.Scratch[3];
        Packed256 one = Packed256.FromWords(1, 0, 0, 0);
        TField.Broadcast(in one, out ones);
        for (int v = 0; v < vectors; v++)
        {
            uint infinite = TField.IsZero(in points[v].Z);
            if (infinite != 0)
            {
                TField.Select(infinite, in ones, in points[v].Z, out points[v].Z);
                for (int lane = 0; lane < TField.Lanes; lane++)
                {
                    work.Deferred[(v * TField.Lanes) + lane] |= ((infinite >> lane) & 1) != 0;
                }
            }

            TField.Mul(in points[v].Z, in v == 0 ? ref ones : ref prefix[v - 1], out prefix[v]);
        }

        FieldPowers<TField>.Invert(in prefix[vectors - 1], out rest);
        for (int v = vectors - 1; v >= 0; v--)
        {
            TField.Mul(in rest, in v == 0 ? ref ones : ref prefix[v - 1], out inverse);
            TField.Mul(in rest, in points[v].Z, out rest);
            TField.Sqr(in inverse, out square);
            TField.Mul(in points[v].X, in square, out points[v].X);
            TField.Mul(in inverse, in square, out inverse);
            TField.Mul(in points[v].Y, in inverse, out points[v].Y);
            for (int lane = 0; lane < TField.Lanes; lane++)
            {
                work.References[lane] = (ulong)(work.Outputs + (v * TField.Lanes) + lane);
            }

            TField.StorePoint(in points[v].X, in points[v].Y, work.References);
        }
    }
}
