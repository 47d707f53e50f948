using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Tactus.Engine.Storage;

/// <summary>A folder of the operating system.</summary>
public sealed partial class FileDisk : IDisk
{
    /// <param name="folder">The folder; created where it is missing.</param>
    public FileDisk(string folder) => Folder = Directory.CreateDirectory(folder).FullName;

    /// <summary>Full path of the folder.</summary>
    public string Folder { get; }

    public IFile Open(string name) => new OpenFile(Path.Combine(Folder, name));

    public bool Exists(string name) => File.Exists(Path.Combine(Folder, name));

    public void Rename(string from, string to) =>
        File.Move(Path.Combine(Folder, from), Path.Combine(Folder, to), overwrite: true);

    public void Delete(string name) => File.Delete(Path.Combine(Folder, name));

    public IReadOnlyList<string> List()
    {
        string[] names = [.. Directory.EnumerateFiles(Folder).Select(path => Path.GetFileName(path))];
        Array.Sort(names, StringComparer.Ordinal);
        return names;
    }

    public void FlushFolder() => FlushFolder(Folder);

    /// <summary>Makes the names in a folder durable. Windows keeps them in its own journal.</summary>
    public static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        // .NET opens no folders; fsync on a read-only descriptor of the folder is what POSIX offers.
        int descriptor = OpenPosix(folder, 0);
        if (descriptor < 0)
        {
            throw new IOException($"cannot open folder {folder} to flush it: error {Marshal.GetLastPInvokeError()}");
        }

        int result = FsyncPosix(descriptor);
        int error = Marshal.GetLastPInvokeError();
        _ = ClosePosix(descriptor);
        if (result != 0)
        {
            throw new IOException($"cannot flush folder {folder}: error {error}");
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenPosix(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FsyncPosix(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int ClosePosix(int descriptor);

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int AdvisePosix(SafeFileHandle descriptor, long offset, long length, int advice);

    private sealed class OpenFile : IFile
    {
        /// <summary>What is appended between two flushes and larger than this is not kept in the system's page cache:
        /// it would push out what is read, and every block would take memory that was never touched before.</summary>
        private const long CachedBytesMax = 1 << 20;

        // Linux: POSIX_FADV_DONTNEED.
        private const int AdviseDoNotNeed = 4;

        private readonly SafeFileHandle _handle;
        private long _length;
        private long _flushedLength;

        public OpenFile(string path)
        {
            _handle = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
            _length = RandomAccess.GetLength(_handle);
            _flushedLength = _length;
        }

        public long Length => _length;

        public int ReadAt(long offset, Span<byte> destination)
        {
            int total = 0;
            while (total < destination.Length)
            {
                int read = RandomAccess.Read(_handle, destination[total..], offset + total);
                if (read == 0)
                {
                    break;
                }

                total += read;
            }

            return total;
        }

        public void Append(ReadOnlySpan<byte> bytes)
        {
            RandomAccess.Write(_handle, bytes, _length);
            _length += bytes.Length;
        }

        public void Flush()
        {
            RandomAccess.FlushToDisk(_handle);
            if (_length - _flushedLength > CachedBytesMax && OperatingSystem.IsLinux())
            {
                _ = AdvisePosix(_handle, _flushedLength, _length - _flushedLength, AdviseDoNotNeed);
            }

            _flushedLength = _length;
        }

        public void Truncate(long length)
        {
            RandomAccess.SetLength(_handle, length);
            _length = length;
            _flushedLength = Math.Min(_flushedLength, length);
        }

        public void Dispose() => _handle.Dispose();
    }
}
