namespace Tactus.Engine.Storage;

/// <summary>One folder of files: the only way by which the engine reaches a disk. Names are plain file names. Nothing
/// is durable before <see cref="IFile.Flush"/> (content) and <see cref="FlushFolder"/> (names).</summary>
public interface IDisk
{
    /// <summary>Opens a file for reading and appending; creates it where it is missing.</summary>
    IFile Open(string name);

    bool Exists(string name);

    /// <summary>Renames, replacing the target. Atomic: a crash leaves the old or the new file under the name.</summary>
    void Rename(string from, string to);

    /// <summary>Deletes a file; nothing happens where there is none.</summary>
    void Delete(string name);

    /// <summary>Names of all files, in ordinal order.</summary>
    IReadOnlyList<string> List();

    /// <summary>Makes created, renamed and deleted names durable.</summary>
    void FlushFolder();
}

/// <summary>An open file: appended at its end, read anywhere, cut at its end.</summary>
public interface IFile : IDisposable
{
    /// <summary>Length in bytes.</summary>
    long Length { get; }

    /// <summary>Reads up to <c>destination.Length</c> bytes; fewer only at the end of the file.</summary>
    int ReadAt(long offset, Span<byte> destination);

    void Append(ReadOnlySpan<byte> bytes);

    /// <summary>Makes content and length durable.</summary>
    void Flush();

    /// <summary>Cuts the file to a length that is not larger than its own.</summary>
    void Truncate(long length);
}
