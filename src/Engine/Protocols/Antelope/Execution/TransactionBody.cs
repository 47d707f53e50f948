using System.Buffers.Binary;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Types;

namespace Tactus.Engine.Protocols.Antelope.Execution;

/// <summary>An unpacked transaction read in place: the header's fields, and where its actions begin.</summary>
public readonly ref struct TransactionBody
{
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly int _contextFreeAt;

    private TransactionBody(ReadOnlySpan<byte> bytes, scoped ref ByteReader reader)
    {
        _bytes = bytes;
        ExpirationSec = reader.ReadUInt32();
        RefBlockNum = reader.ReadUInt16();
        RefBlockPrefix = reader.ReadUInt32();
        MaxNetUsageWords = reader.ReadVarUInt32();
        MaxCpuUsageMs = reader.ReadByte();
        DelaySec = reader.ReadVarUInt32();
        _contextFreeAt = reader.Position;
        ContextFreeCount = SkipActions(ref reader, "context-free actions");
        ActionsAt = reader.Position;
        ActionCount = SkipActions(ref reader, "actions");
        ExtensionCount = reader.ReadCount(Extension.CountMax, 3, "extensions");
    }

    /// <summary>A body of the form that <see cref="PlainTransfer.TryRead"/> accepts: all integers of the header in one
    /// byte.</summary>
    internal TransactionBody(ReadOnlySpan<byte> plainTransfer)
    {
        _bytes = plainTransfer;
        ExpirationSec = BinaryPrimitives.ReadUInt32LittleEndian(plainTransfer);
        RefBlockNum = BinaryPrimitives.ReadUInt16LittleEndian(plainTransfer[4..]);
        RefBlockPrefix = BinaryPrimitives.ReadUInt32LittleEndian(plainTransfer[6..]);
        MaxNetUsageWords = plainTransfer[10];
        MaxCpuUsageMs = plainTransfer[11];
        _contextFreeAt = 13;
        ActionsAt = 14;
        ActionCount = 1;
    }

    /// <summary>Unix seconds.</summary>
    public uint ExpirationSec { get; }

    public ushort RefBlockNum { get; }

    public uint RefBlockPrefix { get; }

    public uint MaxNetUsageWords { get; }

    public byte MaxCpuUsageMs { get; }

    public uint DelaySec { get; }

    public int ContextFreeCount { get; }

    public int ActionCount { get; }

    public int ExtensionCount { get; }

    private int ActionsAt { get; }

    /// <summary>Bytes after the transaction are ignored, as nodeos does; the id does not cover them.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out TransactionBody body, out Verdict verdict)
    {
        var reader = new ByteReader(bytes);
        body = new TransactionBody(bytes, ref reader);
        verdict = reader.Failed ? Verdict.Malformed(in reader) : Verdict.Ok;
        return !reader.Failed;
    }

    /// <summary>A reader that stands before the first action; call <see cref="ActionFrame.Read"/> once per
    /// action.</summary>
    public ByteReader ReadActions()
    {
        var reader = new ByteReader(_bytes, ActionsAt);
        reader.ReadVarUInt32();
        return reader;
    }

    /// <inheritdoc cref="ReadActions"/>
    public ByteReader ReadContextFreeActions()
    {
        var reader = new ByteReader(_bytes, _contextFreeAt);
        reader.ReadVarUInt32();
        return reader;
    }

    private static int SkipActions(scoped ref ByteReader reader, string what)
    {
        int count = reader.ReadCount(WireLimits.ElementsMax, ChainAction.BytesMin, what);
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ActionFrame.Read(ref reader);
        }

        return count;
    }
}
