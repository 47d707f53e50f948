using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols.Gasper.Ssz;

/// <summary>Writes a container: fixed fields and offsets first, then the variable parts in order.</summary>
/// <remarks>Use: <c>int start = w.Begin(); ... int mark = w.Offset(); ... w.Here(start, mark); write the
/// part</c>.</remarks>
public sealed class SszWriter
{
    private readonly ByteWriter _bytes = new();

    public byte[] ToArray() => _bytes.ToArray();

    /// <summary>What was written so far.</summary>
    public ReadOnlySpan<byte> Written => _bytes.Written;

    /// <summary>Position where a container starts: its offsets count from here.</summary>
    public int Begin() => _bytes.Length;

    public void UInt64(ulong value) => _bytes.WriteUInt64(value);

    public void UInt32(uint value) => _bytes.WriteUInt32(value);

    public void Boolean(bool value) => _bytes.WriteBool(value);

    public void Root(in Hash256 value) => _bytes.WriteHash256(value);

    public void Bytes(ReadOnlySpan<byte> value) => _bytes.WriteSpan(value);

    /// <summary>Room for an offset; returns its position for <see cref="Here"/>.</summary>
    public int Offset()
    {
        int mark = _bytes.Length;
        _bytes.WriteUInt32(0);
        return mark;
    }

    /// <summary>Sets the offset at <paramref name="mark"/> to the current position.</summary>
    public void Here(int start, int mark) => BinaryPrimitives.WriteUInt32LittleEndian(
        MemoryMarshal.AsMemory(_bytes.WrittenMemory).Span[mark..], (uint)(_bytes.Length - start));

    /// <summary>A list of parts of variable size: their offsets, then the parts.</summary>
    public void VariableList<T>(IReadOnlyList<T> items)
        where T : SszObject
    {
        int total = items.Count * SszType.OffsetBytes;
        foreach (T item in items)
        {
            _bytes.WriteUInt32((uint)total);
            total += item.Encoded.Length;
        }

        FixedList(items);
    }

    /// <summary>A list of parts of fixed size, end to end.</summary>
    public void FixedList<T>(IReadOnlyList<T> items)
        where T : SszObject
    {
        foreach (T item in items)
        {
            _bytes.WriteSpan(item.Encoded.Span);
        }
    }
}

/// <summary>An immutable object that knows its own encoding: the bytes it was read from, or made when first asked
/// for.</summary>
public abstract class SszObject
{
    private ReadOnlyMemory<byte> _encoded;

    /// <summary>The canonical encoding.</summary>
    public ReadOnlyMemory<byte> Encoded
    {
        get
        {
            if (_encoded.IsEmpty)
            {
                var writer = new SszWriter();
                Write(writer);
                _encoded = writer.ToArray();
            }

            return _encoded;
        }

        protected init => _encoded = value;
    }

    protected abstract void Write(SszWriter writer);
}
