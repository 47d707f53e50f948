using Tactus.Engine.Primitives;
using Tactus.Kernels.Secp256k1;

namespace Tactus.Engine.Pipeline;

/// <summary>The signatures of a block as struct of arrays: item i lies at i times the item's size in every array.
/// Arrays grow and are reused; only the first <see cref="Count"/> items are meant.</summary>
/// <remarks>What comes out is, per signature, the key that made it (<see cref="KeyTags"/>) or why there is none. That
/// fact does not depend on state, so signatures are checked before and beside applying; whether the key may act is the
/// executor's question.</remarks>
public sealed class SignatureLanes
{
    public const int KeyTagSize = 34;

    public const int CompressedKeySize = 33;

    /// <summary>Up to this many signatures of a transaction, keys are compared pair by pair; the time of that grows with the
    /// square, and a transaction may carry a million.</summary>
    private const int ComparedPairwiseMax = 32;

    private int _capacity;

    public SignatureLanes()
    {
        EnsureCapacity(256);
    }

    public int Count { get; private set; }

    /// <summary>32 bytes each: what was signed.</summary>
    public byte[] Digests { get; private set; } = [];

    /// <summary>64 bytes each: r then s, big-endian.</summary>
    public byte[] Signatures { get; private set; } = [];

    public byte[] RecoveryIds { get; private set; } = [];

    /// <summary>0 = secp256k1; other values take the protocol's slow path.</summary>
    public byte[] Types { get; private set; } = [];

    /// <summary>Index of the transaction that carries the signature; -1 for the block's own.</summary>
    public int[] TransactionIndexes { get; private set; } = [];

    /// <summary>33 bytes each: the key that the signer's authority names, where <see cref="HasExpectedKey"/> says so.
    /// A wrong guess costs a recovery and changes no verdict.</summary>
    public byte[] ExpectedKeys { get; private set; } = [];

    public bool[] HasExpectedKey { get; private set; } = [];

    /// <summary>34 bytes each, set by the Signatures stage: variant and key bytes of the key that signed.</summary>
    public byte[] KeyTags { get; private set; } = [];

    /// <summary>Set by the Signatures stage; set by Decode already where the form alone is wrong.</summary>
    public SignatureVerdict[] Verdicts { get; private set; } = [];

    /// <summary>Byte offset and length in the block of signatures that are not plain 65-byte ones (slow path).</summary>
    public (int Offset, int Length)[] Ranges { get; private set; } = [];

    /// <summary>Whether one key may sign a transaction more than once; set by Decode. False where systems forbid it (Antelope,
    /// Graphene), true where every input is signed by itself (Skycoin).</summary>
    public bool KeysMayRepeat { get; set; }

    public void Clear()
    {
        Count = 0;
        KeysMayRepeat = false;
    }

    /// <summary>Drops all but the first <paramref name="count"/>.</summary>
    public void Truncate(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Count);
        Count = count;
    }

    public void EnsureCapacity(int count)
    {
        if (count <= _capacity)
        {
            return;
        }

        int capacity = Math.Max(count, _capacity * 2);
        Digests = Grow(Digests, capacity * 32);
        Signatures = Grow(Signatures, capacity * 64);
        RecoveryIds = Grow(RecoveryIds, capacity);
        Types = Grow(Types, capacity);
        TransactionIndexes = Grow(TransactionIndexes, capacity);
        ExpectedKeys = Grow(ExpectedKeys, capacity * CompressedKeySize);
        HasExpectedKey = Grow(HasExpectedKey, capacity);
        KeyTags = Grow(KeyTags, capacity * KeyTagSize);
        Verdicts = Grow(Verdicts, capacity);
        Ranges = Grow(Ranges, capacity);
        _capacity = capacity;
    }

    /// <summary>Adds a signature. The digest may be filled in later, when the batch is hashed.</summary>
    /// <returns>Its index.</returns>
    public int Add(int transactionIndex, byte type, ReadOnlySpan<byte> rs, byte recoveryId)
    {
        EnsureCapacity(Count + 1);
        int i = Count++;
        rs.CopyTo(Signatures.AsSpan(i * 64, 64));
        RecoveryIds[i] = recoveryId;
        Types[i] = type;
        TransactionIndexes[i] = transactionIndex;
        HasExpectedKey[i] = false;
        Verdicts[i] = SignatureVerdict.Unknown;
        Ranges[i] = default;
        return i;
    }

    public Span<byte> DigestOf(int i) => Digests.AsSpan(i * 32, 32);

    public Span<byte> KeyTagOf(int i) => KeyTags.AsSpan(i * KeyTagSize, KeyTagSize);

    public Span<byte> ExpectedKeyOf(int i) => ExpectedKeys.AsSpan(i * CompressedKeySize, CompressedKeySize);

    /// <summary>Finds two signatures by one key among [first, first + count); their numbers count from first.</summary>
    public bool TryFindRepeatedKey(int first, int count, out int earlier, out int later)
    {
        if (count > ComparedPairwiseMax)
        {
            var seen = new HashSet<int>(count, new KeyTagEquality(this));
            for (int i = first; i < first + count; i++)
            {
                if (!seen.Add(i))
                {
                    seen.TryGetValue(i, out int same);
                    (earlier, later) = (same - first, i - first);
                    return true;
                }
            }

            (earlier, later) = (-1, -1);
            return false;
        }

        for (later = 1; later < count; later++)
        {
            for (earlier = 0; earlier < later; earlier++)
            {
                if (KeyTagOf(first + later).SequenceEqual(KeyTagOf(first + earlier)))
                {
                    return true;
                }
            }
        }

        (earlier, later) = (-1, -1);
        return false;
    }

    private static T[] Grow<T>(T[] array, int size)
    {
        Array.Resize(ref array, size);
        return array;
    }

    private sealed class KeyTagEquality(SignatureLanes lanes) : IEqualityComparer<int>
    {
        public bool Equals(int x, int y) => lanes.KeyTagOf(x).SequenceEqual(lanes.KeyTagOf(y));

        public int GetHashCode(int index)
        {
            var hash = default(HashCode);
            hash.AddBytes(lanes.KeyTagOf(index));
            return hash.ToHashCode();
        }
    }
}
