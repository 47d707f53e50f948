using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Tactus.Kernels.Gpu.Device;
using Tactus.Kernels.Secp256k1;

namespace Tactus.Kernels.Gpu;

/// <summary>
/// Batch verification on a device and nothing else: where the device fails, this throws. Verdicts are those of
/// <see cref="BatchVerifier"/>: Valid exactly if recovery with the recovery id gives the key.
/// </summary>
/// <remarks>
/// The first item of each equation is a known bad signature, whose term is a multiple of G that only the host can
/// foresee: the sums that the device gives must come to it, so that a device that sums nothing, or something else,
/// proves nothing. An equation that does not hold is followed by exact recovery of its items, which is the most that
/// bad items can cost: a third more than without the equation.
/// </remarks>
internal sealed class DeviceBatchVerifier(
    GpuExecutor executor, DeviceSecp256k1 exact, Action<Span<byte>>? fillRandom = null)
{
    private readonly Action<Span<byte>> _fillRandom = fillRandom ?? RandomNumberGenerator.Fill;

    // What the decoy's u1 is off by, and so its term over its weight: its digest is another one than the signature's.
    private readonly ScalarN _decoyError =
        (ScalarN.ReadReduced(Decoy.Mismatching.Digest) + ScalarN.ReadReduced(Decoy.Good.Digest).Negate())
        * ScalarN.ReadReduced(Decoy.Mismatching.Signature.AsSpan(32)).Inverse();

    private int _nonce = Environment.TickCount;

    /// <summary>Set once a batch came back: from then on patience is short.</summary>
    private volatile bool _isWarm;

    private int _held, _failed;

    /// <summary>Equations that held, and that did not.</summary>
    public (int Held, int Failed) Equations => (_held, _failed);

    /// <summary>Null, or what is wrong: good signatures must hold, one bad one must be found.</summary>
    public string? SelfTest()
    {
        const int Count = 40;
        byte[] digests = new byte[32 * Count], signatures = new byte[64 * Count], ids = new byte[Count],
            keys = new byte[64 * Count];
        var verdicts = new SignatureVerdict[Count];
        for (int bad = -1; bad < Count; bad += (Count / 2) + 1)
        {
            for (int i = 0; i < Count; i++)
            {
                Decoy item = i == bad ? Decoy.Mismatching : Decoy.Good;
                item.Digest.CopyTo(digests.AsSpan(32 * i));
                item.Signature.CopyTo(signatures.AsSpan(64 * i));
                item.Key.CopyTo(keys.AsSpan(64 * i));
            }

            int failed = _failed;
            Verify(digests, signatures, ids, keys, verdicts);
            if ((_failed == failed) != (bad < 0))
            {
                return bad < 0
                    ? "the equation of good signatures does not hold"
                    : "an equation with a bad signature holds";
            }

            if (Array.FindIndex(verdicts, verdict => verdict != SignatureVerdict.Valid) != bad)
            {
                return $"the bad signature {bad} is not the one found";
            }
        }

        return null;
    }

    /// <inheritdoc cref="BatchVerifier.Verify"/>
    public void Verify(
        ReadOnlySpan<byte> digests,
        ReadOnlySpan<byte> signatures,
        ReadOnlySpan<byte> recoveryIds,
        ReadOnlySpan<byte> keys,
        Span<SignatureVerdict> verdicts)
    {
        Secp256k1Spans.CheckRecover(digests, signatures, recoveryIds, keys, verdicts);
        var flight = new GpuFlight(executor, _isWarm);
        for (int first = 0; first < verdicts.Length;)
        {
            GpuLaneThread? thread = flight.NextLane();
            if (thread is null)
            {
                Land(ref flight, digests, signatures, keys, verdicts);
                continue;
            }

            IGpuLane lane = thread.Lane;
            int count = GpuFlight.NextCount(verdicts.Length - first, lane);
            uint nonce = (uint)Interlocked.Increment(ref _nonce);
            _fillRandom(lane.BatchSecret);
            Decoy.Mismatching.Put(lane, 0);
            digests.Slice(32 * first, 32 * count).CopyTo(lane.Digests[32..]);
            signatures.Slice(64 * first, 64 * count).CopyTo(lane.Signatures[64..]);
            recoveryIds.Slice(first, count).CopyTo(lane.RecoveryIds[1..]);
            keys.Slice(64 * first, 64 * count).CopyTo(lane.Keys[64..]);
            Decoy.Good.Put(lane, count + 1);
            flight.Start(thread, first, count, nonce, at => at.SumBatch(count + Decoy.PerBatch, nonce));
            first += count;
        }

        while (flight.Count > 0)
        {
            Land(ref flight, digests, signatures, keys, verdicts);
        }

        if (verdicts.ContainsAnyExcept(SignatureVerdict.Valid))
        {
            DecideRest(digests, signatures, recoveryIds, keys, verdicts);
        }
    }

    // Valid where the equation of the oldest batch holds and the item is in it, Unknown elsewhere.
    private void Land(
        ref GpuFlight flight,
        ReadOnlySpan<byte> digests,
        ReadOnlySpan<byte> signatures,
        ReadOnlySpan<byte> keys,
        Span<SignatureVerdict> verdicts)
    {
        (GpuLaneThread thread, int first, int count, uint nonce) = flight.Land();
        _isWarm = true;
        IGpuLane lane = thread.Lane;
        bool decoysAreIn = exact.AnswerOf(
                lane, 0, nonce, Decoy.Mismatching.Digest, Decoy.Mismatching.Signature,
                    Decoy.Mismatching.Key) == SignatureVerdict.Valid
            && exact.AnswerOf(lane, count + 1, nonce, Decoy.Good.Digest, Decoy.Good.Signature,
                Decoy.Good.Key) == SignatureVerdict.Valid;
        bool holds = decoysAreIn && Holds(lane, count + Decoy.PerBatch);
        Interlocked.Increment(ref (holds ? ref _held : ref _failed));
        for (int i = 0; i < count; i++)
        {
            int item = first + i;
            SignatureVerdict answer = exact.AnswerOf(
                lane, i + 1, nonce, digests.Slice(32 * item, 32), signatures.Slice(64 * item, 64),
                    keys.Slice(64 * item, 64));
            verdicts[item] = holds && answer == SignatureVerdict.Valid
                ? SignatureVerdict.Valid : SignatureVerdict.Unknown;
        }

        executor.Free(thread);
    }

    // Whether the sums come to the decoy's term, as G's multiple.
    private bool Holds(IGpuLane lane, int count)
    {
        BatchShape shape = BatchShape.For(count);
        ReadOnlySpan<uint> sums = lane.BatchSums;
        JacobianPoint sum = JacobianPoint.Infinity;
        for (int window = 0; window < shape.Windows; window++)
        {
            for (int bit = 0; bit < shape.Bits; bit++)
            {
                sum = sum.Double();
            }

            sum = sum.Add(PointAt(sums, window, shape.Windows));
        }

        ScalarN generator = (ScalarN.ReadReduced(WeightOf(lane.BatchSecret)) * _decoyError).Negate();
        for (int i = 0; i < BatchShape.ScalarSums; i++)
        {
            generator += ScalarAt(sums, BatchShape.ScalarsAt + i);
        }

        return sum.Add(StraussScalar<ScalarN>.Combine(ScalarN.Generator, ScalarN.Zero, generator)).IsInfinity;
    }

    // The weight of the decoy in slot 0, as 32 big-endian bytes.
    private static byte[] WeightOf(ReadOnlySpan<byte> secret)
    {
        uint[] words = new uint[8], weight = new uint[8];
        MemoryMarshal.Cast<byte, uint>(secret).CopyTo(words);
        WordsOf.StoreBigEndian(
            new ArrayWords(weight), 0,
            BatchSteps<PortableProducts, ArrayWords>.Weight(WordsOf.Load(new ArrayWords(words), 0, 1), 0));
        return MemoryMarshal.AsBytes(weight.AsSpan()).ToArray();
    }

    // A device may leave any 256 bits where a coordinate belongs.
    private static JacobianPoint PointAt(ReadOnlySpan<uint> sums, int at, int stride)
    {
        FieldScalar z = FieldAt(sums, at + (16 * stride), stride);
        return z.IsZero
            ? JacobianPoint.Infinity
            : new JacobianPoint(FieldAt(sums, at, stride), FieldAt(sums, at + (8 * stride), stride), z);
    }

    private static FieldScalar FieldAt(ReadOnlySpan<uint> sums, int at, int stride)
    {
        Span<ulong> words = stackalloc ulong[4];
        ReadWords(sums, at, stride, words);
        return FieldScalar.FromWords(words[3], words[2], words[1], words[0]).Normalize();
    }

    private static ScalarN ScalarAt(ReadOnlySpan<uint> sums, int at)
    {
        Span<ulong> words = stackalloc ulong[4];
        ReadWords(sums, at, BatchShape.ScalarSums, words);
        Span<byte> bytes = stackalloc byte[32];
        for (int i = 0; i < 4; i++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(bytes[(8 * i)..], words[3 - i]);
        }

        return ScalarN.ReadReduced(bytes);
    }

    private static void ReadWords(ReadOnlySpan<uint> sums, int at, int stride, Span<ulong> words)
    {
        for (int i = 0; i < 4; i++)
        {
            words[i] = sums[at + (2 * i * stride)] | ((ulong)sums[at + (((2 * i) + 1) * stride)] << 32);
        }
    }

    // Whatever no equation accepted is recovered, all together.
    private void DecideRest(
        ReadOnlySpan<byte> digests,
        ReadOnlySpan<byte> signatures,
        ReadOnlySpan<byte> recoveryIds,
        ReadOnlySpan<byte> keys,
        Span<SignatureVerdict> verdicts)
    {
        int rest = verdicts.Length - verdicts.Count(SignatureVerdict.Valid), n = 0;
        byte[] someDigests = new byte[32 * rest], someSignatures = new byte[64 * rest], ids = new byte[rest];
        byte[] recovered = new byte[64 * rest];
        for (int i = 0; i < verdicts.Length; i++)
        {
            if (verdicts[i] != SignatureVerdict.Valid)
            {
                digests.Slice(32 * i, 32).CopyTo(someDigests.AsSpan(32 * n));
                signatures.Slice(64 * i, 64).CopyTo(someSignatures.AsSpan(64 * n));
                ids[n++] = recoveryIds[i];
            }
        }

        var some = new SignatureVerdict[rest];
        exact.Recover(someDigests, someSignatures, ids, recovered, some);
        n = 0;
        for (int i = 0; i < verdicts.Length; i++)
        {
            if (verdicts[i] != SignatureVerdict.Valid)
            {
                bool isOther = some[n] == SignatureVerdict.Valid
                    && !recovered.AsSpan(64 * n, 64).SequenceEqual(keys.Slice(64 * i, 64));
                verdicts[i] = isOther ? SignatureVerdict.Mismatch : some[n];
                n++;
            }
        }
    }
}
