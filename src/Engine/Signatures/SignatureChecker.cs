using System.Collections.Concurrent;
using Tactus.Engine.Pipeline;
using Tactus.Kernels;
using Tactus.Kernels.Secp256k1;

namespace Tactus.Engine.Signatures;

/// <summary>Decides for a run of signatures which key made each, by the cheapest path that can tell: what admission
/// found, a table of a key used often, one equation for all whose signer is known, exact recovery for the rest; the
/// slow path for other curves. The verdicts are those of exact recovery, whatever the path
/// (docs/decisions/0002-signature-facts.md).</summary>
public sealed class SignatureChecker
{
    /// <summary>Fewer expected keys than this are recovered exactly: an equation of so few costs as much.</summary>
    public const int BatchMin = 96;

    /// <summary>Uses of a key, while it was known, after which it gets a table.</summary>
    public const int HotUses = 64;

    /// <summary>Admitted signatures, or keys, whose places are asked for together.</summary>
    private const int LookedUpTogether = 32;

    private readonly KernelSet _kernels;
    private readonly ISlowSignatures? _slow;
    private readonly AdmittedSignatures? _admitted;
    private readonly KnownKeys? _known; // there where _batch is: nothing else looks keys up
    private readonly BatchVerifier? _batch;
    private readonly HotKeyVerifier? _hot;
    private readonly ConcurrentBag<SignatureBatch> _batches = [];

    /// <param name="kernels">Kernels; where the scalar one is forced, everything is recovered exactly by it.</param>
    /// <param name="slow">Other curves.</param>
    /// <param name="admitted">What admission found; null for nothing.</param>
    /// <param name="known">Decompressed keys; null for a cache of its own, where a batch can use one.</param>
    public SignatureChecker(
        KernelSet kernels, ISlowSignatures? slow = null, AdmittedSignatures? admitted = null, KnownKeys? known = null)
    {
        _kernels = kernels;
        _slow = slow;
        _admitted = admitted;
        if (kernels.Secp256k1.Best is { Lanes: > 1, CpuEntry: not "scalar" })
        {
            _known = known ?? new KnownKeys();
            _batch = new BatchVerifier(kernels.Secp256k1.Best.CpuEntry);
            _hot = new HotKeyVerifier(sightingsMin: 1, entry: kernels.Secp256k1.Best.CpuEntry);
        }
    }

    /// <summary>Takes over what admission found of signatures [first, first + count) of a block.</summary>
    /// <returns>How many of them are still to be checked.</returns>
    public int TakeAdmitted(BlockWork block, int first, int count)
    {
        if (_admitted is not { IsEmpty: false } admitted)
        {
            return count;
        }

        SignatureLanes lanes = block.Signatures;
        int open = 0;
        for (int i = first; i < first + count; i++)
        {
            if ((i - first) % LookedUpTogether == 0)
            {
                Prefetch(admitted, lanes, i, Math.Min(LookedUpTogether, first + count - i));
            }

            if (lanes.Verdicts[i] != SignatureVerdict.Unknown)
            {
                continue;
            }

            Span<byte> tag = lanes.KeyTagOf(i);
            tag[0] = 0;
            bool known = lanes.Types[i] == 0
                && admitted.TryGet(
                    lanes.DigestOf(i), lanes.Signatures.AsSpan(i * 64, 64), lanes.RecoveryIds[i], tag[1..]);
            lanes.Verdicts[i] = known ? SignatureVerdict.Valid : SignatureVerdict.Unknown;
            open += known ? 0 : 1;
        }

        return open;
    }

    private static void Prefetch(AdmittedSignatures admitted, SignatureLanes lanes, int first, int count)
    {
        for (int i = first; i < first + count; i++)
        {
            admitted.PrefetchTags(lanes.DigestOf(i));
        }

        for (int i = first; i < first + count; i++)
        {
            admitted.PrefetchEntry(lanes.DigestOf(i));
        }
    }

    /// <summary>Signatures that a chunk needs so that a device can take it; 0 where the CPU checks a block of this
    /// size.</summary>
    /// <param name="count">Signatures of the block.</param>
    /// <param name="threads">Threads that take chunks.</param>
    public int DeviceChunk(int count, int threads)
    {
        if (!_kernels.Secp256k1.For(count).IsDevice)
        {
            return 0;
        }

        int chunks = threads;
        while (chunks > 1 && !_kernels.Secp256k1.For(count / chunks).IsDevice)
        {
            chunks--;
        }

        return (count + chunks - 1) / chunks;
    }

    /// <summary>Checks those of signatures [first, first + count) of a block that have no verdict. Safe to call for
    /// different ranges at once.</summary>
    public void Check(BlockWork block, int first, int count)
    {
        SignatureLanes lanes = block.Signatures;
        SignatureBatch batch = _batches.TryTake(out SignatureBatch? free) ? free : new SignatureBatch();
        batch.Clear();
        for (int i = first; i < first + count; i++)
        {
            if (lanes.Verdicts[i] != SignatureVerdict.Unknown)
            {
                continue;
            }

            if (lanes.Types[i] != 0)
            {
                CheckSlow(block, i);
            }
            else
            {
                batch.Add(i, _batch is not null && lanes.HasExpectedKey[i]);
            }
        }

        // A device recovers a large batch in less time than it takes to sort it by path here.
        bool toDevice = _kernels.Secp256k1.For(batch.ExpectedCount + batch.Open.Count).IsDevice;
        if (batch.ExpectedCount >= BatchMin && !toDevice)
        {
            CheckExpected(lanes, batch);
        }
        else
        {
            batch.GiveUpExpected();
        }

        Recover(lanes, batch);
        _batches.Add(batch);
    }

