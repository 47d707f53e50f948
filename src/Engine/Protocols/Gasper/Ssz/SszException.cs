namespace Tactus.Engine.Protocols.Gasper.Ssz;

/// <summary>Bytes that are not the canonical encoding of their type: says where and what was expected.</summary>
public sealed class SszException : FormatException
{
    public SszException()
    {
    }

    public SszException(string message)
        : base(message)
    {
    }

    public SszException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public SszException(string type, long offset, string message)
        : base($"{type} at byte {offset}: {message}")
    {
        Offset = offset;
    }

    /// <summary>Byte offset in the outermost value.</summary>
    public long Offset { get; }
}
