using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Consensus;
using Tactus.Engine.Protocols.Antelope.Types;

namespace Tactus.Engine.Protocols.Antelope.Logs;

/// <summary>A reversible block as nodeos keeps it.</summary>
/// <param name="State">Consensus state after the block.</param>
/// <param name="Block">The block.</param>
/// <param name="Validated">It was executed, not only its header checked.</param>
public sealed record ReversibleBlock(HeaderState State, SignedBlock Block, bool Validated);

/// <summary>The fork_db.dat that nodeos leaves when it stops: the state at the last irreversible block and the blocks
/// after it (leap v5.0.3 fork_database.cpp).</summary>
/// <param name="Root">State of the last block of the log.</param>
/// <param name="Blocks">Reversible blocks, as stored: parents before children.</param>
/// <param name="HeadId">The block that was the head.</param>
public sealed record ForkDatabaseFile(HeaderState Root, IReadOnlyList<ReversibleBlock> Blocks, Hash256 HeadId)
{
    /// <summary>Largest file read, in bytes. A stalled chain of 21 producers has some 330 blocks of at most 1
    /// MiB.</summary>
    public const int BytesMax = 1024 * 1024 * 1024;

    private const uint Magic = 0x30510FDB;
    private const uint Version = 1;

    /// <summary>Smallest block state: three numbers, four hashes, a header.</summary>
    private const int BlockStateBytesMin = 12 + (4 * Hash256.Size) + BlockHeader.SizeMin;

    /// <exception cref="BlockLogException">No file that can be read; the message says what to do.</exception>
    public static ForkDatabaseFile Open(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (file.Length > BytesMax)
            {
                throw new BlockLogException($"fork_db.dat: {file.Length} bytes exceed the limit {BytesMax}");
            }

            return Read(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BlockLogException($"fork_db.dat {path}: {e.Message}");
        }
    }

    /// <exception cref="BlockLogException">The bytes are no fork_db.dat of version 1, or states and blocks in it
    /// disagree.</exception>
    public static ForkDatabaseFile Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new ByteReader(bytes);
        uint magic = reader.ReadUInt32();
        uint version = reader.ReadUInt32();
        if (!reader.Failed && (magic != Magic || version != Version))
        {
            throw new BlockLogException(
                $"fork_db.dat: magic {magic:x8} version {version}, only {Magic:x8} version {Version} (Leap and EOSIO) "
                + "can be read; "
                + "without it a replay ends at the last block of blocks.log");
        }

        var root = HeaderState.Read(ref reader);
        int count = reader.ReadCount(WireLimits.ElementsMax, BlockStateBytesMin, "reversible blocks");
        var blocks = new List<ReversibleBlock>(count);
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReversibleBlock block = ReadBlock(ref reader);
            if (!reader.Failed && block.Block.Id() != block.State.Id)
            {
                throw new BlockLogException(
                    $"fork_db.dat: state {i} is of block {block.State.Id}, the block beside it is {block.Block.Id()}",
                    block.State.Number);
            }

            blocks.Add(block);
        }

        Hash256 headId = reader.ReadHash256();
        if (!reader.Failed && reader.Remaining != 0)
        {
            reader.Fail($"{reader.Remaining} bytes follow the head id");
        }

        if (reader.Failed)
        {
            throw new BlockLogException($"fork_db.dat: malformed at byte {reader.FailOffset}: {reader.FailReason}");
        }

        return headId == root.Id || blocks.Exists(block => block.State.Id == headId)
            ? new ForkDatabaseFile(root, blocks, headId)
            : throw new BlockLogException($"fork_db.dat: its head {headId} is none of its {blocks.Count} blocks");
    }

    private static ReversibleBlock ReadBlock(ref ByteReader reader)
    {
        var state = HeaderState.Read(ref reader);
        if (!reader.ReadBool())
        {
            reader.Fail("a reversible block is missing");
        }

        var block = SignedBlock.Read(ref reader);
        return new ReversibleBlock(state, block, reader.ReadBool());
    }
}
