using System.Runtime.InteropServices;
using Tactus.Kernels;

namespace Tactus.Engine.Primitives;

/// <summary>Zeroed bytes that begin at a cache line and never move, so that an entry of 64 or 128 bytes takes no line
/// too many.</summary>
internal sealed class AlignedBytes
{
    private readonly byte[] _bytes;
    private readonly int _start;

    /// <param name="count">At most 2^31 - 128.</param>
    public AlignedBytes(int count)
    {
        _bytes = GC.AllocateArray<byte>(checked(count + CacheLine.Bytes - 1), pinned: true);
        _start = (int)(-Marshal.UnsafeAddrOfPinnedArrayElement(_bytes, 0) & (CacheLine.Bytes - 1));
    }

    public Span<byte> Slice(int at, int count) => _bytes.AsSpan(_start + at, count);

    /// <summary>Asks for the lines of an entry.</summary>
    public void Prefetch(int at, int lines)
    {
        for (int line = 0; line < lines; line++)
        {
            CacheLine.Prefetch(in _bytes[_start + at + (line * CacheLine.Bytes)]);
        }
    }
}
