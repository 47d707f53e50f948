namespace Tactus.Engine.Primitives;

/// <summary>Why a block, transaction or message was not accepted.</summary>
public enum RejectReason
{
    None = 0,

    // Receive
    TooLarge,
    Duplicate,
    FromTheFuture,

    // Decode
    Malformed,
    TrailingBytes,
    LimitExceeded,

    // HeaderGate
    BadLink,
    BadSlot,
    WrongProducer,
    WrongVersion,
    BadSchedule,
    DoubleConfirm,
    BadBlockSignature,
    BadExtension,

    // Signatures
    BadSignature,
    DuplicateKey,

    // Merkle
    WrongRoot,

    // ForkChoice
    BelowFinality,
    Unlinkable,

    // Apply
    Expired,
    BadTapos,
    DuplicateTransaction,
    Unauthorized,
    ResourceLimit,
    ActionFailed,
    ReceiptMismatch,
    WrongActionRoot,
    WrongStateRoot,

    // Commit
    StorageError,

    // Consensus systems with their own evidence
    BadProof,
    NotSynced,
    DoubleSign,

    // Production: the slot brings no block, which is nobody's fault
    NotDue,
}

/// <summary>A verdict: accepted, or a reason with the place (byte offset or index) and what was expected.</summary>
/// <param name="Reason"><see cref="RejectReason.None"/> when accepted.</param>
/// <param name="Index">Byte offset for decoding, transaction or signature index for the later stages, -1 where it does
/// not apply.</param>
/// <param name="Detail">What was found, what was expected, and where it helps what to do.</param>
public readonly record struct Verdict(RejectReason Reason, long Index = -1, string? Detail = null)
{
    public static Verdict Ok => default;

    public bool Accepted => Reason == RejectReason.None;

    public static Verdict Reject(RejectReason reason, string detail, long index = -1) => new(reason, index, detail);

    /// <summary>The decode failure of a reader.</summary>
    public static Verdict Malformed(in ByteReader reader) =>
        new(RejectReason.Malformed, reader.FailOffset, reader.FailReason);

    public override string ToString() => Reason switch
    {
        RejectReason.None => "accepted",
        RejectReason.Malformed => $"malformed at byte {Index}: {Detail}",
        _ when Index >= 0 => $"{Reason} at {Index}: {Detail}",
        _ => $"{Reason}: {Detail}",
    };
}
