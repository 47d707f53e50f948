using FASTER.core;
using Tactus.Engine.Storage;

namespace Tactus.Engine.State.Faster;

/// <summary>Saves a <see cref="FasterStateStore"/> by FASTER's own snapshot checkpoints, in its folder, beside the commits. A
/// small file <c>state-NAME</c> ties FASTER's two tokens and the record counts to a name.</summary>
public sealed class FasterCheckpoints(FasterStateStore store) : IStateCheckpoints
{
    private const string Prefix = "state-";
    private const ulong Magic = 0x3253524554534654; // "TFSTERS2"
    private const string IncrementsName = "delta.dat";

    private static readonly string[] CheckpointKinds = ["cpr-checkpoints", "index-checkpoints"];

    private readonly FileDisk _disk = new(store.Options.Folder);

    public IStateStore Store => store;

    public IStateSave Begin(string name)
    {
        _disk.Delete(Prefix + name);
        long cellCount = store.CellCount;
        long blobCount = store.BlobCount;
        (Guid cells, Task cellsSaved) = Begin(store.Cells, store.CellsCrossed);
        (Guid blobs, Task blobsSaved) = Begin(store.Blobs, store.BlobsCrossed);
        var save = new Save(Task.Run(async () =>
        {
            await cellsSaved;
            await blobsSaved;
            FlushTree(Path.Combine(store.Options.Folder, "cells"));
            FlushTree(Path.Combine(store.Options.Folder, "blobs"));
            using var writer = new ChecksummedWriter(_disk.Open(Prefix + name));
            writer.Write(Magic);
            writer.Write(cells);
            writer.Write(blobs);
            writer.Write(cellCount);
            writer.Write(blobCount);
            WriteSums(writer, cells, blobs);
            writer.Finish();
            FlushFiles(store.Options.Folder);
            _disk.FlushFolder();
        }));
        if (store.MaySpill)
        {
            // Measured: a snapshot beside commits that push pages out of memory was wrong in about one run of four.
            save.Finish();
        }

        return save;
    }

    public void Restore(string name)
    {
        store.Reopen();
        try
        {
            (Guid cells, Guid blobs, long cellCount, long blobCount) = ReadTokens(name, checkFiles: true);
            store.Cells.Recover(cells);
            store.Blobs.Recover(blobs);
            store.AddCounts(cellCount, blobCount);
        }
        catch (Exception e) when (e is not StorageException)
        {
            store.Reopen();
            throw new StorageException($"FASTER cannot read its checkpoint {name} in {store.Options.Folder}: {e.Message}", e);
        }
    }

    public void Clear() => store.Reopen();

    public void Delete(string name)
    {
        if (_disk.Exists(Prefix + name))
        {
            try
            {
                (Guid cells, Guid blobs, _, _) = ReadTokens(name, checkFiles: false);
                DeleteTokens("cells", cells);
                DeleteTokens("blobs", blobs);
            }
            catch (StorageException)
            {
                // A damaged name file no longer says which folders are its own; DeleteStrays finds them.
            }

            _disk.Delete(Prefix + name);
        }

        DeleteStrays();
    }

    public IReadOnlyList<string> List() =>
        [.. _disk.List().Where(file => file.StartsWith(Prefix, StringComparison.Ordinal)).Select(file => file[Prefix.Length..])];

    // Between two commits no session protects an epoch, so FASTER crosses to the next version before this returns: what is
    // committed from now on is written beside the records of the snapshot, not over them.
    private static (Guid Token, Task Saved) Begin<TValue>(FasterKV<StateKey, TValue> log, VersionCrossing crossed)
    {
        crossed.Reset();
        if (!log.TryInitiateFullCheckpoint(out Guid token, CheckpointType.Snapshot))
        {
            throw new StorageException("FASTER is still busy with another checkpoint");
        }

        Task saved = Task.Run(async () =>
        {
            try
            {
                await log.CompleteCheckpointAsync();
            }
            finally
            {
                crossed.Set();
            }
        });
        crossed.Wait();
        return (token, saved);
    }

    private static void FlushTree(string folder)
    {
        foreach (string inner in Directory.EnumerateDirectories(folder, "*", SearchOption.AllDirectories).Append(folder))
        {
            FlushFiles(inner);
            FileDisk.FlushFolder(inner);
        }
    }

    private static void FlushFiles(string folder)
    {
        foreach (string path in Directory.EnumerateFiles(folder))
        {
            using Microsoft.Win32.SafeHandles.SafeFileHandle handle =
                File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            RandomAccess.FlushToDisk(handle);
        }
    }

