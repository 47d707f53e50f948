namespace Tactus.Engine.Pipeline;

/// <summary>Blocks by number, in their serialized form.</summary>
public interface IBlockSource
{
    uint First { get; }

    /// <summary>Number of the last block.</summary>
    uint Head { get; }

    /// <summary>Reads a block into the buffer, which grows where it must.</summary>
    ReadOnlySpan<byte> Read(uint number, ref byte[] buffer);
}
