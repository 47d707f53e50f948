using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Tactus.Engine.Primitives;
using Tactus.Kernels;
using Tactus.Kernels.Bls12381;

namespace Tactus.Engine.Simulation;

/// <summary>What <see cref="RememberingSecp256k1"/> is for secp256k1: each verdict on a key, a signature or a batch,
/// and each sum of signatures, is computed once per run instead of once per node. All are pure functions of their
/// input, whose SHA-256 names the answer. Besides, what a node of the run signed is known to be valid without a pairing
/// (<see cref="Signed"/>), and so is a sum of such signatures over one message under the sum of their keys. Only
/// simulations use it.</summary>
internal sealed class RememberingBls(KernelLadder<IBlsKernel> inner) : IBlsKernel
{
    /// <summary>Answers kept: those of some thousand slots. When there are more, all go.</summary>
    private const int AnswersMax = 1 << 16;

    /// <summary>Of so many answers that follow from who signed, one is computed all the same.</summary>
    private const int FollowedPerCheck = 64;

    private readonly Dictionary<Hash256, BlsVerdict> _verdicts = [];

    // By message and signature: under which key the signature holds.
    private readonly Dictionary<Hash256, BlsPublicKey> _signers = [];

    // By sum: the signatures in it, none of which is a sum.
    private readonly Dictionary<Hash256, byte[]> _parts = [];
    private readonly Dictionary<Hash256, (BlsVerdict Verdict, BlsPublicKey Key)> _keys = [];
    private readonly Dictionary<Hash256, (BlsVerdict Verdict, byte[] Sum)> _sums = [];

    public string Name => "remembering";

    public string? WhyUnsupported => null;

    public int Lanes => 1;

    public int BatchMinDefault => 1;

    /// <summary>Answers that were computed, and that were given from memory.</summary>
    public long Computed { get; private set; }

    public long Remembered { get; private set; }

    /// <summary>Answers that followed from who signed.</summary>
    public long Followed { get; private set; }

    /// <summary>Notes that a holder of a key's secret signed a message: the signature is valid by
    /// construction.</summary>
    public void Signed(in BlsPublicKey key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        Keep(_signers, NameOf(6, message, signature), key);

    // The entries behind it were tested when they were chosen.
    public string? SelfTest() => null;

    public BlsVerdict DecompressKey(ReadOnlySpan<byte> compressed, out BlsPublicKey key)
    {
        Hash256 name = NameOf(1, compressed);
        if (!Find(_keys, name, out (BlsVerdict Verdict, BlsPublicKey Key) known))
        {
            known.Verdict = inner.For(1).DecompressKey(compressed, out known.Key);
            Keep(_keys, name, known);
        }

        key = known.Key;
        return known.Verdict;
    }

    public void CompressKey(in BlsPublicKey key, Span<byte> compressed) => inner.For(1).CompressKey(key, compressed);

    public void AggregateKeys(ReadOnlySpan<BlsPublicKey> keys, out BlsPublicKey sum) =>
        inner.For(keys.Length).AggregateKeys(keys, out sum);

    public void AggregateKeys(ReadOnlySpan<BlsPublicKey> table, ReadOnlySpan<int> indices, out BlsPublicKey sum) =>
        inner.For(indices.Length).AggregateKeys(table, indices, out sum);

    public BlsVerdict Verify(in BlsPublicKey key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        Hash256 name = NameOf(2, MemoryMarshal.AsBytes(new ReadOnlySpan<BlsPublicKey>(in key)), message, signature);
        if (!Find(_verdicts, name, out BlsVerdict verdict))
        {
            verdict = Follows(key, message, signature)
                ? BlsVerdict.Valid
                : inner.For(1).Verify(key, message, signature);
            Keep(_verdicts, name, verdict);
        }

        return verdict;
    }

    public BlsVerdict FastAggregateVerify(
        ReadOnlySpan<BlsPublicKey> keys, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        Hash256 name = NameOf(3, MemoryMarshal.AsBytes(keys), message, signature);
        if (!Find(_verdicts, name, out BlsVerdict verdict))
        {
            verdict = inner.For(1).FastAggregateVerify(keys, message, signature);
            Keep(_verdicts, name, verdict);
        }

        return verdict;
    }

    public BlsVerdict AggregateVerify(
        ReadOnlySpan<BlsPublicKey> keys, ReadOnlySpan<byte> messages, int messageBytes, ReadOnlySpan<byte> signature) =>
        inner.For(keys.Length).AggregateVerify(keys, messages, messageBytes, signature);

    public BlsVerdict VerifyBatch(
        ReadOnlySpan<BlsPublicKey> keys,
        ReadOnlySpan<byte> messages,
        int messageBytes,
        ReadOnlySpan<byte> signatures,
        ReadOnlySpan<ulong> weights)
    {
        Hash256 name = NameOf(4, MemoryMarshal.AsBytes(keys), messages, signatures, MemoryMarshal.AsBytes(weights));
        if (!Find(_verdicts, name, out BlsVerdict verdict))
        {
            verdict = VerifyOpen(keys, messages, messageBytes, signatures, weights);
            Keep(_verdicts, name, verdict);
        }

        return verdict;
    }

    public BlsVerdict AggregateSignatures(ReadOnlySpan<byte> signatures, Span<byte> aggregate)
    {
        Hash256 name = NameOf(5, signatures);
        if (!Find(_sums, name, out (BlsVerdict Verdict, byte[] Sum) known))
        {
            known.Sum = new byte[IBlsKernel.SignatureBytes];
            known.Verdict = inner.For(1).AggregateSignatures(signatures, known.Sum);
            Keep(_sums, name, known);
            if (known.Verdict == BlsVerdict.Valid)
            {
                Keep(_parts, NameOf(7, known.Sum), PartsOf(signatures));
            }
        }

        known.Sum.CopyTo(aggregate);
        return known.Verdict;
    }

    /// <summary>Checks the signatures of a batch that do not follow from who signed. A valid one adds nothing to the
    /// batch's equation, so the verdict is that of the whole batch.</summary>
    private BlsVerdict VerifyOpen(
        ReadOnlySpan<BlsPublicKey> keys,
        ReadOnlySpan<byte> messages,
        int messageBytes,
        ReadOnlySpan<byte> signatures,
        ReadOnlySpan<ulong> weights)
    {
        var openKeys = new List<BlsPublicKey>();
        var openMessages = new List<byte>();
        var openSignatures = new List<byte>();
        var openWeights = new List<ulong>();
        for (int i = 0; i < keys.Length; i++)
        {
            ReadOnlySpan<byte> message = messages.Slice(i * messageBytes, messageBytes);
            ReadOnlySpan<byte> signature = signatures.Slice(i * IBlsKernel.SignatureBytes, IBlsKernel.SignatureBytes);
            if (!Follows(keys[i], message, signature))
            {
                openKeys.Add(keys[i]);
                openMessages.AddRange(message);
                openSignatures.AddRange(signature);
                openWeights.Add(weights[i]);
            }
        }

        return openKeys.Count == 0 && keys.Length > 0 ? BlsVerdict.Valid : inner.For(openKeys.Count).VerifyBatch(
            CollectionsMarshal.AsSpan(openKeys), CollectionsMarshal.AsSpan(openMessages), messageBytes,
            CollectionsMarshal.AsSpan(openSignatures), CollectionsMarshal.AsSpan(openWeights));
    }

    /// <summary>Whether a signature is valid because of who made it, or of who made the signatures that it is the sum
    /// of.</summary>
    private bool Follows(in BlsPublicKey key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != IBlsKernel.SignatureBytes)
        {
            return false;
        }

        byte[] parts = PartsOf(signature);
        var signers = new BlsPublicKey[parts.Length / IBlsKernel.SignatureBytes];
        for (int i = 0; i < signers.Length; i++)
        {
            ReadOnlySpan<byte> part = parts.AsSpan(i * IBlsKernel.SignatureBytes, IBlsKernel.SignatureBytes);
            if (!_signers.TryGetValue(NameOf(6, message, part), out signers[i]))
            {
                return false;
            }
        }

        BlsPublicKey sum = signers[0];
        if (signers.Length > 1)
        {
            inner.For(signers.Length).AggregateKeys(signers, out sum);
        }

        bool follows = !SameKey(sum, default) && SameKey(sum, key);
        if (follows && ++Followed % FollowedPerCheck == 0
            && inner.For(1).Verify(key, message, signature) != BlsVerdict.Valid)
        {
            throw new InvalidOperationException("a signature that a node made with its key does not hold under it");
        }

        return follows;
    }

