using FASTER.core;

namespace Tactus.Engine.State.Faster;

/// <summary>How FASTER copies cells. A struct, so that each session's code is compiled for it.</summary>
internal struct CellFunctions : IFunctions<StateKey, StateCell, StateCell, StateCell, Empty>
{
    public readonly bool SingleReader(
        ref StateKey key, ref StateCell input, ref StateCell value, ref StateCell dst, ref ReadInfo readInfo)
    {
        dst = value;
        return true;
    }

    public readonly bool ConcurrentReader(
        ref StateKey key, ref StateCell input, ref StateCell value, ref StateCell dst, ref ReadInfo readInfo)
    {
        dst = value;
        return true;
    }

    public readonly void ReadCompletionCallback(
        ref StateKey key, ref StateCell input, ref StateCell output, Empty ctx, Status status, RecordMetadata recordMetadata)
    {
    }

    public readonly bool SingleWriter(
        ref StateKey key, ref StateCell input, ref StateCell src, ref StateCell dst, ref StateCell output,
        ref UpsertInfo upsertInfo, WriteReason reason)
    {
        dst = src;
        return true;
    }

    public readonly void PostSingleWriter(
        ref StateKey key, ref StateCell input, ref StateCell src, ref StateCell dst, ref StateCell output,
        ref UpsertInfo upsertInfo, WriteReason reason)
    {
    }

    public readonly bool ConcurrentWriter(
        ref StateKey key, ref StateCell input, ref StateCell src, ref StateCell dst, ref StateCell output,
        ref UpsertInfo upsertInfo)
    {
        dst = src;
        return true;
    }

    // Blocks write whole cells: no read-modify-write reaches the store.
    public readonly bool NeedInitialUpdate(ref StateKey key, ref StateCell input, ref StateCell output, ref RMWInfo rmwInfo) =>
        throw new NotSupportedException();

    public readonly bool InitialUpdater(
        ref StateKey key, ref StateCell input, ref StateCell value, ref StateCell output, ref RMWInfo rmwInfo) =>
        throw new NotSupportedException();

    public readonly void PostInitialUpdater(
        ref StateKey key, ref StateCell input, ref StateCell value, ref StateCell output, ref RMWInfo rmwInfo) =>
        throw new NotSupportedException();

    public readonly bool NeedCopyUpdate(
        ref StateKey key, ref StateCell input, ref StateCell oldValue, ref StateCell output, ref RMWInfo rmwInfo) =>
        throw new NotSupportedException();

    public readonly bool CopyUpdater(
        ref StateKey key, ref StateCell input, ref StateCell oldValue, ref StateCell newValue, ref StateCell output,
        ref RMWInfo rmwInfo) => throw new NotSupportedException();

    public readonly void PostCopyUpdater(
        ref StateKey key, ref StateCell input, ref StateCell oldValue, ref StateCell newValue, ref StateCell output,
        ref RMWInfo rmwInfo) => throw new NotSupportedException();

    public readonly bool InPlaceUpdater(
        ref StateKey key, ref StateCell input, ref StateCell value, ref StateCell output, ref RMWInfo rmwInfo) =>
        throw new NotSupportedException();

    public readonly void RMWCompletionCallback(
        ref StateKey key, ref StateCell input, ref StateCell output, Empty ctx, Status status, RecordMetadata recordMetadata)
    {
    }

    public readonly bool SingleDeleter(ref StateKey key, ref StateCell value, ref DeleteInfo deleteInfo)
    {
        value = default;
        return true;
    }

    public readonly void PostSingleDeleter(ref StateKey key, ref DeleteInfo deleteInfo)
    {
    }

    public readonly bool ConcurrentDeleter(ref StateKey key, ref StateCell value, ref DeleteInfo deleteInfo)
    {
        value = default;
        return true;
    }

    public readonly void DisposeSingleWriter(
        ref StateKey key, ref StateCell input, ref StateCell src, ref StateCell dst, ref StateCell output,
        ref UpsertInfo upsertInfo, WriteReason reason)
    {
    }

    public readonly void DisposeCopyUpdater(
        ref StateKey key, ref StateCell input, ref StateCell oldValue, ref StateCell newValue, ref StateCell output,
        ref RMWInfo rmwInfo)
    {
    }

    public readonly void DisposeInitialUpdater(
        ref StateKey key, ref StateCell input, ref StateCell value, ref StateCell output, ref RMWInfo rmwInfo)
    {
    }

    public readonly void DisposeSingleDeleter(ref StateKey key, ref StateCell value, ref DeleteInfo deleteInfo)
    {
    }

    public readonly void DisposeDeserializedFromDisk(ref StateKey key, ref StateCell value)
    {
    }

    public readonly void CheckpointCompletionCallback(int sessionID, string sessionName, CommitPoint commitPoint)
    {
    }
}

/// <summary>Where a blob is read to.</summary>
internal sealed class BlobSink
{
    public byte[] Buffer { get; set; } = [];

    public int Length { get; private set; }

    public void Take(ReadOnlySpan<byte> bytes)
    {
        if (Buffer.Length < bytes.Length)
        {
            Buffer = new byte[Math.Max(bytes.Length, Buffer.Length * 2)];
        }

        bytes.CopyTo(Buffer);
        Length = bytes.Length;
    }
}

/// <summary>How FASTER copies blobs. Rare enough for virtual calls.</summary>
internal sealed class BlobFunctions : FunctionsBase<StateKey, SpanByte, SpanByte, BlobSink, Empty>
{
    public override bool SingleReader(
        ref StateKey key, ref SpanByte input, ref SpanByte value, ref BlobSink dst, ref ReadInfo readInfo)
    {
        dst.Take(value.AsReadOnlySpan());
        return true;
    }

    public override bool ConcurrentReader(
        ref StateKey key, ref SpanByte input, ref SpanByte value, ref BlobSink dst, ref ReadInfo readInfo)
    {
        dst.Take(value.AsReadOnlySpan());
        return true;
    }

    public override bool SingleWriter(
        ref StateKey key, ref SpanByte input, ref SpanByte src, ref SpanByte dst, ref BlobSink output,
        ref UpsertInfo upsertInfo, WriteReason reason)
    {
        src.CopyTo(ref dst);
        return true;
    }

    // In place only at the same length: records keep their size, and scans find the next one.
    public override bool ConcurrentWriter(
        ref StateKey key, ref SpanByte input, ref SpanByte src, ref SpanByte dst, ref BlobSink output,
        ref UpsertInfo upsertInfo)
    {
        if (dst.Length != src.Length)
        {
            return false;
        }

        src.CopyTo(ref dst);
        return true;
    }
}

/// <summary>Equality and the 64-bit hash of keys.</summary>
internal sealed class StateKeyComparer : IFasterEqualityComparer<StateKey>
{
    public long GetHashCode64(ref StateKey key) => (long)key.Hash64;

    public bool Equals(ref StateKey x, ref StateKey y) => x == y;
}
