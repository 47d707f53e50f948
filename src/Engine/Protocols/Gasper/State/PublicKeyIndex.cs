namespace Tactus.Engine.Protocols.Gasper.State;

/// <summary>
/// Finds the registry index of a key. All states of a chain share one: it only grows, and a candidate counts only if
/// the asking registry really holds the key there, so forks that gave one key different indices do not disturb each
/// other.</summary>
/// <remarks>Open addressing over 4-byte candidates; keys stay in the registry. A million keys take 8 to 16
/// MB.</remarks>
internal sealed class PublicKeyIndex
{
    private readonly Lock _lock = new();

    // Candidate + 1, 0 = free. The hash is kept so that growing needs no registry.
    private (int Candidate, int Hash)[] _slots = new (int, int)[64];
    private int _used;

    public void Add(in PublicKey48 key, int index)
    {
        lock (_lock)
        {
            if (_used * 2 >= _slots.Length)
            {
                Grow();
            }

            Insert(_slots, key.GetHashCode(), index + 1);
        }
    }

    /// <summary>Lowest index at which <paramref name="keys"/> holds the key, or -1.</summary>
    public int Find(in PublicKey48 key, ChunkedList<PublicKey48> keys)
    {
        int found = -1;
        lock (_lock)
        {
            int hash = key.GetHashCode();
            int mask = _slots.Length - 1;
            for (int slot = Spread(hash) & mask; _slots[slot].Candidate != 0; slot = (slot + 1) & mask)
            {
                int index = _slots[slot].Candidate - 1;
                if (_slots[slot].Hash == hash && index < keys.Count && (found < 0 || index < found)
                    && keys[index] == key)
                {
                    found = index;
                }
            }
        }

        return found;
    }

    private static int Spread(int hash) => (int)((uint)hash * 2654435769u >> 4);

    private void Insert((int Candidate, int Hash)[] slots, int hash, int candidate)
    {
        int mask = slots.Length - 1;
        int slot = Spread(hash) & mask;
        while (slots[slot].Candidate != 0)
        {
            if (slots[slot].Candidate == candidate && slots[slot].Hash == hash)
            {
                return;
            }

            slot = (slot + 1) & mask;
        }

        slots[slot] = (candidate, hash);
        _used++;
    }

    private void Grow()
    {
        var slots = new (int Candidate, int Hash)[_slots.Length * 2];
        _used = 0;
        foreach ((int candidate, int hash) in _slots)
        {
            if (candidate != 0)
            {
                Insert(slots, hash, candidate);
            }
        }

        _slots = slots;
    }
}
