using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols.Quorum.Rounds;

/// <summary>What a blob of the broadcast set is: its first byte.</summary>
public enum BlobKind : byte
{
    Slip = 1,
    Proposal = 2,
    Poll = 3,
    Sign = 4,
    Evidence = 5,
    Block = 6,
}

/// <summary>Writes blobs.</summary>
public static class Blob
{
    public static byte[] Of(BlobKind kind, Action<ByteWriter> write)
    {
        var writer = new ByteWriter();
        writer.WriteByte((byte)kind);
        write(writer);
        return writer.ToArray();
    }

    /// <summary>A proposal or a certified block.</summary>
    public static byte[] OfBlock(BlobKind kind, ReadOnlySpan<byte> block) => [(byte)kind, .. block];
}
