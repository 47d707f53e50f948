using System.Security.Cryptography;
using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols.Quorum.Rounds;

/// <summary>The public broadcast set [D: "once data has been published, its replicated peer-to-peer and cannot be
/// unpublished"]: a grow-only set of blobs by their sha256. Merging is union, so order and repetition do not matter.
/// There is no removal.</summary>
public sealed class BroadcastSet
{
    /// <summary>Largest blob: a block of the size that devnets make.</summary>
    public const int BlobBytesMax = 1 << 24;

    private readonly Dictionary<Hash256, byte[]> _blobs = [];
    private readonly List<Hash256> _order = [];

    /// <param name="countMax">Most blobs; further ones are refused and counted.</param>
    public BroadcastSet(int countMax = 1 << 20)
    {
        CountMax = countMax;
    }

    public int CountMax { get; }

    /// <summary>Blobs refused because the set was full.</summary>
    public long FullCount { get; private set; }

    public int Count => _order.Count;

    /// <summary>Keys in the order in which they came here.</summary>
    public IReadOnlyList<Hash256> Keys => _order;

    public byte[] this[in Hash256 key] => _blobs[key];

    public static Hash256 KeyOf(ReadOnlySpan<byte> blob) => new(SHA256.HashData(blob));

    public bool Contains(in Hash256 key) => _blobs.ContainsKey(key);

    /// <summary>Adds a blob.</summary>
    /// <returns>False where it is there already, too large, or the set is full.</returns>
    public bool Add(ReadOnlySpan<byte> blob)
    {
        Hash256 key = KeyOf(blob);
        if (blob.Length > BlobBytesMax || _blobs.ContainsKey(key))
        {
            return false;
        }

        if (_order.Count >= CountMax)
        {
            FullCount++;
            return false;
        }

        _blobs.Add(key, blob.ToArray());
        _order.Add(key);
        return true;
    }

    /// <summary>Union with another set.</summary>
    public void Merge(BroadcastSet other)
    {
        foreach (Hash256 key in other._order)
        {
            Add(other._blobs[key]);
        }
    }

    /// <summary>sha256 over the sorted keys: equal for equal sets.</summary>
    public Hash256 Digest()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (Hash256 key in _order.Order())
        {
            hash.AppendData(key.Bytes);
        }

        return new Hash256(hash.GetHashAndReset());
    }
}