    private byte[] PartsOf(ReadOnlySpan<byte> signatures)
    {
        var parts = new List<byte>();
        for (int at = 0; at < signatures.Length; at += IBlsKernel.SignatureBytes)
        {
            ReadOnlySpan<byte> one = signatures.Slice(at, IBlsKernel.SignatureBytes);
            if (_parts.TryGetValue(NameOf(7, one), out byte[]? known))
            {
                parts.AddRange(known);
            }
            else
            {
                parts.AddRange(one);
            }
        }

        return [.. parts];
    }

    /// <summary>By their encodings: a point has several forms in limbs.</summary>
    private bool SameKey(in BlsPublicKey x, in BlsPublicKey y)
    {
        Span<byte> encodings = stackalloc byte[2 * IBlsKernel.KeyBytes];
        inner.For(1).CompressKey(x, encodings[..IBlsKernel.KeyBytes]);
        inner.For(1).CompressKey(y, encodings[IBlsKernel.KeyBytes..]);
        return encodings[..IBlsKernel.KeyBytes].SequenceEqual(encodings[IBlsKernel.KeyBytes..]);
    }

    /// <summary>Each part is preceded by its length, so that no two inputs make the same bytes.</summary>
    private static Hash256 NameOf(
        int kind,
        ReadOnlySpan<byte> a,
        ReadOnlySpan<byte> b = default,
        ReadOnlySpan<byte> c = default,
        ReadOnlySpan<byte> d = default)
    {
        int length = (5 * sizeof(int)) + a.Length + b.Length + c.Length + d.Length;
        Span<byte> input = length <= 4096 ? stackalloc byte[length] : new byte[length];
        MemoryMarshal.Write(input, kind);
        Span<byte> to = Append(Append(Append(Append(input[sizeof(int)..], a), b), c), d);
        Check(to.IsEmpty);
        return new Hash256(SHA256.HashData(input));
    }

    private static Span<byte> Append(Span<byte> to, ReadOnlySpan<byte> part)
    {
        MemoryMarshal.Write(to, part.Length);
        part.CopyTo(to[sizeof(int)..]);
        return to[(sizeof(int) + part.Length)..];
    }

    private static void Check(bool holds)
    {
        if (!holds)
        {
            throw new InvalidOperationException("the parts of a name do not fill it");
        }
    }

    private bool Find<T>(Dictionary<Hash256, T> answers, in Hash256 name, out T answer)
    {
        bool found = answers.TryGetValue(name, out answer!);
        Computed += found ? 0 : 1;
        Remembered += found ? 1 : 0;
        return found;
    }

    private static void Keep<T>(Dictionary<Hash256, T> answers, in Hash256 name, T answer)
    {
        if (answers.Count == AnswersMax)
        {
            answers.Clear();
        }

        answers[name] = answer;
    }
}
