using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper.Ssz;

namespace Tactus.Engine.Protocols.Gasper.State;

/// <summary>
/// The validators as columns: a pass over effective balances touches nothing else. Clones share chunks; roots of
/// changed validators are recomputed in batches when the state root is asked for.</summary>
public sealed class ValidatorRegistry
{
    /// <summary>Bytes of an encoded validator.</summary>
    public const int ValidatorBytes = 121;

    // 512 validators x 8 leaves x 32 B = 128 KiB: wide enough for every kernel, small enough for the second-level
    // cache.
    private const int RootBatch = 512;

    private readonly ChunkedList<PublicKey48> _publicKeys;
    private readonly ChunkedList<Hash256> _withdrawalCredentials;
    private readonly ChunkedList<ulong> _effectiveBalances;
    private readonly ChunkedList<byte> _slashed;
    private readonly ChunkedList<ulong> _activationEligibilityEpochs;
    private readonly ChunkedList<ulong> _activationEpochs;
    private readonly ChunkedList<ulong> _exitEpochs;
    private readonly ChunkedList<ulong> _withdrawableEpochs;
    private readonly ChunkedList<Hash256> _roots;
    private readonly PublicKeyIndex _index;
    private ulong[] _dirty;
    private bool _isDirty;

    public ValidatorRegistry()
    {
        _publicKeys = new();
        _withdrawalCredentials = new();
        _effectiveBalances = new();
        _slashed = new();
        _activationEligibilityEpochs = new();
        _activationEpochs = new();
        _exitEpochs = new();
        _withdrawableEpochs = new();
        _roots = new();
        _index = new();
        _dirty = [];
    }

    private ValidatorRegistry(ValidatorRegistry other)
    {
        _publicKeys = other._publicKeys.Clone();
        _withdrawalCredentials = other._withdrawalCredentials.Clone();
        _effectiveBalances = other._effectiveBalances.Clone();
        _slashed = other._slashed.Clone();
        _activationEligibilityEpochs = other._activationEligibilityEpochs.Clone();
        _activationEpochs = other._activationEpochs.Clone();
        _exitEpochs = other._exitEpochs.Clone();
        _withdrawableEpochs = other._withdrawableEpochs.Clone();
        _roots = other._roots.Clone();
        _index = other._index;
        _isDirty = other._isDirty;
        _dirty = other._isDirty ? (ulong[])other._dirty.Clone() : new ulong[other._dirty.Length];
    }

    public int Count => _publicKeys.Count;

    /// <summary>Chunks of every 8-byte and 1-byte column: chunk k holds validators 4096k and up.</summary>
    public int ChunkCount => _effectiveBalances.ChunkCount;

    /// <summary>Validators in a full chunk of the 8-byte and 1-byte columns.</summary>
    public static int ValidatorsPerChunk => ChunkedList<ulong>.ItemsPerChunk;

    public ValidatorRegistry Clone() => new(this);

    public PublicKey48 PublicKey(int i) => _publicKeys[i];

    public Hash256 WithdrawalCredentials(int i) => _withdrawalCredentials[i];

    public ulong EffectiveBalance(int i) => _effectiveBalances[i];

    public bool IsSlashed(int i) => _slashed[i] != 0;

    public ulong ActivationEligibilityEpoch(int i) => _activationEligibilityEpochs[i];

    public ulong ActivationEpoch(int i) => _activationEpochs[i];

    public ulong ExitEpoch(int i) => _exitEpochs[i];

    public ulong WithdrawableEpoch(int i) => _withdrawableEpochs[i];

    public ReadOnlySpan<ulong> EffectiveBalances(int chunk) => _effectiveBalances.Chunk(chunk);

    public ReadOnlySpan<byte> Slashed(int chunk) => _slashed.Chunk(chunk);

    public ReadOnlySpan<ulong> ActivationEligibilityEpochs(int chunk) => _activationEligibilityEpochs.Chunk(chunk);

    public ReadOnlySpan<ulong> ActivationEpochs(int chunk) => _activationEpochs.Chunk(chunk);

    public ReadOnlySpan<ulong> ExitEpochs(int chunk) => _exitEpochs.Chunk(chunk);

    public ReadOnlySpan<ulong> WithdrawableEpochs(int chunk) => _withdrawableEpochs.Chunk(chunk);

    public void SetEffectiveBalance(int i, ulong value) => Set(_effectiveBalances, i, value);

    public void SetSlashed(int i)
    {
        _slashed[i] = 1;
        MarkDirty(i);
    }

    public void SetActivationEligibilityEpoch(int i, ulong value) => Set(_activationEligibilityEpochs, i, value);

    public void SetActivationEpoch(int i, ulong value) => Set(_activationEpochs, i, value);

    public void SetExitEpoch(int i, ulong value) => Set(_exitEpochs, i, value);

    public void SetWithdrawableEpoch(int i, ulong value) => Set(_withdrawableEpochs, i, value);

    public bool IsActive(int i, ulong epoch) => _activationEpochs[i] <= epoch && epoch < _exitEpochs[i];

    /// <summary>Not slashed yet, and still answerable: activated and not withdrawable.</summary>
    public bool IsSlashable(int i, ulong epoch) =>
        _slashed[i] == 0 && _activationEpochs[i] <= epoch && epoch < _withdrawableEpochs[i];

    /// <summary>Index of a key, or -1.</summary>
    public int IndexOf(in PublicKey48 key) => _index.Find(key, _publicKeys);

