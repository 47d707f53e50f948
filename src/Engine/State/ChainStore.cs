using System.Globalization;
using Tactus.Engine.Pipeline;
using Tactus.Engine.Storage;

namespace Tactus.Engine.State;

/// <summary>Keeps blocks and state together on disk: block log, state store, undo records and checkpoints.</summary>
/// <remarks>
/// Order of durability (docs/decisions/0010-block-log-and-checkpoints.md): a block is in the log before the state changes; a
/// checkpoint counts once the log up to its block, the saved state, its undo records and the manifest are durable, in that
/// order; the one before is deleted afterwards. So at any instant the disk holds a checkpoint and the log of what followed.
/// One thread at a time; reads of the state may go on beside it.
/// </remarks>
public sealed class ChainStore : IDisposable
{
    /// <summary>Largest attachment of a checkpoint: 256 MiB.</summary>
    public const int AttachmentBytesMax = 256 << 20;

    /// <summary>Blocks of fewer bytes are not worth another thread.</summary>
    private const int BesideBytesMin = 1 << 18;

    private const string PointPrefix = "point-";
    private const int CheckpointsKept = 2;
    private const ulong PointMagic = 0x32544E494F504354; // "TCPOINT2"

    private readonly IDisk _disk;
    private readonly IStateCheckpoints _checkpoints;
    private readonly BlockWrites _writes = new();
    private readonly CommitJob _commit = new();
    private IParallelRunner _runner = SerialRunner.Instance;
    private readonly BlockWrites _before = new();
    private readonly List<string> _notes;
    private List<Checkpoint> _saved = [];
    private (Checkpoint Point, IStateSave Save)? _saving;
    private ulong _nextName;

    private ChainStore(IDisk disk, IStateCheckpoints checkpoints, BlockLog log, UndoLog undo)
    {
        _disk = disk;
        _checkpoints = checkpoints;
        Log = log;
        Undo = undo;
        _notes = [.. log.Notes];
    }

    /// <summary>The committed state. It stands at <see cref="Head"/>.</summary>
    public IStateStore State => _checkpoints.Store;

    /// <summary>The blocks.</summary>
    public BlockLog Log { get; }

    /// <summary>What takes the blocks above <see cref="Irreversible"/> back.</summary>
    public UndoLog Undo { get; }

    /// <summary>The block on which the state stands; null before genesis.</summary>
    public ChainPoint? Head { get; private set; }

    /// <summary>The last irreversible block: nothing at or below it is ever taken back.</summary>
    public ulong Irreversible { get; private set; }

    /// <summary>The bytes that the caller saved with the checkpoint from which the state was restored (its consensus state).</summary>
    public byte[] Attachment { get; private set; } = [];

    /// <summary>The restored checkpoint's block, to which <see cref="Attachment"/> belongs; null where there was none.</summary>
    public ChainPoint? RestoredAt { get; private set; }

    /// <summary>What opening found and mended: lines for the operator.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>Names the threads that commits may use.</summary>
    public void Use(IParallelRunner runner)
    {
        _runner = runner;
        _commit.CloseSessions();
    }

    /// <summary>Where threads that help to commit note their time; null: nowhere.</summary>
    public StageClock? Clock
    {
        get => _commit.Clock;
        set => (_commit.Clock, _commit.Stage) = (value, Stage.Commit);
    }

    /// <summary>Blocks of the log that the state does not have: after <see cref="Open"/>, to be applied and committed again.</summary>
    public ulong BlocksToReapply
    {
        get
        {
            if (Log.IsEmpty)
            {
                return 0;
            }

            ulong next = Head is { } head ? head.Number + 1 : Log.First;
            return Log.Head + 1 > next ? Log.Head + 1 - next : 0;
        }
    }

