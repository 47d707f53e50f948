using System.Runtime.CompilerServices;

namespace Tactus.Kernels.Secp256k1.Lanes;

/// <summary>Sums of many lists of affine points at once: in each round every list adds its points in pairs.</summary>
/// <remarks>
/// All sums of a round are independent of each other, so <see cref="AffineBatch{TField}"/> shares its inversions among
/// them. A reference
/// of 0 is the point at infinity. Sums without meaning (equal or opposite points) are done by the scalar group code;
/// more than
/// <see cref="ExceptionalMax"/> of them, which needs repeated or chosen points, give the work up.
/// </remarks>
internal sealed unsafe class TreeSums<TField>(AffineBatch<TField> batch, int pointsMax)
    where TField : unmanaged, IFieldLanes<TField>
{
    /// <summary>Sums that the scalar code does before the caller is told to go another way: about a
    /// millisecond.</summary>
    public const int ExceptionalMax = 128;

    private readonly PinnedMemory _memory = new(
        PinnedMemory.SizeOf<PackedPoint>(pointsMax) + (3 * PinnedMemory.SizeOf<ulong>((pointsMax / 2) + 1))
        + PinnedMemory.SizeOf<int>((pointsMax / 2) + 1));

    private PackedPoint* _arena;
    private ulong* _left;
    private ulong* _right;
    private ulong* _target;
    private int* _place;

    /// <summary>
    /// Leaves the sum of references[starts[s]..starts[s + 1]) in references[starts[s]] for every list s that is not
    /// empty.
    /// Sums stay valid until the next call. False: given up.
    /// </summary>
    public bool Reduce(ulong* references, int* starts, int* counts, int lists)
    {
        Prepare();
        int used = 0, exceptional = 0;
        for (int s = 0; s < lists; s++)
        {
            counts[s] = starts[s + 1] - starts[s];
        }

        if (starts[lists] - starts[0] > pointsMax)
        {
            throw new InvalidOperationException(
                $"{starts[lists] - starts[0]} points exceed the {pointsMax} that were planned.");
        }

        while (true)
        {
            int n = Pair(references, starts, counts, lists, used);
            if (n == 0)
            {
                return true;
            }

            List<int> special = batch.Add(_left, _right, _target, n);
            exceptional += special.Count;
            if (exceptional > ExceptionalMax)
            {
                return false;
            }

            foreach (int entry in special)
            {
                AddExactly(entry, references);
            }

            used += n;
        }
    }

    // Lists the pairs of one round and leaves each list half as long.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Pair(ulong* references, int* starts, int* counts, int lists, int used)
    {
        int n = 0;
        for (int s = 0; s < lists; s++)
        {
            int count = counts[s];
            if (count < 2)
            {
                continue;
            }

            ulong* list = references + starts[s];
            int kept = 0;
            for (int i = 0; i + 1 < count; i += 2)
            {
                ulong left = list[i], right = list[i + 1];
                if (left == 0 || right == 0)
                {
                    list[kept++] = left | right;
                    continue;
                }

                _left[n] = left;
                _right[n] = right;
                _target[n] = (ulong)(_arena + used + n);
                _place[n] = starts[s] + kept;
                list[kept++] = _target[n++];
            }

            if ((count & 1) != 0)
            {
                list[kept++] = list[count - 1];
            }

            counts[s] = kept;
        }

        return n;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void AddExactly(int entry, ulong* references)
    {
        JacobianPoint sum = new JacobianPoint(PackedPoint.ToScalar(_left[entry])).Add(
            PackedPoint.ToScalar(_right[entry]));
        if (sum.IsInfinity)
        {
            references[_place[entry]] = 0;
            return;
        }

        *(PackedPoint*)_target[entry] = PackedPoint.FromScalar(sum.ToAffine());
    }

    private void Prepare()
    {
        if (_arena != null)
        {
            return;
        }

        _arena = _memory.Take<PackedPoint>(pointsMax);
        _left = _memory.Take<ulong>((pointsMax / 2) + 1);
        _right = _memory.Take<ulong>((pointsMax / 2) + 1);
        _target = _memory.Take<ulong>((pointsMax / 2) + 1);
        _place = _memory.Take<int>((pointsMax / 2) + 1);
    }
}
