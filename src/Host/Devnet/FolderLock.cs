using Tactus.Engine.Devnet;

namespace Tactus.Host.Devnet;

/// <summary>Keeps two processes off one data folder. The lock goes with the process, however it ends.</summary>
internal static class FolderLock
{
    private const string FileName = "lock";

    /// <exception cref="DevnetException">Another process has the folder.</exception>
    public static IDisposable Take(string folder)
    {
        string path = Path.Combine(folder, FileName);
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error)
        {
            throw new DevnetException(
                $"{folder} is in use by another process ({error.Message}): stop it, or choose another --data folder");
        }
    }
}