    /// <summary>Opens the folder: cuts a torn tail of the log, restores the newest good checkpoint, takes back what of it is
    /// no longer on the log's branch. The caller then applies blocks Head+1 .. Log.Head again and commits each.</summary>
    /// <exception cref="StorageException">The log or the manifest is damaged, or lacks what a checkpoint holds as final.</exception>
    public static ChainStore Open(
        IDisk disk, IStateCheckpoints checkpoints, BlockLogOptions? options = null, int undoBlocksMax = StateLimits.UndoBlocksMax)
    {
        List<Checkpoint> saved = CheckpointManifest.Read(disk);
        BlockLog log = BlockLog.Open(disk, options);
        try
        {
            var chain = new ChainStore(disk, checkpoints, log, new UndoLog(undoBlocksMax)) { _saved = saved };
            chain.Restore();
            chain.DeleteStrays();
            return chain;
        }
        catch
        {
            log.Dispose();
            throw;
        }
    }

    /// <summary>Commits the genesis state, which is in no log: made again at every start without a checkpoint.</summary>
    /// <exception cref="InvalidOperationException">The state is not empty.</exception>
    public void CommitGenesis(in ChainPoint point, BlockView view)
    {
        if (Head is not null)
        {
            throw new InvalidOperationException($"the state stands at {Head}; genesis is committed to an empty state only");
        }

        view.Collect(_writes, _before);
        State.Commit(_writes);
        view.Reset();
        Head = point;
        Irreversible = point.Number;
    }

    /// <summary>Commits the next block: log first, then state. A block that the log already has there (a block applied again
    /// after a restart) is not appended twice. Resets the view.</summary>
    /// <exception cref="ArgumentException">The block does not follow the head.</exception>
    /// <exception cref="InvalidOperationException">Finality lags too far (<see cref="UndoLog.CheckRoom"/>); nothing changed.</exception>
    /// <exception cref="IOException">The disk failed: stop and restart; no committed block is lost.</exception>
    public void Commit(in ChainPoint block, ReadOnlySpan<byte> bytes, BlockView view)
    {
        CheckNext(block);
        view.Collect(_writes, _before);
        Commit(block, bytes, _writes, _before);
        view.Reset();
    }

    /// <summary>The same for a block that stays in memory meanwhile: a large one is written to the log on another thread while
    /// the state changes. Both are done on return; where the disk fails, the state is as it was.</summary>
    /// <inheritdoc cref="Commit(in ChainPoint, ReadOnlySpan{byte}, BlockView)"/>
    public void CommitBeside(in ChainPoint block, ReadOnlyMemory<byte> bytes, BlockView view)
    {
        if (bytes.Length < BesideBytesMin || IsLogged(block))
        {
            Commit(block, bytes.Span, view);
            return;
        }

        CheckNext(block);
        ChainPoint point = block;
        var append = Task.Run(() => Log.Append(point.Number, point.Id, bytes.Span));
        _commit.Run(_runner, State, view.Overlay, _writes, _before);
        try
        {
            append.GetAwaiter().GetResult();
        }
        catch
        {
            State.Commit(_before);
            throw;
        }

        Advance(block, _before);
        view.Reset();
    }

    /// <summary>Commits writes and before-images that were collected already (<see cref="BlockView.Collect"/>). The buffers of
    /// <paramref name="before"/> go to the undo log; others, empty, come back in their place.</summary>
    /// <exception cref="ArgumentException">The block does not follow the head.</exception>
    /// <exception cref="InvalidOperationException">Finality lags too far (<see cref="UndoLog.CheckRoom"/>); nothing changed.</exception>
    /// <exception cref="IOException">The disk failed: stop and restart; no committed block is lost.</exception>
    public void Commit(in ChainPoint block, ReadOnlySpan<byte> bytes, BlockWrites writes, BlockWrites before)
    {
        CheckNext(block);
        if (!IsLogged(block))
        {
            Log.Append(block.Number, block.Id, bytes);
        }

        State.Commit(writes);
        Advance(block, before);
    }

    private bool IsLogged(in ChainPoint block) =>
        Log.TryReadId(block.Number, out Primitives.Hash256 logged) && logged == block.Id;

    private void Advance(in ChainPoint block, BlockWrites before)
    {
        UndoRecord undo = Undo.Rent();
        undo.Block = block;
        undo.Parent = Head ?? default;
        undo.Before.ExchangeWith(before);
        Undo.Push(undo);
        Head = block;
        PollCheckpoint();
    }

