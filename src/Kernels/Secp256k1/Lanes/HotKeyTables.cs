namespace Tactus.Kernels.Secp256k1.Lanes;

/// <summary>
/// Which keys have a table. A key gets one when it has been seen often enough; when memory is full, the table to give
/// way is the
/// first one in a circle that was not used since the hand last passed it (CLOCK). Safe for concurrent use.
/// </summary>
internal sealed class HotKeyTables
{
    /// <summary>Bits of a digit of a key's table: 17 positions of 128 points, 136 KiB.</summary>
    public const int Width = 8;

    /// <summary>Counters of sightings of keys without a table; keys share them by hash, so a cold one may be taken for
    /// a hot one.</summary>
    private const int CounterCount = 1 << 14;

    private readonly Lock _gate = new();
    private readonly Dictionary<KeyBytes, Entry> _entries;
    private readonly Entry[] _circle;
    private readonly byte[] _counters = new byte[CounterCount];
    private readonly ulong _seed;
    private readonly int _sightingsMin;
    private volatile IReadOnlyDictionary<KeyBytes, Entry> _published;
    private int _hand;
    private int _used;
    private int _sightings;

    /// <param name="bytesMax">Memory for tables; at least one table's worth.</param>
    /// <param name="sightingsMin">Sightings after which a key gets a table, 1..255.</param>
    /// <param name="seed">Unpredictable, so that nobody can choose keys that share counters.</param>
    public HotKeyTables(long bytesMax, int sightingsMin, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytesMax, CombTable.BytesOf(Width));
        ArgumentOutOfRangeException.ThrowIfLessThan(sightingsMin, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sightingsMin, byte.MaxValue);
        Capacity = (int)Math.Min(bytesMax / CombTable.BytesOf(Width), 1 << 20);
        _circle = new Entry[Capacity];
        _seed = seed | 1;
        _sightingsMin = sightingsMin;
        _entries = new Dictionary<KeyBytes, Entry>(Math.Min(Capacity, 1024));
        _published = new Dictionary<KeyBytes, Entry>();
    }

    /// <summary>Tables that fit.</summary>
    public int Capacity { get; }

    /// <summary>Tables held.</summary>
    public int Count => Volatile.Read(ref _used);

    /// <summary>The table of a key, which counts as a use; or null.</summary>
    public CombTable? Find(ReadOnlySpan<byte> key)
    {
        if (!_published.TryGetValue(new KeyBytes(key, _seed), out Entry? entry))
        {
            return null;
        }

        entry.WasUsed = true;
        return entry.Table;
    }

    /// <summary>Notes a sighting of a key without a table; true when it has now earned one.</summary>
    public bool Sight(ReadOnlySpan<byte> key)
    {
        ref byte counter = ref _counters[new KeyBytes(key, _seed).GetHashCode() & (CounterCount - 1)];

        // Races lose a sighting now and then, nothing else. Halving forgets keys that are no longer used.
        if (Interlocked.Increment(ref _sightings) % (64 * CounterCount) == 0)
        {
            for (int i = 0; i < _counters.Length; i++)
            {
                _counters[i] /= 2;
            }
        }

        if (counter < byte.MaxValue)
        {
            counter++;
        }

        if (counter < _sightingsMin)
        {
            return false;
        }

        counter = 0;
        return true;
    }

    /// <summary>Keeps a table, in the place of another one when memory is full.</summary>
    public void Keep(ReadOnlySpan<byte> key, CombTable table)
    {
        lock (_gate)
        {
            var bytes = new KeyBytes(key, _seed);
            if (_entries.ContainsKey(bytes))
            {
                return;
            }

            int place = _used;
            if (_used == Capacity)
            {
                while (_circle[_hand].WasUsed)
                {
                    _circle[_hand].WasUsed = false;
                    _hand = (_hand + 1) % Capacity;
                }

                place = _hand;
                _hand = (_hand + 1) % Capacity;
                _entries.Remove(_circle[place].Key);
            }
            else
            {
                _used++;
            }

            _circle[place] = new Entry(bytes, table);
            _entries.Add(bytes, _circle[place]);

            // Readers see whole snapshots: a table is made rarely and costs far more than this copy.
            _published = new Dictionary<KeyBytes, Entry>(_entries);
        }
    }

    private sealed class Entry(KeyBytes key, CombTable table)
    {
        public KeyBytes Key { get; } = key;

        public CombTable Table { get; } = table;

        /// <summary>Used since the hand last passed. New tables start so.</summary>
        public bool WasUsed { get; set; } = true;
    }

    /// <summary>The 64 bytes of a key with a seeded hash.</summary>
    private readonly struct KeyBytes : IEquatable<KeyBytes>
    {
        private readonly ulong _0, _1, _2, _3, _4, _5, _6, _7;
        private readonly int _hash;

        public KeyBytes(ReadOnlySpan<byte> key, ulong seed)
        {
            ReadOnlySpan<ulong> words = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, ulong>(key[..64]);
            (_0, _1, _2, _3) = (words[0], words[1], words[2], words[3]);
            (_4, _5, _6, _7) = (words[4], words[5], words[6], words[7]);
            _hash = (int)(((_0 ^ (_4 >> 3)) * seed) >> 33);
        }

        public bool Equals(KeyBytes other) =>
            ((_0 ^ other._0) | (_1 ^ other._1) | (_2 ^ other._2) | (_3 ^ other._3)
            | (_4 ^ other._4) | (_5 ^ other._5) | (_6 ^ other._6) | (_7 ^ other._7)) == 0;

        public override bool Equals(object? obj) => obj is KeyBytes other && Equals(other);

        public override int GetHashCode() => _hash;
    }
}
