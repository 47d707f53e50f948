using System.Security.Cryptography;
using Tactus.Engine.State;
using Tactus.Engine.State.Faster;
using Tactus.Engine.Storage;

namespace Tactus.Host.Devnet;

/// <summary>The chain store of a devnet, over FASTER or over memory.</summary>
internal sealed class DevnetStore : IDisposable
{
    private readonly IDisposable _state;

    private DevnetStore(ChainStore chain, IDisposable state)
    {
        Chain = chain;
        _state = state;
    }

    public ChainStore Chain { get; }

    /// <param name="kind">"faster" or "memory".</param>
    /// <param name="folder">Data folder.</param>
    /// <param name="disk">The same folder for log and checkpoints.</param>
    /// <param name="records">Records expected, which size the index.</param>
    public static DevnetStore Open(string kind, string folder, IDisk disk, long records)
    {
        // At random, so that no bytes inside a block can pass for a record of the log after a torn write.
        var log = new BlockLogOptions { RecordMark = BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(4)) };
        if (kind == "memory")
        {
            var memory = new MemoryStateStore(records);
            return new DevnetStore(ChainStore.Open(disk, new MemoryCheckpoints(memory, disk), log), memory);
        }

        var faster = new FasterStateStore(
            new FasterStateOptions { Folder = Path.Combine(folder, "state"), CellsExpected = records });
        return new DevnetStore(ChainStore.Open(disk, new FasterCheckpoints(faster), log), faster);
    }

    public void Dispose()
    {
        Chain.Dispose();
        _state.Dispose();
    }
}
