using Microsoft.Win32.SafeHandles;

namespace Tactus.Engine.Protocols.Antelope.Logs;

/// <summary>Bytes that are read at any offset: a file, or memory in tests and simulation. Safe for concurrent
/// reads.</summary>
public interface IRandomBytes : IDisposable
{
    long Length { get; }

    /// <summary>Reads as many bytes as are there from <paramref name="offset"/> on, up to the buffer's
    /// length.</summary>
    /// <returns>Bytes read; fewer than asked only at the end.</returns>
    /// <exception cref="IOException">The disk failed.</exception>
    int Read(long offset, Span<byte> buffer);
}

/// <summary>A file opened for reading.</summary>
public sealed class FileBytes : IRandomBytes
{
    private readonly SafeFileHandle _handle;

    /// <exception cref="IOException">The file is missing or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">No permission to read it.</exception>
    public FileBytes(string path)
    {
        _handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        Length = RandomAccess.GetLength(_handle);
    }

    /// <summary>Length when it was opened; what is appended later is not seen.</summary>
    public long Length { get; }

    public int Read(long offset, Span<byte> buffer)
    {
        int done = 0;
        while (done < buffer.Length)
        {
            int read = RandomAccess.Read(_handle, buffer[done..], offset + done);
            if (read == 0)
            {
                break;
            }

            done += read;
        }

        return done;
    }

    public void Dispose() => _handle.Dispose();
}

/// <summary>Bytes in memory.</summary>
public sealed class MemoryBytes(ReadOnlyMemory<byte> bytes) : IRandomBytes
{
    public long Length => bytes.Length;

    public int Read(long offset, Span<byte> buffer)
    {
        int count = (int)Math.Clamp(bytes.Length - offset, 0, buffer.Length);
        if (count > 0)
        {
            bytes.Span.Slice((int)offset, count).CopyTo(buffer);
        }

        return count;
    }

    public void Dispose()
    {
        // nothing is held
    }
}
