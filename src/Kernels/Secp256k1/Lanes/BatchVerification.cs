using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Tactus.Kernels.Secp256k1.Lanes;

/// <summary>Batches in lanes: lifts each R, prepares scalars, tries the equation, and searches for the bad ones when it
/// fails.</summary>
internal sealed unsafe class BatchVerification<TField>(Secp256k1Lanes<TField> exact, Action<Span<byte>> fillRandom)
    where TField : unmanaged, IFieldLanes<TField>
{
    /// <summary>Below this an exact check of all costs no more than an equation.</summary>
    private const int ExactMax = 96;

    /// <summary>When both halves failed this many times on the way down, bad items are many and exact checks are
    /// cheaper.</summary>
    private const int BothFailedMax = 2;

    /// <summary>When the first groups all failed, this many of them, bad items are everywhere and exact checks are cheaper.</summary>
    private const int GroupsFailedMax = 4;

    private readonly ConcurrentBag<Workspace> _workspaces = [];

    /// <summary>Items of the groups that are tried one by one after the equation of all failed; 0 where the range is halved
    /// instead.</summary>
    /// <remarks>Measured on AVX2 (Zen 3), a signature: an equation of 128 takes 1.4 times what one of 4096 takes, an exact
    /// check 2.6 times, so that each halving of a large range costs nearly what it can save. AVX-512 (Zen 5) was measured
    /// with halving.</remarks>
    private static int GroupItems => TField.Lanes == FieldAvx2.Lanes ? 128 : 0;

    public void Verify(
        ReadOnlySpan<byte> digests,
        ReadOnlySpan<byte> signatures,
        ReadOnlySpan<byte> recoveryIds,
        ReadOnlySpan<byte> keys,
        Span<SignatureVerdict> verdicts)
    {
        if (verdicts.Length <= ExactMax)
        {
            VerifyExactly(digests, signatures, recoveryIds, keys, verdicts);
            return;
        }

        Workspace work = _workspaces.TryTake(out Workspace? free) ? free : new Workspace();
        const int ItemsMax = BatchEquation<TField>.ItemsMax;
        for (int first = 0; first < verdicts.Length; first += ItemsMax)
        {
            int count = Math.Min(ItemsMax, verdicts.Length - first);
            VerifyBatch(
                work,
                digests.Slice(32 * first, 32 * count),
                signatures.Slice(64 * first, 64 * count),
                recoveryIds.Slice(first, count),
                keys.Slice(64 * first, 64 * count),
                verdicts.Slice(first, count));
        }

        _workspaces.Add(work);
    }

    // Recovery against the key: what the equation stands for.
    private void VerifyExactly(
        ReadOnlySpan<byte> digests,
        ReadOnlySpan<byte> signatures,
        ReadOnlySpan<byte> recoveryIds,
        ReadOnlySpan<byte> keys,
        Span<SignatureVerdict> verdicts)
    {
        byte[] recovered = System.Buffers.ArrayPool<byte>.Shared.Rent(64 * verdicts.Length);
        exact.Recover(digests, signatures, recoveryIds, recovered.AsSpan(0, 64 * verdicts.Length), verdicts);
        for (int i = 0; i < verdicts.Length; i++)
        {
            if (verdicts[i] == SignatureVerdict.Valid
                && !recovered.AsSpan(64 * i, 64).SequenceEqual(keys.Slice(64 * i, 64)))
            {
                verdicts[i] = SignatureVerdict.Mismatch;
            }
        }

        System.Buffers.ArrayPool<byte>.Shared.Return(recovered);
    }

    private void VerifyBatch(
        Workspace work,
        ReadOnlySpan<byte> digests,
        ReadOnlySpan<byte> signatures,
        ReadOnlySpan<byte> recoveryIds,
        ReadOnlySpan<byte> keys,
        Span<SignatureVerdict> verdicts)
    {
        // Items that cannot enter the equation (out of range, no point, bad key) stay out of it: `kept` names those
        // that can.
        int count = verdicts.Length, kept = 0;
        for (int first = 0; first < count; first += ExactWorkspace<TField>.ItemsMax)
        {
            int some = Math.Min(ExactWorkspace<TField>.ItemsMax, count - first);
            work.Exact.Prepare(
                signatures.Slice(64 * first, 64 * some),
                recoveryIds.Slice(first, some),
                keys.Slice(64 * first, 64 * some));
            for (int i = 0; i < some; i++)
            {
                if (!work.Exact.IsReady[i])
                {
                    continue;
                }

                work.Item[kept] = first + i;
                work.Equation.SignaturePoints[kept] = work.Exact.Lifted[i];
                work.Equation.SignaturePointReferences[kept] =
                    (ulong)(work.Equation.SignaturePoints + kept)
                        | (work.Exact.Lifted[i].Y.IsOdd != ((recoveryIds[first + i] & 1) != 0) ? 1UL : 0);
                work.Equation.Keys[kept] = work.Exact.Keys[i];
                work.R[kept] = work.Exact.R[i];
                work.S[kept++] = work.Exact.S[i];
            }
        }

        verdicts.Clear();
        fillRandom(MemoryMarshal.AsBytes(new Span<UInt128>(work.Equation.Randomizers, kept)));
        for (int first = 0; first < kept; first += ScalarQuotients.ItemsMax)
        {
            Weigh(work, digests, first, Math.Min(ScalarQuotients.ItemsMax, kept - first));
        }

        if (kept > 0)
        {
            work.Equation.MergeKeys(kept);
            Search(work, 0, kept, knownBad: false, bothFailed: 0, verdicts);
        }

        DecideRest(work, digests, signatures, recoveryIds, keys, verdicts);
    }

    // ForGenerator = a e/s and ForKey = a r/s of some items.
    private static void Weigh(Workspace work, ReadOnlySpan<byte> digests, int first, int count)
    {
        int whole = (count + ScalarQuotients.Group - 1) / ScalarQuotients.Group * ScalarQuotients.Group;
        for (int i = 0; i < whole; i++)
        {
            UInt128 random = i < count ? work.Equation.Randomizers[first + i] : 0;
            work.Weights[i] = new ScalarN((ulong)random, (ulong)(random >> 64), 0, 0);
            work.Divisors[i] = i < count ? work.S[first + i] : ScalarN.One;
            work.ForKey[i] = i < count ? work.R[first + i] : ScalarN.Zero;
            work.ForGenerator[i] = i < count ? ScalarN.ReadReduced(digests.Slice(32 * work.Item[first + i], 32))
                : ScalarN.Zero;
        }

        work.Quotients.Divide(work.ForKey, work.ForGenerator, work.Divisors, work.Weights, whole);
        new Span<ScalarN>(work.ForKey, count).CopyTo(new Span<ScalarN>(work.Equation.ForKey + first, count));
        new Span<ScalarN>(work.ForGenerator, count).CopyTo(
            new Span<ScalarN>(work.Equation.ForGenerator + first, count));
    }

    // Marks items of equations that hold as Valid. Others stay Unknown. Returns whether the range holds.
    private static bool Search(Workspace work, int first, int count, bool knownBad, int bothFailed,
        Span<SignatureVerdict> verdicts)
    {
        if (count <= ExactMax || bothFailed > BothFailedMax)
        {
            return false;
        }

        if (!knownBad)
        {
            switch (work.Equation.Holds(first, count))
            {
                case true:
                    for (int i = first; i < first + count; i++)
                    {
                        verdicts[work.Item[i]] = SignatureVerdict.Valid;
                    }

                    return true;
                case null:
                    return false;
                default:
                    break;
            }

            if (GroupItems > 0)
            {
                SearchGroups(work, first, count, verdicts);
                return false;
            }
        }

        // The range has a bad item. If the first half holds, the second one has it, and its own equation need not be
        // tried.
        int half = count / 2;
        if (half <= ExactMax)
        {
            return false;
        }

        bool? firstHolds = Try(work, first, half, verdicts);
        bool? secondHolds = firstHolds == true ? false : Try(work, first + half, count - half, verdicts);
        int failed = bothFailed + (firstHolds == false && secondHolds == false ? 1 : 0);
        if (firstHolds == false)
        {
            Search(work, first, half, knownBad: true, failed, verdicts);
        }

        if (secondHolds == false)
        {
            Search(work, first + half, count - half, knownBad: true, failed, verdicts);
        }

        return false;
    }

    // Items of groups that hold are Valid. Others stay Unknown.
    private static void SearchGroups(Workspace work, int first, int count, Span<SignatureVerdict> verdicts)
    {
        bool anyHolds = false;
        for (int group = 0; group * GroupItems < count && (anyHolds || group < GroupsFailedMax); group++)
        {
            int some = Math.Min(GroupItems, count - (group * GroupItems));
            anyHolds |= some > ExactMax && Try(work, first + (group * GroupItems), some, verdicts) == true;
        }
    }

    private static bool? Try(Workspace work, int first, int count, Span<SignatureVerdict> verdicts)
    {
        bool? holds = work.Equation.Holds(first, count);
        if (holds == true)
        {
            for (int i = first; i < first + count; i++)
            {
                verdicts[work.Item[i]] = SignatureVerdict.Valid;
            }
        }

        return holds;
    }

    // Whatever no equation accepted is decided exactly, together.
    private void DecideRest(
        Workspace work,
        ReadOnlySpan<byte> digests,
        ReadOnlySpan<byte> signatures,
        ReadOnlySpan<byte> recoveryIds,
        ReadOnlySpan<byte> keys,
        Span<SignatureVerdict> verdicts)
    {
        const int Some = ExactWorkspace<TField>.ItemsMax;
        int n = 0;
        for (int i = 0; i <= verdicts.Length; i++)
        {
            if (n == Some || (i == verdicts.Length && n > 0))
            {
                VerifyExactly(
                    work.RestDigests.AsSpan(0, 32 * n),
                    work.RestSignatures.AsSpan(0, 64 * n),
                    work.RestRecoveryIds.AsSpan(0, n),
                    work.RestKeys.AsSpan(0, 64 * n),
                    work.RestVerdicts.AsSpan(0, n));
                for (int k = 0; k < n; k++)
                {
                    verdicts[work.RestItems[k]] = work.RestVerdicts[k];
                }

                n = 0;
            }

            if (i < verdicts.Length && verdicts[i] != SignatureVerdict.Valid)
            {
                digests.Slice(32 * i, 32).CopyTo(work.RestDigests.AsSpan(32 * n));
                signatures.Slice(64 * i, 64).CopyTo(work.RestSignatures.AsSpan(64 * n));
                work.RestRecoveryIds[n] = recoveryIds[i];
                keys.Slice(64 * i, 64).CopyTo(work.RestKeys.AsSpan(64 * n));
                work.RestItems[n++] = i;
            }
        }
    }

    private sealed class Workspace
    {
        private const int ItemsMax = BatchEquation<TField>.ItemsMax;
        private const int Some = ExactWorkspace<TField>.ItemsMax;

        private readonly PinnedMemory _memory = new(
            (2 * PinnedMemory.SizeOf<ScalarN>(ItemsMax))
                + (4 * PinnedMemory.SizeOf<ScalarN>(ScalarQuotients.ItemsMax)));

        public Workspace()
        {
            var batch = new AffineBatch<TField>();
            Equation = new BatchEquation<TField>(batch);
            Exact = new BatchPreparation<TField>();
            R = _memory.Take<ScalarN>(ItemsMax);
            S = _memory.Take<ScalarN>(ItemsMax);
            Divisors = _memory.Take<ScalarN>(ScalarQuotients.ItemsMax);
            Weights = _memory.Take<ScalarN>(ScalarQuotients.ItemsMax);
            ForKey = _memory.Take<ScalarN>(ScalarQuotients.ItemsMax);
            ForGenerator = _memory.Take<ScalarN>(ScalarQuotients.ItemsMax);
        }

        public BatchEquation<TField> Equation { get; }

        public BatchPreparation<TField> Exact { get; }

        public int[] Item { get; } = new int[ItemsMax];

        public ScalarN* R { get; }

        public ScalarN* S { get; }

        public ScalarQuotients Quotients { get; } = new();

        public ScalarN* Divisors { get; }

        public ScalarN* Weights { get; }

        public ScalarN* ForKey { get; }

        public ScalarN* ForGenerator { get; }

        public byte[] RestDigests { get; } = new byte[32 * Some];

        public byte[] RestSignatures { get; } = new byte[64 * Some];

        public byte[] RestRecoveryIds { get; } = new byte[Some];

        public byte[] RestKeys { get; } = new byte[64 * Some];

        public int[] RestItems { get; } = new int[Some];

        public SignatureVerdict[] RestVerdicts { get; } = new SignatureVerdict[Some];
    }
}
