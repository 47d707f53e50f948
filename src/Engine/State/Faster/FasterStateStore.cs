using FASTER.core;

namespace Tactus.Engine.State.Faster;

/// <summary>The state in Microsoft FASTER: cells in a log of 80-byte records (8-byte header, key, cell), blobs in a second
/// log. Both are updated in place in memory; what outgrows the memory spills to the log's file and is read back from it.
/// Durable by checkpoints (<see cref="FasterCheckpoints"/>); the files are of no use without one.</summary>
public sealed class FasterStateStore : IStateStore
{
    internal const int CellRecordBytes = 8 + StateKey.Size + StateCell.Size;

    // A page must hold the largest record.
    internal const int BlobPageBytes = 2 * StateLimits.BlobBytesMax;

    private const int CountersPerLine = 8;

    // Times that writing to a partition began or ended, each in a line of memory of its own.
    private readonly long[] _writes = new long[StatePartitions.Count * CountersPerLine];
    private FasterKV<StateKey, StateCell>? _cells;
    private FasterKV<StateKey, SpanByte>? _blobs;
    private IDevice? _cellDevice;
    private IDevice? _blobDevice;
    private FasterSession? _commit;
    private volatile FasterPrefetch? _prefetch;
    private volatile bool _prefetchTried;
    private long _cellCount;
    private long _blobCount;

    /// <summary>An empty store. Restore a checkpoint through <see cref="FasterCheckpoints"/> before sessions are opened.</summary>
    public FasterStateStore(FasterStateOptions options)
    {
        Options = options;
        Directory.CreateDirectory(options.Folder);
        Open();
    }

    public long CellCount => Interlocked.Read(ref _cellCount);

    public long BlobCount => Interlocked.Read(ref _blobCount);

    public long MemoryBytes => IndexBytes(Cells.IndexSize, Cells.OverflowBucketCount) + Cells.Log.MemorySizeBytes
        + IndexBytes(Blobs.IndexSize, Blobs.OverflowBucketCount) + Blobs.Log.MemorySizeBytes;

    /// <summary>Length of both logs in bytes, replaced and deleted records included.</summary>
    public long LogBytes => Cells.Log.TailAddress - Cells.Log.BeginAddress + Blobs.Log.TailAddress - Blobs.Log.BeginAddress;

    /// <summary>Whether a log fills so much of its memory that pages may leave it during a checkpoint.</summary>
    internal bool MaySpill => FillsMemory(Cells.Log, Options.CellLogBytes) || FillsMemory(Blobs.Log, Options.BlobLogBytes);

    internal FasterStateOptions Options { get; }

    internal FasterKV<StateKey, StateCell> Cells => _cells ?? throw new ObjectDisposedException(nameof(FasterStateStore));

    internal FasterKV<StateKey, SpanByte> Blobs => _blobs ?? throw new ObjectDisposedException(nameof(FasterStateStore));

    /// <summary>Null where there is none. Made on first use: a restored store may have a new index.</summary>
    internal FasterPrefetch? Prefetch
    {
        get
        {
            if (!_prefetchTried)
            {
                _prefetch = FasterPrefetch.TryCreate(Cells);
                _prefetchTried = true;
            }

            return _prefetch;
        }
    }

    internal VersionCrossing CellsCrossed { get; private set; } = new();

    internal VersionCrossing BlobsCrossed { get; private set; } = new();

    internal FasterSession CommitSession => _commit ??= new FasterSession(this);

    public IStateSession OpenSession() => new FasterSession(this);

    public void Commit(BlockWrites writes)
    {
        FasterSession session = CommitSession;
        for (int i = 0; i < StatePartitions.Count; i++)
        {
            session.ApplyPartition(writes, i);
        }
    }

