using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Types;

namespace Tactus.Engine.Protocols.Antelope.Consensus;

/// <summary>An immutable map from producers to block numbers (flat_map&lt;name, u32&gt;), ascending by name. A change
/// of value copies the values (4 bytes each) and shares the names.</summary>
public sealed class ProducerNumbers : IEquatable<ProducerNumbers>
{
    /// <summary>Most entries read: a schedule, and producers that left it.</summary>
    public const int EntriesMax = 1024;

    private readonly ulong[] _names;
    private readonly uint[] _numbers;

    private ProducerNumbers(ulong[] names, uint[] numbers)
    {
        _names = names;
        _numbers = numbers;
    }

    public static ProducerNumbers Empty { get; } = new([], []);

    public int Count => _names.Length;

    /// <summary>Block numbers in the order of the names.</summary>
    public ReadOnlySpan<uint> Numbers => _numbers;

    public Name NameAt(int index) => new(_names[index]);

    /// <summary>Index of a producer, or a negative number.</summary>
    public int IndexOf(Name producer) => Array.BinarySearch(_names, producer.Value);

    public bool TryGet(Name producer, out uint number)
    {
        int at = IndexOf(producer);
        number = at >= 0 ? _numbers[at] : 0;
        return at >= 0;
    }

    /// <summary>The map with one value set.</summary>
    public ProducerNumbers With(Name producer, uint number)
    {
        int at = IndexOf(producer);
        if (at >= 0)
        {
            uint[] numbers = [.. _numbers];
            numbers[at] = number;
            return new ProducerNumbers(_names, numbers);
        }

        at = ~at;
        return new ProducerNumbers(
            [.. _names.AsSpan(0, at), producer.Value, .. _names.AsSpan(at)],
            [.. _numbers.AsSpan(0, at), number, .. _numbers.AsSpan(at)]);
    }

    /// <summary>The map over exactly the members of a schedule: known values stay, newcomers get
    /// <paramref name="absent"/>.</summary>
    public ProducerNumbers Restrict(ProducerSchedule schedule, uint absent)
    {
        var members = new SortedDictionary<ulong, uint>();
        foreach (ProducerAuthority entry in schedule.Producers)
        {
            members[entry.Producer.Value] = TryGet(entry.Producer, out uint number) ? number : absent;
        }

        return new ProducerNumbers([.. members.Keys], [.. members.Values]);
    }

    public void Write(ByteWriter writer)
    {
        writer.WriteVarUInt32((uint)_names.Length);
        for (int i = 0; i < _names.Length; i++)
        {
            writer.WriteUInt64(_names[i]);
            writer.WriteUInt32(_numbers[i]);
        }
    }

    public static ProducerNumbers Read(ref ByteReader reader)
    {
        int count = reader.ReadCount(EntriesMax, 12, "producer to block number");
        ulong[] names = new ulong[count];
        uint[] numbers = new uint[count];
        for (int i = 0; i < count; i++)
        {
            int at = reader.Position;
            names[i] = reader.ReadUInt64();
            numbers[i] = reader.ReadUInt32();
            if (i > 0 && names[i] <= names[i - 1])
            {
                reader.Fail($"producer {new Name(names[i])} follows {new Name(names[i - 1])}; names must ascend", at);
            }
        }

        return reader.Failed ? Empty : new ProducerNumbers(names, numbers);
    }

    public bool Equals(ProducerNumbers? other) =>
        other is not null && _names.AsSpan().SequenceEqual(other._names)
            && _numbers.AsSpan().SequenceEqual(other._numbers);

    public override bool Equals(object? obj) => Equals(obj as ProducerNumbers);

    public override int GetHashCode() => HashCode.Combine(_names.Length, _numbers.Length > 0 ? _numbers[0] : 0);
}
