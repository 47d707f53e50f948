using System.Text.Json;
using Tactus.Engine.Devnet;
using Tactus.Engine.Storage;

namespace Tactus.Host.Devnet;

/// <summary>The data folder of a devnet: its parameters beside log and state, so that a rerun and a replay know
/// them.</summary>
internal static class DevnetData
{
    public const string FileName = "devnet.json";

    public static bool Exists(string folder) => File.Exists(Path.Combine(folder, FileName));

    /// <summary>The folder, created where it is missing.</summary>
    /// <exception cref="DevnetException">It can be neither.</exception>
    public static FileDisk OpenFolder(string folder)
    {
        try
        {
            return new FileDisk(folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DevnetException(
                $"--data {folder}: no such folder can be made ({error.Message.TrimEnd('.')}): choose another one");
        }
    }

    /// <exception cref="DevnetException">The file is not readable.</exception>
    public static DevnetParameters Read(string folder)
    {
        string path = Path.Combine(folder, FileName);
        try
        {
            DevnetParameters parameters = JsonSerializer.Deserialize<DevnetParameters>(File.ReadAllText(path))
                ?? throw new JsonException("it is empty");
            return parameters.Check() is { } problem ? throw new DevnetException($"{path}: {problem}") : parameters;
        }
        catch (JsonException error)
        {
            throw new DevnetException(
                $"{path} is damaged ({error.Message}): restore it, or start with an empty folder");
        }
    }

    /// <summary>Writes the parameters of a new devnet; a later start finds them whole or not at all.</summary>
    public static void Write(string folder, DevnetParameters parameters)
    {
        string path = Path.Combine(folder, FileName);
        string temporary = path + ".tmp";
        using (FileStream file = File.Create(temporary))
        {
            JsonSerializer.Serialize(file, parameters, JsonSerializerOptions.Web);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
