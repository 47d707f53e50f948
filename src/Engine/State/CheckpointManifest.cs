using System.Globalization;
using System.Text;
using Tactus.Engine.Primitives;
using Tactus.Engine.Storage;

namespace Tactus.Engine.State;

/// <summary>The list of durable checkpoints, newest first: a small text file, replaced as a whole.</summary>
internal static class CheckpointManifest
{
    public const string FileName = "checkpoints";

    private const string NewFileName = "checkpoints.new";
    private const string Title = "tactus checkpoints 1";
    private const int BytesMax = 4096;

    /// <exception cref="StorageException">The file is damaged.</exception>
    public static List<Checkpoint> Read(IDisk disk)
    {
        if (!disk.Exists(FileName))
        {
            return [];
        }

        using IFile file = disk.Open(FileName);
        byte[] bytes = new byte[(int)Math.Min(file.Length, BytesMax)];
        string text = Encoding.UTF8.GetString(bytes.AsSpan(0, file.ReadAt(0, bytes)));
        string[] lines = text.Split('\n');
        if (lines.Length < 3 || lines[0] != Title || !IsIntact(text))
        {
            throw Damaged(0);
        }

        var checkpoints = new List<Checkpoint>();
        for (int i = 1; i < lines.Length - 2; i++)
        {
            checkpoints.Add(Parse(lines[i], i + 1));
        }

        return checkpoints;
    }

    /// <summary>Durable when it returns: new file, flush, rename over the old one, flush of the folder.</summary>
    public static void Write(IDisk disk, IReadOnlyList<Checkpoint> checkpoints)
    {
        var text = new StringBuilder(Title).Append('\n');
        foreach (Checkpoint c in checkpoints)
        {
            text.Append(CultureInfo.InvariantCulture, $"{c.Name} {c.Block.Number} {c.Block.Id} {c.Irreversible}\n");
        }

        uint crc = Crc(text.ToString());
        text.Append(CultureInfo.InvariantCulture, $"crc {crc:x8}\n");
        disk.Delete(NewFileName);
        using (IFile file = disk.Open(NewFileName))
        {
            file.Append(Encoding.UTF8.GetBytes(text.ToString()));
            file.Flush();
        }

        disk.Rename(NewFileName, FileName);
        disk.FlushFolder();
    }

    private static uint Crc(string text) => Crc32C.Of(Encoding.UTF8.GetBytes(text));

    private static bool IsIntact(string text)
    {
        int at = text.LastIndexOf("crc ", StringComparison.Ordinal);
        return at >= 0 && text[at..] == string.Create(CultureInfo.InvariantCulture, $"crc {Crc(text[..at]):x8}\n");
    }

    private static Checkpoint Parse(string line, int number)
    {
        string[] parts = line.Split(' ');
        return parts.Length == 4
            && ulong.TryParse(parts[1], CultureInfo.InvariantCulture, out ulong block)
            && parts[2].Length == 2 * Hash256.Size
            && ulong.TryParse(parts[3], CultureInfo.InvariantCulture, out ulong irreversible)
            ? new Checkpoint(parts[0], new ChainPoint(block, Hash256.FromHex(parts[2])), irreversible)
            : throw Damaged(number);
    }

    private static StorageException Damaged(int line) => new(
        $"{FileName}: line {line} is damaged. Nothing was changed. Restore the file from a backup, or delete it to build the "
        + "state again from the first block of the log.");
}

/// <summary>A saved state and where it stands.</summary>
/// <param name="Name">Name of the saved state.</param>
/// <param name="Block">The last block that is part of the state.</param>
/// <param name="Irreversible">The last irreversible block then.</param>
internal sealed record Checkpoint(string Name, ChainPoint Block, ulong Irreversible);