    /// <summary>Appends a validator that has joined no queue yet.</summary>
    public void Add(in PublicKey48 key, in Hash256 withdrawalCredentials, ulong effectiveBalance)
    {
        _index.Add(key, Count);
        _publicKeys.Add(key);
        _withdrawalCredentials.Add(withdrawalCredentials);
        _effectiveBalances.Add(effectiveBalance);
        _slashed.Add(0);
        _activationEligibilityEpochs.Add(ulong.MaxValue);
        _activationEpochs.Add(ulong.MaxValue);
        _exitEpochs.Add(ulong.MaxValue);
        _withdrawableEpochs.Add(ulong.MaxValue);
        _roots.Add(default);
        MarkDirty(Count - 1);
    }

    /// <summary>Appends encoded validators, 121 bytes each.</summary>
    public void AddEncoded(ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= ValidatorBytes; bytes = bytes[ValidatorBytes..])
        {
            Add(
                new PublicKey48(bytes),
                new Hash256(bytes.Slice(48, 32)),
                BinaryPrimitives.ReadUInt64LittleEndian(bytes[80..]));
            int i = Count - 1;
            _slashed[i] = bytes[88];
            _activationEligibilityEpochs[i] = BinaryPrimitives.ReadUInt64LittleEndian(bytes[89..]);
            _activationEpochs[i] = BinaryPrimitives.ReadUInt64LittleEndian(bytes[97..]);
            _exitEpochs[i] = BinaryPrimitives.ReadUInt64LittleEndian(bytes[105..]);
            _withdrawableEpochs[i] = BinaryPrimitives.ReadUInt64LittleEndian(bytes[113..]);
        }
    }

    public void Write(SszWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        for (int i = 0; i < Count; i++)
        {
            PublicKey48 key = _publicKeys[i];
            writer.Bytes(key);
            writer.Root(_withdrawalCredentials[i]);
            writer.UInt64(_effectiveBalances[i]);
            writer.Boolean(_slashed[i] != 0);
            writer.UInt64(_activationEligibilityEpochs[i]);
            writer.UInt64(_activationEpochs[i]);
            writer.UInt64(_exitEpochs[i]);
            writer.UInt64(_withdrawableEpochs[i]);
        }
    }

    /// <summary>hash_tree_root of the list of validators.</summary>
    public Hash256 Root(SszHasher hasher, ulong limit)
    {
        ArgumentNullException.ThrowIfNull(hasher);
        if (_isDirty)
        {
            HashDirty(hasher);
            Array.Clear(_dirty);
            _isDirty = false;
        }

        return hasher.MixInLength(_roots.Root(hasher, limit), (ulong)Count);
    }

    private void Set(ChunkedList<ulong> column, int i, ulong value)
    {
        column[i] = value;
        MarkDirty(i);
    }

    private void MarkDirty(int i)
    {
        if (i >> 6 >= _dirty.Length)
        {
            Array.Resize(ref _dirty, Math.Max(16, _dirty.Length * 2));
        }

        _dirty[i >> 6] |= 1UL << (i & 63);
        _isDirty = true;
    }

    private void HashDirty(SszHasher hasher)
    {
        byte[] leaves = ArrayPool<byte>.Shared.Rent(RootBatch * 8 * SszHasher.ChunkBytes);
        byte[] keys = ArrayPool<byte>.Shared.Rent(RootBatch * 2 * SszHasher.ChunkBytes);
        int[] batch = new int[RootBatch];
        int count = 0;
        for (int word = 0; word < _dirty.Length; word++)
        {
            for (ulong bits = _dirty[word]; bits != 0; bits &= bits - 1)
            {
                batch[count++] = (word << 6) + BitOperations.TrailingZeroCount(bits);
                if (count == RootBatch)
                {
                    HashBatch(hasher, batch, leaves, keys);
                    count = 0;
                }
            }
        }

        HashBatch(hasher, batch.AsSpan(0, count), leaves, keys);
        ArrayPool<byte>.Shared.Return(leaves);
        ArrayPool<byte>.Shared.Return(keys);
    }

    private void HashBatch(SszHasher hasher, ReadOnlySpan<int> batch, Span<byte> leaves, Span<byte> keys)
    {
        if (batch.IsEmpty)
        {
            return;
        }

        // A key is two chunks, so its root is one more hash.
        Span<byte> keyPairs = keys[..(batch.Length * 64)];
        keyPairs.Clear();
        for (int k = 0; k < batch.Length; k++)
        {
            PublicKey48 key = _publicKeys[batch[k]];
            ((ReadOnlySpan<byte>)key).CopyTo(keyPairs[(k * 64)..]);
        }

        hasher.HashPairs(keyPairs, keyPairs);
        Span<byte> nodes = leaves[..(batch.Length * 8 * 32)];
        nodes.Clear();
        for (int k = 0; k < batch.Length; k++)
        {
            int i = batch[k];
            Span<byte> leaf = nodes.Slice(k * 256, 256);
            keyPairs.Slice(k * 32, 32).CopyTo(leaf);
            _withdrawalCredentials[i].CopyTo(leaf[32..]);
            BinaryPrimitives.WriteUInt64LittleEndian(leaf[64..], _effectiveBalances[i]);
            leaf[96] = _slashed[i];
            BinaryPrimitives.WriteUInt64LittleEndian(leaf[128..], _activationEligibilityEpochs[i]);
            BinaryPrimitives.WriteUInt64LittleEndian(leaf[160..], _activationEpochs[i]);
            BinaryPrimitives.WriteUInt64LittleEndian(leaf[192..], _exitEpochs[i]);
            BinaryPrimitives.WriteUInt64LittleEndian(leaf[224..], _withdrawableEpochs[i]);
        }

        for (int pairs = batch.Length * 4; pairs >= batch.Length; pairs /= 2)
        {
            hasher.HashPairs(nodes[..(pairs * 64)], nodes);
        }

        for (int k = 0; k < batch.Length; k++)
        {
            _roots[batch[k]] = new Hash256(nodes.Slice(k * 32, 32));
        }
    }
}