    private void CheckSlow(BlockWork block, int index)
    {
        if (_slow is null)
        {
            block.Signatures.Verdicts[index] = SignatureVerdict.BadKey;
        }
        else
        {
            _slow.Check(block, index);
        }
    }

    /// <summary>Checks against the keys that authorities name. Whatever is not valid against its key joins the open
    /// ones.</summary>
    private void CheckExpected(SignatureLanes lanes, SignatureBatch batch)
    {
        FindPoints(lanes, batch);
        if (batch.Hot.Count > 0)
        {
            Span<SignatureVerdict> hot = batch.Gather(lanes, batch.Hot);
            _hot!.VerifyHot(batch.Digests, batch.Signatures, batch.RecoveryIds, batch.GatheredPoints, hot);
            Settle(lanes, batch, batch.Hot, hot, batch.Cold);
        }

        if (batch.Cold.Count > 0)
        {
            Span<SignatureVerdict> cold = batch.Gather(lanes, batch.Cold);
            _batch!.Verify(batch.Digests, batch.Signatures, batch.RecoveryIds, batch.GatheredPoints, cold);
            Settle(lanes, batch, batch.Cold, cold, batch.Open);
        }
    }

    private void PrefetchKeys(SignatureLanes lanes, SignatureBatch batch, int first, int end)
    {
        for (int k = first; k < end; k++)
        {
            _known!.PrefetchMarks(lanes.ExpectedKeyOf(batch.ExpectedAt(k)));
        }

        for (int k = first; k < end; k++)
        {
            _known!.PrefetchPoint(lanes.ExpectedKeyOf(batch.ExpectedAt(k)));
        }
    }

    private void FindPoints(SignatureLanes lanes, SignatureBatch batch)
    {
        for (int k = 0; k < batch.ExpectedCount; k++)
        {
            if (k % LookedUpTogether == 0)
            {
                PrefetchKeys(lanes, batch, k, Math.Min(k + LookedUpTogether, batch.ExpectedCount));
            }

            int i = batch.ExpectedAt(k);
            if (!_known!.TryGet(lanes.ExpectedKeyOf(i), batch.PointAt(k), out int uses))
            {
                batch.AddUnknown(k, lanes.ExpectedKeyOf(i));
            }
            else
            {
                (uses >= HotUses ? batch.Hot : batch.Cold).Add(i, k);
            }
        }

        if (batch.UnknownCount == 0)
        {
            return;
        }

        _kernels.Secp256k1.For(batch.UnknownCount)
            .Decompress(batch.UnknownKeys, batch.UnknownPoints, batch.UnknownVerdicts);
        for (int u = 0; u < batch.UnknownCount; u++)
        {
            int k = batch.UnknownAt(u);
            if (batch.UnknownVerdicts[u] == SignatureVerdict.Valid)
            {
                ReadOnlySpan<byte> point = batch.UnknownPoints.Slice(u * 64, 64);
                point.CopyTo(batch.PointAt(k));
                _known!.Add(point);
                batch.Cold.Add(batch.ExpectedAt(k), k);
            }
            else
            {
                batch.Open.Add(batch.ExpectedAt(k), -1);
            }
        }
    }

    /// <summary>Notes the valid ones of a group. Those that have no table yet join <paramref name="undecided"/>, the
    /// others are recovered.</summary>
    private static void Settle(
        SignatureLanes lanes,
        SignatureBatch batch,
        SignatureBatch.Group group,
        ReadOnlySpan<SignatureVerdict> verdicts,
        SignatureBatch.Group undecided)
    {
        for (int n = 0; n < group.Count; n++)
        {
            int i = group.IndexAt(n);
            if (verdicts[n] == SignatureVerdict.Valid)
            {
                lanes.Verdicts[i] = SignatureVerdict.Valid;
                Span<byte> tag = lanes.KeyTagOf(i);
                tag[0] = 0;
                lanes.ExpectedKeyOf(i).CopyTo(tag[1..]);
            }
            else
            {
                (verdicts[n] == SignatureVerdict.Unknown ? undecided : batch.Open).Add(i, group.PointAt(n));
            }
        }
    }

    private void Recover(SignatureLanes lanes, SignatureBatch batch)
    {
        int count = batch.Open.Count;
        if (count == 0)
        {
            return;
        }

        Span<SignatureVerdict> verdicts = batch.Gather(lanes, batch.Open);
        _kernels.Secp256k1.For(count).Recover(
            batch.Digests, batch.Signatures, batch.RecoveryIds, batch.GatheredPoints, verdicts);
        for (int n = 0; n < count; n++)
        {
            int i = batch.Open.IndexAt(n);
            lanes.Verdicts[i] = verdicts[n];
            WriteTag(batch.GatheredPoints.Slice(n * 64, 64), lanes.KeyTagOf(i));
        }
    }

    /// <summary>x|y to [0 | 02 or 03 | x].</summary>
    private static void WriteTag(ReadOnlySpan<byte> key, Span<byte> tag)
    {
        tag[0] = 0;
        tag[1] = (byte)(2 | (key[63] & 1));
        key[..32].CopyTo(tag[2..]);
    }
}
