using Tactus.Engine.Primitives;
using Tactus.Engine.Signatures;

namespace Tactus.Engine.Pipeline;

/// <summary>One block on its way through the pipeline: its bytes, what Decode read from them, and what each stage found.
/// Pooled and reused; nothing in it is allocated per transaction.</summary>
public sealed class BlockWork
{
    private byte[] _buffer = new byte[4096];
    private byte[]? _nextBuffer;
    private int _length;
    private byte[] _inflated = [];
    private byte[] _leaves = new byte[32 * 256];

    /// <summary>The serialized block.</summary>
    public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(0, _length);

    public ReadOnlyMemory<byte> Memory => _buffer.AsMemory(0, _length);

    // ---- identity, set by Decode ----
    public uint Number { get; set; }

    public Hash256 Id { get; set; }

    public Hash256 PreviousId { get; set; }

    /// <summary>Slot in the protocol's own count.</summary>
    public long Slot { get; set; }

    /// <summary>Producer, witness, proposer or member: the protocol's numeric identity of who made the block.</summary>
    public ulong Producer { get; set; }

    /// <summary>The protocol's decoded header.</summary>
    public object? Header { get; set; }

    public TransactionLanes Transactions { get; } = new();

    public SignatureLanes Signatures { get; } = new();

    /// <summary>How far the signatures are checked.</summary>
    public SignatureChunks Chunks { get; } = new();

    /// <summary>32-byte Merkle leaves, one per transaction.</summary>
    public Span<byte> Leaves => _leaves.AsSpan(0, LeafCount * 32);

    public int LeafCount { get; private set; }

    /// <summary>Bodies of compressed transactions, inflated.</summary>
    public Span<byte> Inflated => _inflated.AsSpan(0, InflatedLength);

    public int InflatedLength { get; private set; }

    // ---- set by the stages ----

    /// <summary>Consensus state after this block, set by HeaderGate.</summary>
    public object? ConsensusState { get; set; }

    public Verdict Verdict { get; set; }

    public StageClock Clock { get; } = new();

    /// <summary>When the bytes arrived, in Unix microseconds.</summary>
    public long ArrivedUnixUs { get; set; }

    /// <summary>Signatures that the Signatures stage decided, and how many it took from the admission cache.</summary>
    public int SignaturesChecked { get; set; }

    /// <summary>Takes a copy of the block's bytes and forgets everything about the previous block.</summary>
    /// <exception cref="ArgumentException">More than <see cref="PipelineLimits.BlockBytesMax"/>.</exception>
    public void Load(ReadOnlySpan<byte> block)
    {
        if (block.Length > PipelineLimits.BlockBytesMax)
        {
            throw new ArgumentException($"block of {block.Length} bytes exceeds the limit {PipelineLimits.BlockBytesMax}", nameof(block));
        }

        if (_nextBuffer is not null)
        {
            (_buffer, _nextBuffer) = (_nextBuffer, null);
        }

        if (_buffer.Length < block.Length)
        {
            // Some room to spare: blocks of a chain differ a little in length.
            _buffer = new byte[Math.Min(block.Length + (block.Length / 4L), PipelineLimits.BlockBytesMax)];
        }

        block.CopyTo(_buffer);
        _length = block.Length;
        Number = 0;
        Id = default;
        PreviousId = default;
        Slot = 0;
        Producer = 0;
        Header = null;
        Transactions.Clear();
        Signatures.Clear();
        LeafCount = 0;
        InflatedLength = 0;
        ConsensusState = null;
        Verdict = default;
        Clock.Clear();
        ArrivedUnixUs = 0;
        SignaturesChecked = 0;
    }

    /// <summary>Adds bytes behind those there are: for transactions that come alone.</summary>
    /// <returns>Where they lie.</returns>
    internal int Append(ReadOnlySpan<byte> bytes)
    {
        int at = _length;
        if (_buffer.Length - at < bytes.Length)
        {
            Array.Resize(ref _buffer, Math.Max(at + bytes.Length, _buffer.Length * 2));
        }

        bytes.CopyTo(_buffer.AsSpan(at));
        _length += bytes.Length;
        return at;
    }

    /// <summary>Drops the bytes from an offset on.</summary>
    internal void TruncateBytes(int length) => _length = Math.Min(_length, length);

    /// <summary>Gives the block's buffer away; <see cref="Bytes"/> stay readable until the next <see cref="Load"/>, which takes
    /// the replacement.</summary>
    internal byte[] GiveBuffer(byte[] replacement)
    {
        _nextBuffer = replacement;
        return _buffer;
    }

    /// <summary>Makes room for <paramref name="count"/> Merkle leaves and returns them.</summary>
    public Span<byte> ReserveLeaves(int count)
    {
        if (_leaves.Length < count * 32)
        {
            _leaves = new byte[Math.Max(count * 32, _leaves.Length * 2)];
        }

        LeafCount = count;
        return Leaves;
    }

    /// <summary>Makes room for <paramref name="bytes"/> more inflated bytes; earlier ones keep their offsets.</summary>
    public Span<byte> ReserveInflated(int bytes)
    {
        if (_inflated.Length - InflatedLength < bytes)
        {
            Array.Resize(ref _inflated, Math.Max(_inflated.Length * 2, InflatedLength + bytes));
        }

        Span<byte> span = _inflated.AsSpan(InflatedLength, bytes);
        InflatedLength += bytes;
        return span;
    }

    /// <summary>Gives back inflated bytes that were reserved and not used.</summary>
    public void TruncateInflated(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, InflatedLength);
        InflatedLength = length;
    }

    /// <summary>The body of a transaction.</summary>
    public ReadOnlySpan<byte> BodyOf(in TransactionLane transaction) => transaction.BodyInflated
        ? _inflated.AsSpan(transaction.BodyOffset, transaction.BodyLength)
        : _buffer.AsSpan(transaction.BodyOffset, transaction.BodyLength);
}