    /// <summary>Takes the newest blocks back until the state stands at a number. The log keeps them until another branch is
    /// committed in their place; a crash before that comes back to the old branch.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is above the head or below the last irreversible block.</exception>
    public void Unwind(ulong toNumber)
    {
        if (Head is not { } head || toNumber > head.Number || toNumber < Irreversible)
        {
            throw new ArgumentOutOfRangeException(
                nameof(toNumber), toNumber, $"the state can go from {Head} back to block {Irreversible}, the last irreversible one");
        }

        while (Head is { } now && now.Number > toNumber)
        {
            if (!TryUnwindOne())
            {
                throw new InvalidOperationException($"no undo record for {now}, though block {Irreversible} is the last irreversible one");
            }
        }
    }

    /// <summary>Advances finality: undo records up to the number are dropped, its blocks can no longer be replaced.</summary>
    public void SetIrreversible(ulong number)
    {
        if (Head is not { } head || number > head.Number)
        {
            throw new ArgumentOutOfRangeException(nameof(number), number, $"the head is {Head}");
        }

        if (number > Irreversible)
        {
            Irreversible = number;
            Undo.DropThrough(number);
            Log.SetIrreversible(number);
        }
    }

    /// <summary>Begins a checkpoint of the state as it stands. It goes on beside the next commits, which finish it when it is
    /// complete; one at a time: false where one is under way.</summary>
    /// <param name="attachment">Bytes to find again in <see cref="Attachment"/>, for instance the consensus state.</param>
    /// <exception cref="InvalidOperationException">There is no state yet.</exception>
    public bool BeginCheckpoint(ReadOnlySpan<byte> attachment = default)
    {
        if (Head is not { } head)
        {
            throw new InvalidOperationException("there is no state to save before genesis");
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThan(attachment.Length, AttachmentBytesMax, nameof(attachment));
        if (_saving is not null)
        {
            return false;
        }

        Log.Flush();
        string name = _nextName++.ToString("x8", CultureInfo.InvariantCulture);
        var point = new Checkpoint(name, head, Irreversible);
        SavePoint(point, attachment);
        _saving = (point, _checkpoints.Begin(name));
        PollCheckpoint();
        return true;
    }

    /// <summary>Takes a checkpoint and waits until it is durable.</summary>
    public void Checkpoint(ReadOnlySpan<byte> attachment = default)
    {
        FinishCheckpoint();
        BeginCheckpoint(attachment);
        FinishCheckpoint();
    }

    /// <summary>Waits for the checkpoint that is under way, if any.</summary>
    public void FinishCheckpoint()
    {
        if (_saving is not { } saving)
        {
            return;
        }

        _saving = null;
        saving.Save.Finish();
        List<Checkpoint> saved = [saving.Point, .. _saved.Take(CheckpointsKept - 1)];
        CheckpointManifest.Write(_disk, saved);
        List<Checkpoint> old = _saved;
        _saved = saved;
        foreach (Checkpoint checkpoint in old.Skip(CheckpointsKept - 1))
        {
            DeleteSaved(checkpoint.Name);
        }
    }

    public void Dispose()
    {
        _commit.CloseSessions();
        Log.Dispose();
    }

    private void CheckNext(in ChainPoint block)
    {
        if (Head is { } head && block.Number != head.Number + 1)
        {
            throw new ArgumentException($"{block} does not follow {head}", nameof(block));
        }

        Undo.CheckRoom();
    }

    private void PollCheckpoint()
    {
        if (_saving is { } saving && saving.Save.IsComplete)
        {
            FinishCheckpoint();
        }
    }

    private void Restore()
    {
        foreach (Checkpoint checkpoint in _saved)
        {
            if (Log.IsEmpty ? checkpoint.Irreversible != checkpoint.Block.Number : Log.Head < checkpoint.Irreversible)
            {
                throw new StorageException(
                    $"the block log ends at block {(Log.IsEmpty ? 0 : Log.Head)}, but a checkpoint holds block "
                    + $"{checkpoint.Irreversible} as irreversible: the log was cut or replaced. Restore it from a backup, or "
                    + $"delete {CheckpointManifest.FileName} to start again from what it has.");
            }

            try
            {
                RestoreFrom(checkpoint);
                return;
            }
            catch (StorageException e)
            {
                _notes.Add($"checkpoint {checkpoint.Name} at {checkpoint.Block} is not usable: {e.Message}");
            }
        }

        if (_saved.Count > 0)
        {
            _notes.Add("no checkpoint is usable: the state is built again from the first block of the log");
        }

        _checkpoints.Clear();
        Undo.Clear();
        Head = null;
        Irreversible = 0;
    }

    private void RestoreFrom(Checkpoint checkpoint)
    {
        LoadPoint(checkpoint);
        _checkpoints.Restore(checkpoint.Name);
        Head = checkpoint.Block;
        RestoredAt = checkpoint.Block;
        Irreversible = checkpoint.Irreversible;
        while (Head is { } head && !IsOnLog(head))
        {
            if (head.Number <= checkpoint.Irreversible || !TryUnwindOne())
            {
                throw new StorageException($"it is not on the branch that the block log has, and cannot be taken back below {head}");
            }
        }

        if (Head != checkpoint.Block)
        {
            _notes.Add($"checkpoint {checkpoint.Name} at {checkpoint.Block} was taken back to {Head}, where the log's branch leaves it");
        }

        Log.SetIrreversible(Irreversible);
    }

    // Genesis is in no log: it is on every branch.
    private bool IsOnLog(in ChainPoint point) => Log.IsEmpty || point.Number < Log.First
        ? point.Number == Irreversible
        : Log.TryReadId(point.Number, out Primitives.Hash256 id) && id == point.Id;

    private bool TryUnwindOne()
    {
        if (!Undo.TryPop(out UndoRecord? undo))
        {
            return false;
        }

        State.Commit(undo.Before);
        Head = undo.Parent;
        Undo.Return(undo);
        return true;
    }

    private void SavePoint(Checkpoint point, ReadOnlySpan<byte> attachment)
    {
        _disk.Delete(PointPrefix + point.Name);
        using var writer = new ChecksummedWriter(_disk.Open(PointPrefix + point.Name));
        writer.Write(PointMagic);
        writer.Write(point.Block);
        writer.Write(point.Irreversible);
        writer.Write(attachment.Length);
        writer.Write(attachment);
        Undo.Save(writer);
        writer.Finish();
        _disk.FlushFolder();
    }

    private void LoadPoint(Checkpoint checkpoint)
    {
        using var reader = new ChecksummedReader(_disk, PointPrefix + checkpoint.Name);
        if (reader.Read<ulong>() != PointMagic
            || reader.Read<ChainPoint>() != checkpoint.Block
            || reader.Read<ulong>() != checkpoint.Irreversible)
        {
            throw new StorageException($"{PointPrefix}{checkpoint.Name} belongs to another checkpoint");
        }

        Attachment = new byte[reader.ReadLength(AttachmentBytesMax)];
        reader.Read(Attachment);
        Undo.Load(reader);
    }

    private void DeleteSaved(string name)
    {
        _checkpoints.Delete(name);
        if (_disk.Exists(PointPrefix + name))
        {
            _disk.Delete(PointPrefix + name);
        }
    }

    // What a crash in the middle of a checkpoint left behind.
    private void DeleteStrays()
    {
        HashSet<string> names = [.. _checkpoints.List()];
        names.UnionWith(_disk.List()
            .Where(file => file.StartsWith(PointPrefix, StringComparison.Ordinal))
            .Select(file => file[PointPrefix.Length..]));
        foreach (string name in names.Order(StringComparer.Ordinal))
        {
            if (ulong.TryParse(name, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong number))
            {
                _nextName = Math.Max(_nextName, number + 1);
            }

            if (!_saved.Exists(checkpoint => checkpoint.Name == name))
            {
                DeleteSaved(name);
            }
        }
    }
}
