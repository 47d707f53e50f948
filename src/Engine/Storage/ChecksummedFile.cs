using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Tactus.Engine.Storage;

/// <summary>Writes a file of little-endian values and ends it with the CRC-32C of everything before.</summary>
public sealed class ChecksummedWriter(IFile file) : IDisposable
{
    private readonly byte[] _buffer = new byte[1 << 16];
    private int _used;
    private uint _crc;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_used == _buffer.Length)
            {
                Drain();
            }

            int count = Math.Min(bytes.Length, _buffer.Length - _used);
            bytes[..count].CopyTo(_buffer.AsSpan(_used));
            _used += count;
            bytes = bytes[count..];
        }
    }

    /// <summary>Writes a blittable value as it lies in memory (little-endian on every machine that .NET 10 runs
    /// on).</summary>
    public void Write<T>(in T value)
        where T : unmanaged => Write(MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(in value, 1)));

    /// <summary>Writes the checksum and makes the file durable.</summary>
    public void Finish()
    {
        Drain();
        Span<byte> crc = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(crc, _crc);
        file.Append(crc);
        file.Flush();
    }

    public void Dispose() => file.Dispose();

    private void Drain()
    {
        _crc = Crc32C.Of(_buffer.AsSpan(0, _used), _crc);
        file.Append(_buffer.AsSpan(0, _used));
        _used = 0;
    }
}

/// <summary>Reads what a <see cref="ChecksummedWriter"/> wrote; the checksum is checked before the first
/// value.</summary>
public sealed class ChecksummedReader : IDisposable
{
    private readonly IFile _file;
    private readonly string _name;
    private readonly byte[] _buffer = new byte[1 << 16];
    private readonly long _end;
    private long _at;
    private int _position;
    private int _filled;

    /// <exception cref="StorageException">The file is missing, cut or damaged.</exception>
    public ChecksummedReader(IDisk disk, string name)
    {
        _name = name;
        if (!disk.Exists(name))
        {
            throw new StorageException($"{name} is missing");
        }

        _file = disk.Open(name);
        _end = _file.Length - 4;
        uint crc = 0;
        long at = 0;
        while (at < _end)
        {
            int read = _file.ReadAt(at, _buffer.AsSpan(0, (int)Math.Min(_buffer.Length, _end - at)));
            crc = Crc32C.Of(_buffer.AsSpan(0, read), crc);
            at += read;
        }

        Span<byte> stored = stackalloc byte[4];
        if (_end < 0 || _file.ReadAt(_end, stored) != 4 || BinaryPrimitives.ReadUInt32LittleEndian(stored) != crc)
        {
            _file.Dispose();
            throw new StorageException(
                $"{name} is cut or damaged: its checksum does not hold over {_file.Length} bytes");
        }
    }

    public void Read(Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            if (_position == _filled)
            {
                _filled = _file.ReadAt(_at, _buffer.AsSpan(0, (int)Math.Min(_buffer.Length, _end - _at)));
                _position = 0;
                if (_filled == 0)
                {
                    throw new StorageException($"{_name} ends inside a record");
                }

                _at += _filled;
            }

            int count = Math.Min(destination.Length, _filled - _position);
            _buffer.AsSpan(_position, count).CopyTo(destination);
            _position += count;
            destination = destination[count..];
        }
    }

    public T Read<T>()
        where T : unmanaged
    {
        T value = default;
        Read(MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref value, 1)));
        return value;
    }

    /// <summary>Reads a length and checks it against a limit.</summary>
    public int ReadLength(int max)
    {
        int length = Read<int>();
        return length >= 0 && length <= max
            ? length
            : throw new StorageException($"{_name}: a length of {length} is outside 0..{max}");
    }

    public void Dispose() => _file.Dispose();
}
