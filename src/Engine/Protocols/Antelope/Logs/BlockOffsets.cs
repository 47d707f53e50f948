using System.Buffers.Binary;

namespace Tactus.Engine.Protocols.Antelope.Logs;

/// <summary>Where each block of a log starts: entry i belongs to block first + i.</summary>
internal abstract class BlockOffsets : IDisposable
{
    /// <summary>Bytes of an entry in a blocks.index.</summary>
    public const int EntrySize = 8;

    public abstract long Count { get; }

    public abstract long this[long index] { get; }

    public virtual void Dispose()
    {
        // nothing is held
    }

    /// <summary>Offsets that were found by walking the log: 8 bytes of memory per block.</summary>
    internal sealed class InMemory(List<long> offsets) : BlockOffsets
    {
        public override long Count => offsets.Count;

        public override long this[long index] => offsets[(int)index];
    }

    /// <summary>The entries of a blocks.index; each is checked against the log when its block is read.</summary>
    internal sealed class InFile(IRandomBytes file, long count) : BlockOffsets
    {
        public override long Count => count;

        public override long this[long index]
        {
            get
            {
                Span<byte> entry = stackalloc byte[EntrySize];
                return file.Read(index * EntrySize, entry) == EntrySize
                    ? BinaryPrimitives.ReadInt64LittleEndian(entry)
                    : -1;
            }
        }

        public override void Dispose() => file.Dispose();
    }
}