    private (Guid Cells, Guid Blobs, long CellCount, long BlobCount) ReadTokens(string name, bool checkFiles)
    {
        using var reader = new ChecksummedReader(_disk, Prefix + name);
        if (reader.Read<ulong>() != Magic)
        {
            throw new StorageException($"{Prefix + name} names no FASTER checkpoint");
        }

        var tokens = (reader.Read<Guid>(), reader.Read<Guid>(), reader.Read<long>(), reader.Read<long>());
        if (checkFiles)
        {
            CheckSums(reader, tokens.Item1, tokens.Item2);
        }

        return tokens;
    }

    // FASTER's pages carry no checksum of their own, so each file of the checkpoint gets one here.
    private void WriteSums(ChecksummedWriter writer, Guid cells, Guid blobs)
    {
        List<string> files = FilesOf(cells, blobs);
        writer.Write(files.Count);
        foreach (string path in files)
        {
            (long length, uint crc) = SumOf(path);
            writer.Write(length);
            writer.Write(crc);
        }
    }

    private void CheckSums(ChecksummedReader reader, Guid cells, Guid blobs)
    {
        List<string> files = FilesOf(cells, blobs);
        if (reader.ReadLength(int.MaxValue) != files.Count)
        {
            throw new StorageException($"files of FASTER's checkpoint {cells} or {blobs} are missing");
        }

        foreach (string path in files)
        {
            if ((reader.Read<long>(), reader.Read<uint>()) != SumOf(path))
            {
                throw new StorageException($"{path} is cut or damaged: its checksum does not hold");
            }
        }
    }

    private List<string> FilesOf(Guid cells, Guid blobs)
    {
        var files = new List<string>();
        foreach (string folder in FoldersOf("cells", cells).Concat(FoldersOf("blobs", blobs)))
        {
            if (Directory.Exists(folder))
            {
                files.AddRange(
                    Directory.EnumerateFiles(folder).Where(IsPartOfCheckpoint).Order(StringComparer.Ordinal));
            }
        }

        return files;
    }

    // A restore opens a log of increments beside the snapshot, which is no part of what was saved: it stays empty.
    private static bool IsPartOfCheckpoint(string path) =>
        !Path.GetFileName(path).StartsWith(IncrementsName, StringComparison.Ordinal);

    private IEnumerable<string> FoldersOf(string log, Guid token) =>
        CheckpointKinds.Select(kind => Path.Combine(store.Options.Folder, log, kind, token.ToString()));

    private static (long Length, uint Crc) SumOf(string path)
    {
        using Microsoft.Win32.SafeHandles.SafeFileHandle handle =
            File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        byte[] chunk = new byte[1 << 18];
        long at = 0;
        uint crc = 0;
        for (int read; (read = RandomAccess.Read(handle, chunk, at)) > 0; at += read)
        {
            crc = Crc32C.Of(chunk.AsSpan(0, read), crc);
        }

        return (at, crc);
    }

    private void DeleteTokens(string log, Guid token)
    {
        foreach (string folder in FoldersOf(log, token))
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    // Folders of checkpoints that a crash cut short have no name file.
    private void DeleteStrays()
    {
        HashSet<Guid> named = [];
        foreach (string name in List())
        {
            try
            {
                (Guid cells, Guid blobs, _, _) = ReadTokens(name, checkFiles: false);
                named.Add(cells);
                named.Add(blobs);
            }
            catch (StorageException)
            {
                return;
            }
        }

        foreach (string log in (string[])["cells", "blobs"])
        {
            foreach (string kind in CheckpointKinds)
            {
                string folder = Path.Combine(store.Options.Folder, log, kind);
                foreach (string inner in Directory.Exists(folder) ? Directory.GetDirectories(folder) : [])
                {
                    if (Guid.TryParse(Path.GetFileName(inner), out Guid token) && !named.Contains(token))
                    {
                        DeleteTokens(log, token);
                    }
                }
            }
        }
    }

    private sealed class Save(Task saved) : IStateSave
    {
        public bool IsComplete => saved.IsCompleted;

        public void Finish()
        {
            try
            {
                saved.GetAwaiter().GetResult();
            }
            catch (Exception e) when (e is not StorageException)
            {
                throw new StorageException($"FASTER could not save a checkpoint: {e.Message}", e);
            }
        }
    }
}