    public void Scan(StateHasher hasher)
    {
        FasterSession session = CommitSession;
        using (IFasterScanIterator<StateKey, StateCell> cells = Cells.Log.Scan(Cells.Log.BeginAddress, Cells.Log.TailAddress))
        {
            while (cells.GetNext(out RecordInfo info))
            {
                if (!info.Tombstone && session.IsNewestCell(ref cells.GetKey(), cells.CurrentAddress, out StateCell cell))
                {
                    hasher.AddCell(cells.GetKey(), cell);
                }
            }
        }

        using IFasterScanIterator<StateKey, SpanByte> blobs = Blobs.Log.Scan(Blobs.Log.BeginAddress, Blobs.Log.TailAddress);
        while (blobs.GetNext(out RecordInfo info))
        {
            if (!info.Tombstone && session.IsNewestBlob(ref blobs.GetKey(), blobs.CurrentAddress, out ReadOnlySpan<byte> bytes))
            {
                hasher.AddBlob(blobs.GetKey(), bytes);
            }
        }
    }

    public void Dispose()
    {
        _prefetchTried = true;
        _prefetch = null;
        _commit?.Dispose();
        _commit = null;
        _cells?.Dispose();
        _cells = null;
        _blobs?.Dispose();
        _blobs = null;
        _cellDevice?.Dispose();
        _blobDevice?.Dispose();
    }

    /// <summary>Odd while a partition is written: one writer at a time, so who reads twice the same even number saw no write
    /// between.</summary>
    internal ref long WritesTo(int partition) => ref _writes[partition * CountersPerLine];

    internal void AddCounts(long cells, long blobs)
    {
        Interlocked.Add(ref _cellCount, cells);
        Interlocked.Add(ref _blobCount, blobs);
    }

    /// <summary>Throws the content away and starts empty, with the sessions of before void.</summary>
    internal void Reopen()
    {
        Dispose();
        Open();
    }

    internal void Open()
    {
        _cellCount = 0;
        _blobCount = 0;
        long cellBytes = Options.CellLogBytes;
        _cellDevice = Devices.CreateLogDevice(Path.Combine(Options.Folder, "cells.log"));
        _cells = new FasterKV<StateKey, StateCell>(new FasterKVSettings<StateKey, StateCell>
        {
            IndexSize = Options.CellIndexBytes,
            LogDevice = _cellDevice,
            MemorySize = cellBytes,
            PageSize = Math.Clamp(cellBytes / 64, 1 << 14, 1 << 22),
            SegmentSize = 1 << 30,
            MutableFraction = 0.9,
            EqualityComparer = new StateKeyComparer(),
            ConcurrencyControlMode = ConcurrencyControlMode.RecordIsolation,
            CheckpointDir = Path.Combine(Options.Folder, "cells"),
            RemoveOutdatedCheckpoints = false, // the chain store deletes them, once a newer one is durable
        });
        _blobDevice = Devices.CreateLogDevice(Path.Combine(Options.Folder, "blobs.log"));
        _blobs = new FasterKV<StateKey, SpanByte>(new FasterKVSettings<StateKey, SpanByte>
        {
            IndexSize = Math.Max(1 << 16, Options.CellIndexBytes / 8),
            LogDevice = _blobDevice,
            MemorySize = Options.BlobLogBytes,
            PageSize = BlobPageBytes,
            SegmentSize = 1 << 30,
            MutableFraction = 0.9,
            EqualityComparer = new StateKeyComparer(),
            ConcurrencyControlMode = ConcurrencyControlMode.RecordIsolation,
            CheckpointDir = Path.Combine(Options.Folder, "blobs"),
            RemoveOutdatedCheckpoints = false,
        });
        RegisterCrossings();
        _prefetchTried = false;
    }

    private static bool FillsMemory<TValue>(LogAccessor<StateKey, TValue> log, long memoryBytes) =>
        log.TailAddress - log.BeginAddress > memoryBytes / 2;

    private void RegisterCrossings()
    {
        CellsCrossed = new VersionCrossing();
        BlobsCrossed = new VersionCrossing();
        Cells.UnsafeRegisterCallback(CellsCrossed);
        Blobs.UnsafeRegisterCallback(BlobsCrossed);
    }

    private static long IndexBytes(long buckets, long overflowBuckets) => (buckets + overflowBuckets) * 64;
}
