using Tactus.Engine.Devnet;

namespace Tactus.Host.Devnet;

/// <summary>Keeps two processes off one data folder. The lock goes with the process, however it ends.</summary>
internal static class FolderLock
{
    private const string FileName = "lock";

    /// <exception cref="DevnetException">Another process has the folder, or nothing can be written to it.</exception>
    public static IDisposable Take(string folder)
    {
        string path = Path.Combine(folder, FileName);
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception error) when (error is UnauthorizedAccessException
            || (error is IOException && !File.Exists(path)))
        {
            throw new DevnetException(
                $"{folder} cannot be written to ({error.Message.TrimEnd('.')}): allow it, "
                + "or choose another --data folder");
        }
        catch (IOException error)
        {
            throw new DevnetException(
                $"{folder} is in use by another process ({error.Message}): stop it, or choose another --data folder");
        }
    }
}
