using System.Runtime.InteropServices;

namespace Tactus.Kernels.Tests;

/// <summary>
/// Memory between two pages that must not be touched, lying against the later one (or the earlier): an access beyond it
/// ends the process. Plain memory on systems without mmap.</summary>
internal sealed unsafe class GuardedBuffer : IDisposable
{
    private const int ReadWrite = 3;
    private const int PrivateAnonymous = 0x22;
    private static readonly int PageBytes = Environment.SystemPageSize;
    private readonly nint _map;
    private readonly nuint _mapBytes;
    private readonly byte[] _plain = [];
    private readonly int _bytes;
    private readonly int _offset;

    /// <param name="bytes">Size of the buffer.</param>
    /// <param name="atEnd">Against the guard page behind it, else against the one before it.</param>
    public GuardedBuffer(int bytes, bool atEnd)
    {
        _bytes = bytes;
        if (!OperatingSystem.IsLinux())
        {
            _plain = new byte[bytes];
            return;
        }

        int inner = (bytes + PageBytes - 1) / PageBytes * PageBytes;
        _mapBytes = (nuint)(inner + (2 * PageBytes));
        _map = Map(0, _mapBytes, ReadWrite, PrivateAnonymous, -1, 0);
        if (_map == -1
            || Protect(_map, (nuint)PageBytes, 0) != 0
            || Protect(_map + PageBytes + inner, (nuint)PageBytes, 0) != 0)
        {
            throw new InvalidOperationException($"no guarded memory: error {Marshal.GetLastPInvokeError()}");
        }

        _offset = PageBytes + (atEnd ? inner - bytes : 0);
    }

    public Span<byte> Span => _map == 0 ? _plain : new Span<byte>((byte*)_map + _offset, _bytes);

    public void Dispose()
    {
        if (_map != 0)
        {
            _ = Unmap(_map, _mapBytes);
        }
    }

    [DllImport("libc", EntryPoint = "mmap", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Map(nint address, nuint bytes, int protection, int flags, int file, nint offset);

    [DllImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Protect(nint address, nuint bytes, int protection);

    [DllImport("libc", EntryPoint = "munmap", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Unmap(nint address, nuint bytes);
}
