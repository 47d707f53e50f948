using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Tactus.Engine.Primitives;

/// <summary>Reads little-endian values from untrusted bytes. The first failure sticks: later reads return zeros and
/// empty spans, so a decoder checks <see cref="Failed"/> once at the end and nothing throws.</summary>
public ref struct ByteReader
{
    private readonly ReadOnlySpan<byte> _bytes;
    private int _position;

    public ByteReader(ReadOnlySpan<byte> bytes, int position = 0)
    {
        _bytes = bytes;
        _position = position;
    }

    /// <summary>What was wrong at <see cref="FailOffset"/>, or null.</summary>
    public string? FailReason { get; private set; }

    /// <summary>Byte offset of the first failure, or -1.</summary>
    public int FailOffset { get; private set; } = -1;

    public readonly bool Failed => FailReason is not null;

    /// <summary>The failure is that the bytes end: more of them might read well.</summary>
    public bool FailedShort { get; private set; }

    /// <summary>Some variable-length integer read so far was not in its shortest form, so writing the values again
    /// gives other bytes than these.</summary>
    public bool Padded { get; private set; }

    public readonly int Position => _position;

    public readonly int Remaining => _bytes.Length - _position;

    /// <summary>The whole buffer that is read.</summary>
    public readonly ReadOnlySpan<byte> Buffer => _bytes;

    /// <summary>Marks the input malformed at <paramref name="offset"/> unless it failed before.</summary>
    public void Fail(string reason, int offset)
    {
        if (FailReason is null)
        {
            FailReason = reason;
            FailOffset = offset;
            _position = _bytes.Length;
        }
    }

    public void Fail(string reason) => Fail(reason, _position);

    private void FailShort(string reason, int offset)
    {
        FailedShort |= !Failed;
        Fail(reason, offset);
    }

    public byte ReadByte()
    {
        if (_position >= _bytes.Length)
        {
            FailShort("input ends", _position);
            return 0;
        }

        return _bytes[_position++];
    }

    /// <summary>One byte that must be 0 or 1.</summary>
    public bool ReadBool()
    {
        byte value = ReadByte();
        if (value > 1)
        {
            Fail("boolean is neither 0 nor 1", _position - 1);
        }

        return value == 1;
    }

    public ushort ReadUInt16() =>
        Take(2, out ReadOnlySpan<byte> s) ? BinaryPrimitives.ReadUInt16LittleEndian(s) : (ushort)0;

    public uint ReadUInt32() => Take(4, out ReadOnlySpan<byte> s) ? BinaryPrimitives.ReadUInt32LittleEndian(s) : 0;

    public ulong ReadUInt64() => Take(8, out ReadOnlySpan<byte> s) ? BinaryPrimitives.ReadUInt64LittleEndian(s) : 0;

    public long ReadInt64() => (long)ReadUInt64();

    public Hash256 ReadHash256() => Take(Hash256.Size, out ReadOnlySpan<byte> s) ? new Hash256(s) : default;

    public ReadOnlySpan<byte> ReadSpan(int count) => Take(count, out ReadOnlySpan<byte> s) ? s : default;

    public void Skip(int count) => Take(count, out _);

    /// <summary>LEB128 as nodeos reads it: lenient about padding, at most five bytes, cut to 32 bits (fc
    /// varint.hpp).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint ReadVarUInt32()
    {
        // Nearly all are one byte, which cannot be padded.
        if ((uint)_position < (uint)_bytes.Length && _bytes[_position] < 0x80)
        {
            return _bytes[_position++];
        }

        return ReadLongVarUInt32();
    }

    private uint ReadLongVarUInt32()
    {
        ulong value = 0;
        int shift = 0;
        byte b;
        do
        {
            if (_position >= _bytes.Length)
            {
                FailShort("input ends inside a variable-length integer", _position);
                return 0;
            }

            b = _bytes[_position++];
            value |= (ulong)(b & 0x7f) << shift;
            shift += 7;
        }
        while ((b & 0x80) != 0 && shift < 35);

        // A last group of zeros adds nothing; of the fifth group only four bits count.
        Padded |= (b == 0 && shift > 7) || (shift == 35 && (b & 0xf0) != 0);
        return (uint)value;
    }

    /// <summary>Element count of a vector: at most <paramref name="countMax"/>, and no more than the bytes that remain
    /// can hold at <paramref name="elementBytesMin"/> each, so a hostile count allocates nothing.</summary>
    public int ReadCount(int countMax, int elementBytesMin, string what)
    {
        int at = _position;
        uint count = ReadVarUInt32();
        if (!Failed && count <= (uint)countMax && (long)count * elementBytesMin <= Remaining)
        {
            return (int)count;
        }

        FailCount(count, countMax, what, at);
        return 0;
    }

    // Apart, because making a message costs its caller a large frame.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void FailCount(uint count, int countMax, string what, int at)
    {
        if (Failed)
        {
            return;
        }

        if (count > (uint)countMax)
        {
            Fail($"{what}: count {count} exceeds the limit {countMax}", at);
        }
        else
        {
            FailShort($"{what}: count {count} exceeds the bytes that remain", at);
        }
    }

    /// <summary>Length-prefixed bytes, at most <paramref name="bytesMax"/>.</summary>
    public ReadOnlySpan<byte> ReadBytes(int bytesMax, string what)
    {
        int length = ReadCount(bytesMax, 1, what);
        return ReadSpan(length);
    }

    private bool Take(int count, out ReadOnlySpan<byte> span)
    {
        if ((uint)count > (uint)(_bytes.Length - _position))
        {
            FailShort("input ends", _position);
            span = default;
            return false;
        }

        span = _bytes.Slice(_position, count);
        _position += count;
        return true;
    }
}
