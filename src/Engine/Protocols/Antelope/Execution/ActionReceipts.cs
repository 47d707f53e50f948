// What is hashed, per action: head = account | name | authorization, tail = data | return value (always empty here),
// and act_digest = sha256(sha256(head) | sha256(tail)); before ACTION_RETURN_VALUE act_digest = sha256(head | data).
// Per receipt: receiver | act_digest | global | recv | auth sequences | code | abi, with act_digest filled in when the
// batch is hashed.
using System.Buffers.Binary;
using Tactus.Engine.Primitives;
using Tactus.Kernels;
using Tactus.Kernels.Sha256;

namespace Tactus.Engine.Protocols.Antelope.Execution;

/// <summary>Collects the action receipts of a block in contiguous buffers and hashes them in batches: the leaves of
/// action_mroot in order.</summary>
public sealed class ActionReceipts(KernelSet kernels)
{
    /// <summary>Receipts that are hashed together: their messages (about 100 bytes each) stay in the cache.</summary>
    public const int BatchReceipts = 2048;

    private const int DigestBytes = Hash256.Size;

    /// <summary>Where act_digest stands in a receipt: after the receiver.</summary>
    private const int ActDigestOffset = 8;

    /// <summary>Length of a receipt with one actor: receiver 8 | act_digest 32 | global 8 | recv 8 | count 1 | actor 8
    /// | sequence 8 | code 1 | abi 1.</summary>
    private const int SingleActorBytes = 75;

    private readonly ByteWriter _actions = new(1 << 16);
    private readonly ByteWriter _receipts = new(1 << 16);
    private MessageRange[] _actionRanges = new MessageRange[1024];
    private MessageRange[] _receiptRanges = new MessageRange[1024];
    private int[] _actionOfReceipt = new int[1024];
    private byte[] _partDigests = new byte[1024 * DigestBytes];
    private byte[] _leaves = new byte[1024 * DigestBytes];
    private int _actionRangeCount;
    private int _receiptCount;
    private int _leafCount;
    private bool _hashesReturnValues;

    /// <summary>Whether actions are hashed with their return values.</summary>
    public bool HashesReturnValues => _hashesReturnValues;

    /// <summary>Receipts of the block so far, hashed or not.</summary>
    public int Count => _leafCount + _receiptCount;

    /// <summary>The digests of the receipts that are hashed, 32 bytes each, in order.</summary>
    public ReadOnlySpan<byte> Leaves => _leaves.AsSpan(0, _leafCount * DigestBytes);

    /// <inheritdoc cref="Leaves"/>
    internal ReadOnlyMemory<byte> LeavesMemory => _leaves.AsMemory(0, _leafCount * DigestBytes);

    /// <summary>Begins a block.</summary>
    public void Begin(bool hashesReturnValues)
    {
        _hashesReturnValues = hashesReturnValues;
        _leafCount = 0;
        Rollback(default);
    }

    /// <summary>A point to return to with <see cref="Rollback"/>, until the next <see cref="HashBatch"/>.</summary>
    public ReceiptMark Mark() => new(_actionRangeCount, _receiptCount, _actions.Length, _receipts.Length);

    public void Rollback(ReceiptMark mark)
    {
        _actionRangeCount = mark.Actions;
        _receiptCount = mark.Receipts;
        _actions.Truncate(mark.ActionBytes);
        _receipts.Truncate(mark.ReceiptBytes);
    }

    /// <summary>Notes an executed action; its receipts follow.</summary>
    public void AddAction(in ActionFrame action)
    {
        int start = _actions.Length;
        _actions.WriteUInt64(action.Account);
        _actions.WriteUInt64(action.Name);
        _actions.WriteVarUInt32((uint)action.AuthorizationCount);
        _actions.WriteSpan(action.Authorizations);
        if (_hashesReturnValues)
        {
            AddRange(ref _actionRanges, ref _actionRangeCount, new MessageRange(start, _actions.Length - start));
            start = _actions.Length;
        }

        _actions.WriteBytes(action.Data);
        if (_hashesReturnValues)
        {
            _actions.WriteVarUInt32(0);
        }

        AddRange(ref _actionRanges, ref _actionRangeCount, new MessageRange(start, _actions.Length - start));
    }

