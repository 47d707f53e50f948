using System.Buffers.Binary;
using System.Security.Cryptography;
using Tactus.Engine.Primitives;
using Tactus.Kernels;

namespace Tactus.Engine.State;

/// <summary>Multiset hash of the live records: the sum modulo 2^256 of SHA-256 over each record, then SHA-256 over the sum
/// and the two counts, so that neither order nor partition matters.</summary>
/// <remarks>
/// Cell: 0x00, owner (8 bytes little-endian), table (8), cell (56). Blob: 0x01, owner, table, bytes. A digest counts as a
/// little-endian number. Result: SHA-256 over the sum (32 bytes little-endian), cells (8), blobs (8).
/// An additive hash of this size (Bellare and Micciancio, AdHash, 1997) shows differences between honest runs. It is no
/// commitment against somebody who chooses the records: generalized birthday attacks need about 2^(2 sqrt 256) work.
/// </remarks>
public sealed class StateHasher
{
    private const int CellBytes = 1 + StateKey.Size + StateCell.Size;
    private const int Batch = 256;

    private readonly KernelSet? _kernels;
    private readonly byte[] _messages = new byte[Batch * CellBytes];
    private readonly byte[] _digests = new byte[Batch * Hash256.Size];
    private readonly ulong[] _sum = new ulong[4];
    private byte[] _blob = new byte[1024];
    private int _pending;
    private long _cells;
    private long _blobs;

    /// <param name="kernels">Kernels to hash with; null: the platform's SHA-256.</param>
    public StateHasher(KernelSet? kernels = null) => _kernels = kernels;

    /// <summary>Adds a live cell.</summary>
    public void AddCell(in StateKey key, in StateCell cell)
    {
        Span<byte> message = _messages.AsSpan(_pending * CellBytes, CellBytes);
        WriteKey(message, 0, key);
        ((ReadOnlySpan<byte>)cell).CopyTo(message[(1 + StateKey.Size)..]);
        _cells++;
        if (++_pending == Batch)
        {
            FlushCells();
        }
    }

    /// <summary>Adds a live blob.</summary>
    public void AddBlob(in StateKey key, ReadOnlySpan<byte> bytes)
    {
        int length = 1 + StateKey.Size + bytes.Length;
        if (_blob.Length < length)
        {
            _blob = new byte[Math.Max(length, _blob.Length * 2)];
        }

        WriteKey(_blob, 1, key);
        bytes.CopyTo(_blob.AsSpan(1 + StateKey.Size));
        Span<byte> digest = stackalloc byte[Hash256.Size];
        SHA256.HashData(_blob.AsSpan(0, length), digest);
        AddDigest(digest);
        _blobs++;
    }

    /// <summary>The hash of everything added. The hasher is spent afterwards.</summary>
    public Hash256 Finish()
    {
        FlushCells();
        Span<byte> last = stackalloc byte[48];
        for (int i = 0; i < 4; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(last[(i * 8)..], _sum[i]);
        }

        BinaryPrimitives.WriteInt64LittleEndian(last[32..], _cells);
        BinaryPrimitives.WriteInt64LittleEndian(last[40..], _blobs);
        Span<byte> digest = stackalloc byte[Hash256.Size];
        SHA256.HashData(last, digest);
        return new Hash256(digest);
    }

    private static void WriteKey(Span<byte> message, byte space, in StateKey key)
    {
        message[0] = space;
        BinaryPrimitives.WriteUInt64LittleEndian(message[1..], key.Owner);
        BinaryPrimitives.WriteUInt64LittleEndian(message[9..], key.Table);
    }

    private void FlushCells()
    {
        if (_pending == 0)
        {
            return;
        }

        ReadOnlySpan<byte> messages = _messages.AsSpan(0, _pending * CellBytes);
        if (_kernels is not null)
        {
            _kernels.Sha256.For(_pending).HashEqual(messages, CellBytes, _digests);
        }
        else
        {
            for (int i = 0; i < _pending; i++)
            {
                SHA256.HashData(messages.Slice(i * CellBytes, CellBytes), _digests.AsSpan(i * Hash256.Size));
            }
        }

        for (int i = 0; i < _pending; i++)
        {
            AddDigest(_digests.AsSpan(i * Hash256.Size, Hash256.Size));
        }

        _pending = 0;
    }

    private void AddDigest(ReadOnlySpan<byte> digest)
    {
        UInt128 carry = 0;
        for (int i = 0; i < 4; i++)
        {
            carry += (UInt128)_sum[i] + BinaryPrimitives.ReadUInt64LittleEndian(digest[(i * 8)..]);
            _sum[i] = (ulong)carry;
            carry >>= 64;
        }
    }
}
