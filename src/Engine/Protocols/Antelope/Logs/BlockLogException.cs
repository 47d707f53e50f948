namespace Tactus.Engine.Protocols.Antelope.Logs;

/// <summary>A block log that cannot be read on: what is wrong, at which block and byte, and what to do.</summary>
public sealed class BlockLogException : Exception
{
    public BlockLogException(string message, uint? blockNumber = null)
        : base(message)
    {
        BlockNumber = blockNumber;
    }

    /// <summary>The block where reading stopped, if it was a block.</summary>
    public uint? BlockNumber { get; }
}