    /// <summary>Adds a receipt of the last action.</summary>
    /// <param name="receiver">Who received it.</param>
    /// <param name="globalSequence">Number of the action in the chain.</param>
    /// <param name="recvSequence">Number of the action among those the receiver received.</param>
    /// <param name="actors">Authorizing accounts, ascending, each once.</param>
    /// <param name="authSequences">The sequence of each.</param>
    /// <param name="codeSequence">How often the first receiver's code was set.</param>
    /// <param name="abiSequence">How often its ABI was set.</param>
    public void AddReceipt(
        ulong receiver,
        ulong globalSequence,
        ulong recvSequence,
        ReadOnlySpan<ulong> actors,
        ReadOnlySpan<ulong> authSequences,
        uint codeSequence,
        uint abiSequence)
    {
        int start = _receipts.Length;
        if (actors.Length == 1 && (codeSequence | abiSequence) < 0x80)
        {
            // The common form in one go: all variable-length integers take a byte.
            Span<byte> bytes = _receipts.Reserve(SingleActorBytes);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, receiver);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[40..], globalSequence);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[48..], recvSequence);
            bytes[56] = 1;
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[57..], actors[0]);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[65..], authSequences[0]);
            bytes[73] = (byte)codeSequence;
            bytes[74] = (byte)abiSequence;
            NoteReceipt(start);
            return;
        }

        _receipts.WriteUInt64(receiver);
        _receipts.Reserve(DigestBytes);
        _receipts.WriteUInt64(globalSequence);
        _receipts.WriteUInt64(recvSequence);
        _receipts.WriteVarUInt32((uint)actors.Length);
        for (int i = 0; i < actors.Length; i++)
        {
            _receipts.WriteUInt64(actors[i]);
            _receipts.WriteUInt64(authSequences[i]);
        }

        _receipts.WriteVarUInt32(codeSequence);
        _receipts.WriteVarUInt32(abiSequence);
        NoteReceipt(start);
    }

    /// <summary>Makes room for receipts that somebody else hashes, after all that wait. Only between
    /// transactions.</summary>
    /// <returns>The digests to fill in, 32 bytes each; valid until the next call.</returns>
    public Memory<byte> ReserveLeaves(int count)
    {
        HashBatch();
        Grow(ref _leaves, (_leafCount + count) * DigestBytes);
        Memory<byte> reserved = _leaves.AsMemory(_leafCount * DigestBytes, count * DigestBytes);
        _leafCount += count;
        return reserved;
    }

    /// <summary>Hashes what waits if it fills a batch. Only between transactions: what is hashed cannot be rolled
    /// back.</summary>
    public void HashFullBatch()
    {
        if (_receiptCount >= BatchReceipts)
        {
            HashBatch();
        }
    }

    /// <summary>Hashes everything that waits and appends it to <see cref="Leaves"/>.</summary>
    public void HashBatch()
    {
        if (_receiptCount == 0)
        {
            Rollback(default);
            return;
        }

        Grow(ref _partDigests, _actionRangeCount * DigestBytes);
        Span<byte> parts = _partDigests.AsSpan(0, _actionRangeCount * DigestBytes);
        ISha256Kernel sha256 = kernels.Sha256.For(_actionRangeCount);
        sha256.HashMixed(_actions.Written, _actionRanges.AsSpan(0, _actionRangeCount), parts);
        if (_hashesReturnValues)
        {
            sha256.HashPairs(parts, parts[..(parts.Length / 2)]);
        }

        Span<byte> receipts = _receipts.WrittenForUpdate;
        for (int i = 0; i < _receiptCount; i++)
        {
            parts.Slice(_actionOfReceipt[i] * DigestBytes, DigestBytes)
                .CopyTo(receipts[(_receiptRanges[i].Offset + ActDigestOffset)..]);
        }

        Grow(ref _leaves, (_leafCount + _receiptCount) * DigestBytes);
        kernels.Sha256.For(_receiptCount).HashMixed(
            receipts, _receiptRanges.AsSpan(0, _receiptCount), _leaves.AsSpan(_leafCount * DigestBytes));
        _leafCount += _receiptCount;
        Rollback(default);
    }

    private void NoteReceipt(int start)
    {
        if (_receiptCount == _actionOfReceipt.Length)
        {
            Array.Resize(ref _actionOfReceipt, _actionOfReceipt.Length * 2);
        }

        _actionOfReceipt[_receiptCount] = (_actionRangeCount >> (_hashesReturnValues ? 1 : 0)) - 1;
        AddRange(ref _receiptRanges, ref _receiptCount, new MessageRange(start, _receipts.Length - start));
    }

    private static void AddRange(ref MessageRange[] ranges, ref int count, MessageRange range)
    {
        if (count == ranges.Length)
        {
            Array.Resize(ref ranges, ranges.Length * 2);
        }

        ranges[count++] = range;
    }

    private static void Grow(ref byte[] buffer, int length)
    {
        if (buffer.Length < length)
        {
            Array.Resize(ref buffer, Math.Max(length, buffer.Length * 2));
        }
    }
}

/// <summary>A point in <see cref="ActionReceipts"/>.</summary>
public readonly record struct ReceiptMark(int Actions, int Receipts, int ActionBytes, int ReceiptBytes);
