using System.Buffers.Binary;
using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols.Gasper.Ssz;

/// <summary>Named fields in order: fixed ones in place, variable ones behind offsets.</summary>
public sealed class SszContainer : SszType
{
    private readonly (string Name, SszType Type)[] _fields;
    private readonly int[] _places;
    private readonly int _fixedPartBytes;

    public SszContainer(string name, params (string Name, SszType Type)[] fields)
        : base(name)
    {
        if (fields.Length == 0)
        {
            throw new ArgumentException($"{name}: a container has at least one field", nameof(fields));
        }

        _fields = fields;
        _places = new int[fields.Length];
        for (int i = 0; i < fields.Length; i++)
        {
            _places[i] = _fixedPartBytes;
            _fixedPartBytes += fields[i].Type.InlineBytes;
            IsFixed &= fields[i].Type.IsFixed;
        }
    }

    public override bool IsFixed { get; } = true;

    public override int InlineBytes => IsFixed ? _fixedPartBytes : OffsetBytes;

    public int FieldCount => _fields.Length;

    /// <summary>Bytes of the fixed part: fixed fields and offsets.</summary>
    public int FixedPartBytes => _fixedPartBytes;

    /// <summary>Bounds of field <paramref name="index"/> in checked bytes.</summary>
    public Range FieldAt(ReadOnlySpan<byte> bytes, int index)
    {
        int place = _places[index];
        if (_fields[index].Type.IsFixed)
        {
            return new Range(place, place + _fields[index].Type.InlineBytes);
        }

        int start = BinaryPrimitives.ReadInt32LittleEndian(bytes[place..]);
        for (int next = index + 1; next < _fields.Length; next++)
        {
            if (!_fields[next].Type.IsFixed)
            {
                return new Range(start, BinaryPrimitives.ReadInt32LittleEndian(bytes[_places[next]..]));
            }
        }

        return new Range(start, bytes.Length);
    }

    public override Hash256 Root(ReadOnlySpan<byte> bytes, SszHasher hasher)
    {
        // The widest container, the state, has 21 fields: 672 bytes.
        Span<byte> roots = stackalloc byte[_fields.Length * SszHasher.ChunkBytes];
        for (int i = 0; i < _fields.Length; i++)
        {
            _fields[i].Type.Root(bytes[FieldAt(bytes, i)], hasher).CopyTo(roots[(i * SszHasher.ChunkBytes)..]);
        }

        return hasher.Merkleize(roots, SszHasher.DepthOf((ulong)_fields.Length));
    }

    internal override void Check(ReadOnlySpan<byte> bytes, long at)
    {
        if (IsFixed)
        {
            CheckSize(bytes, _fixedPartBytes, at);
        }
        else if (bytes.Length < _fixedPartBytes)
        {
            throw new SszException(Name, at, $"{bytes.Length} bytes; the fixed part alone takes {_fixedPartBytes}");
        }

        // Offsets must be ascending, start right behind the fixed part and stay inside; then fields tile the bytes.
        int expected = _fixedPartBytes;
        bool isFirst = true;
        for (int i = 0; i < _fields.Length; i++)
        {
            if (_fields[i].Type.IsFixed)
            {
                continue;
            }

            uint offset = BinaryPrimitives.ReadUInt32LittleEndian(bytes[_places[i]..]);
            if (isFirst ? offset != expected : offset < expected || offset > bytes.Length)
            {
                throw new SszException(
                    Name,
                    at + _places[i],
                    $"offset {offset} of {_fields[i].Name}; expected {expected}{(isFirst ? "" : $"..{bytes.Length}")}");
            }

            isFirst = false;
            expected = (int)offset;
        }

        for (int i = 0; i < _fields.Length; i++)
        {
            Range range = FieldAt(bytes, i);
            _fields[i].Type.Check(bytes[range], at + range.Start.Value);
        }
    }
}
