using Tactus.Engine.Storage;

namespace Tactus.Engine.State;

/// <summary>Saves a <see cref="MemoryStateStore"/> as one checksummed file: cells (key, cell), then blobs (key, length,
/// bytes). Whole and at once: small chains and tests.</summary>
public sealed class MemoryCheckpoints(MemoryStateStore store, IDisk disk) : IStateCheckpoints
{
    private const string Prefix = "state-";
    private const ulong Magic = 0x3145544154534354; // "TCSTATE1"

    public IStateStore Store => store;

    public IStateSave Begin(string name)
    {
        disk.Delete(Prefix + name);
        using var writer = new ChecksummedWriter(disk.Open(Prefix + name));
        writer.Write(Magic);
        writer.Write(store.CellCount);
        writer.Write(store.BlobCount);
        store.ScanCells(new CellSaver(writer));
        foreach ((StateKey key, byte[] bytes) in store.Blobs)
        {
            writer.Write(key);
            writer.Write(bytes.Length);
            writer.Write(bytes);
        }

        writer.Finish();
        disk.FlushFolder();
        return new Done();
    }

    public void Restore(string name)
    {
        store.Clear();
        using var reader = new ChecksummedReader(disk, Prefix + name);
        if (reader.Read<ulong>() != Magic)
        {
            throw new StorageException($"{Prefix + name} is no saved state");
        }

        long cells = reader.Read<long>();
        long blobs = reader.Read<long>();
        var writes = new BlockWrites();
        for (long i = 0; i < cells; i++)
        {
            StateKey key = reader.Read<StateKey>();
            writes.Clear();
            writes.Add(key, reader.Read<StateCell>(), present: true, wasPresent: false);
            Commit(writes);
        }

        for (long i = 0; i < blobs; i++)
        {
            StateKey key = reader.Read<StateKey>();
            byte[] bytes = new byte[reader.ReadLength(StateLimits.BlobBytesMax)];
            reader.Read(bytes);
            writes.Clear();
            writes.AddBlob(key, bytes, present: true, wasPresent: false);
            Commit(writes);
        }
    }

    public void Clear() => store.Clear();

    public void Delete(string name)
    {
        if (disk.Exists(Prefix + name))
        {
            disk.Delete(Prefix + name);
        }
    }

    public IReadOnlyList<string> List() =>
        [.. disk.List().Where(file => file.StartsWith(Prefix, StringComparison.Ordinal)).Select(file => file[Prefix.Length..])];

    private void Commit(BlockWrites writes)
    {
        store.Commit(writes);
    }

    private readonly struct CellSaver(ChecksummedWriter writer) : ICellVisitor
    {
        public void Visit(in StateKey key, in StateCell cell)
        {
            writer.Write(key);
            writer.Write(cell);
        }
    }

    private sealed class Done : IStateSave
    {
        public bool IsComplete => true;

        public void Finish()
        {
            // It was durable before Begin returned.
        }
    }
}
