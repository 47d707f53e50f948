namespace Tactus.Engine.Storage;

/// <summary>Stored data is damaged or missing, or a device failed. The message names the file, the place and what to
/// do.</summary>
public sealed class StorageException : Exception
{
    public StorageException()
    {
    }

    public StorageException(string message)
        : base(message)
    {
    }

    public StorageException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
