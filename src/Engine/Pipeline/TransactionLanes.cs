using Tactus.Engine.Primitives;

namespace Tactus.Engine.Pipeline;

/// <summary>Where one transaction of a block lies and what its receipt says.</summary>
public struct TransactionLane
{
    /// <summary>Id, by which duplicates are found.</summary>
    public Hash256 Id;

    /// <summary>Where the transaction's body lies: in the block's bytes, or in <see cref="BlockWork.Inflated"/>.</summary>
    public int BodyOffset;

    public int BodyLength;

    /// <summary>The body was compressed: it lies in <see cref="BlockWork.Inflated"/>.</summary>
    public bool BodyInflated;

    /// <summary>The receipt carries only an id (nothing to check or to apply here).</summary>
    public bool IdOnly;

    /// <summary>Every signature was checked when the transaction entered the pending queue.</summary>
    public bool Admitted;

    /// <summary>Protocol's receipt status byte.</summary>
    public byte Status;

    public uint CpuUsageUs;

    public uint NetUsageWords;

    /// <summary>Index of the first signature in the block's lanes.</summary>
    public int FirstSignature;

    public int SignatureCount;

    /// <summary>Bytes of the packed transaction and of signatures plus context-free data, for NET billing.</summary>
    public int PackedBytes;

    public int PrunableBytes;
}

/// <summary>The transactions of a block in order. Grows and is reused.</summary>
public sealed class TransactionLanes
{
    private TransactionLane[] _items = new TransactionLane[256];

    public int Count { get; private set; }

    public ref TransactionLane this[int index] => ref _items[index];

    public void Clear() => Count = 0;

    /// <summary>Takes the last one off.</summary>
    public void RemoveLast() => Count--;

    /// <summary>Adds one, zeroed.</summary>
    public ref TransactionLane Add()
    {
        if (Count == _items.Length)
        {
            Array.Resize(ref _items, _items.Length * 2);
        }

        _items[Count] = default;
        return ref _items[Count++];
    }
}
