using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Types;

namespace Tactus.Engine.Protocols.Antelope.Execution;

/// <summary>A transaction as the decode and signature stages hand it to the executor.</summary>
public readonly ref struct TransactionInput
{
    /// <param name="body">The unpacked transaction (inflated where it was compressed).</param>
    /// <param name="id">Its id.</param>
    /// <param name="keys">The keys that signed it: distinct (a key that signs twice is rejected before).</param>
    /// <param name="packedBytes">Length of the packed_trx field as received, for NET billing.</param>
    /// <param name="prunableBytes">Length of the packed signature vector plus packed_context_free_data, for NET
    /// billing.</param>
    public TransactionInput(
        ReadOnlySpan<byte> body, in Hash256 id, ReadOnlySpan<KeyTag> keys, int packedBytes, int prunableBytes)
    {
        Body = body;
        Id = id;
        Keys = keys;
        PackedBytes = packedBytes;
        PrunableBytes = prunableBytes;
    }

    public ReadOnlySpan<byte> Body { get; }

    public Hash256 Id { get; }

    public ReadOnlySpan<KeyTag> Keys { get; }

    public int PackedBytes { get; }

    public int PrunableBytes { get; }
}

/// <summary>What a receipt says about a transaction, and what executing it gives.</summary>
public readonly record struct TransactionResult(TransactionStatus Status, uint CpuUsageUs, uint NetUsageWords);
