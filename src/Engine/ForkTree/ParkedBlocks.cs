using Tactus.Engine.Primitives;

namespace Tactus.Engine.ForkTree;

/// <summary>Blocks whose parent has not arrived, bounded in number and bytes; when full the oldest goes. Not for
/// concurrent use.</summary>
/// <typeparam name="TBlock">The block as received.</typeparam>
public sealed class ParkedBlocks<TBlock>
{
    /// <summary>Default bound: two fetches of a peer's span of 1000 blocks.</summary>
    public const int BlocksMaxDefault = 2048;

    /// <summary>Default bound on bytes: 256 MiB.</summary>
    public const long BytesMaxDefault = 256L * 1024 * 1024;

    private readonly LinkedList<Entry> _oldestFirst = new();
    private readonly Dictionary<Hash256, LinkedListNode<Entry>> _byId = [];
    private readonly Dictionary<Hash256, List<LinkedListNode<Entry>>> _byParent = [];

    public ParkedBlocks(int blocksMax = BlocksMaxDefault, long bytesMax = BytesMaxDefault)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(blocksMax, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(bytesMax, 1);
        BlocksMax = blocksMax;
        BytesMax = bytesMax;
    }

    public int BlocksMax { get; }

    public long BytesMax { get; }

    public int Count => _byId.Count;

    public long Bytes { get; private set; }

    /// <summary>Blocks dropped to make room, or because they alone exceed the bytes.</summary>
    public long Evicted { get; private set; }

    public bool Contains(in Hash256 id) => _byId.ContainsKey(id);

    /// <summary>Parks a block.</summary>
    /// <returns>False where it is parked already or larger than all the room.</returns>
    public bool Park(in Hash256 id, in Hash256 parentId, uint number, int bytes, TBlock block)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        if (_byId.ContainsKey(id))
        {
            return false;
        }

        if (bytes > BytesMax)
        {
            Evicted++;
            return false;
        }

        while (Count >= BlocksMax || Bytes + bytes > BytesMax)
        {
            Unpark(_oldestFirst.First!);
            Evicted++;
        }

        LinkedListNode<Entry> entry = _oldestFirst.AddLast(new Entry(id, parentId, number, bytes, block));
        _byId.Add(id, entry);
        if (!_byParent.TryGetValue(parentId, out List<LinkedListNode<Entry>>? siblings))
        {
            _byParent.Add(parentId, siblings = []);
        }

        siblings.Add(entry);
        Bytes += bytes;
        return true;
    }

    /// <summary>Takes out the blocks that waited for a parent, oldest first.</summary>
    public IReadOnlyList<TBlock> TakeChildren(in Hash256 parentId)
    {
        if (!_byParent.TryGetValue(parentId, out List<LinkedListNode<Entry>>? children))
        {
            return [];
        }

        LinkedListNode<Entry>[] entries = [.. children];
        var blocks = new TBlock[entries.Length];
        for (int i = 0; i < entries.Length; i++)
        {
            blocks[i] = entries[i].Value.Block;
            Unpark(entries[i]);
        }

        return blocks;
    }

    /// <summary>Drops the blocks that finality has passed.</summary>
    /// <returns>How many went.</returns>
    public int DropUpTo(uint finalNumber)
    {
        int dropped = 0;
        LinkedListNode<Entry>? at = _oldestFirst.First;
        while (at is not null)
        {
            LinkedListNode<Entry>? next = at.Next;
            if (at.Value.Number <= finalNumber)
            {
                Unpark(at);
                dropped++;
            }

            at = next;
        }

        return dropped;
    }

    private void Unpark(LinkedListNode<Entry> entry)
    {
        _oldestFirst.Remove(entry);
        _byId.Remove(entry.Value.Id);
        Bytes -= entry.Value.Bytes;
        List<LinkedListNode<Entry>> siblings = _byParent[entry.Value.ParentId];
        siblings.Remove(entry);
        if (siblings.Count == 0)
        {
            _byParent.Remove(entry.Value.ParentId);
        }
    }

    private sealed record Entry(Hash256 Id, Hash256 ParentId, uint Number, int Bytes, TBlock Block);
}
