using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols.Gasper.ForkChoice;

/// <summary>
/// The latest message of every validator, as positions in the <see cref="ProtoArray"/>: what a vote weighs where now,
/// and where it shall weigh. A vote costs 28 bytes.</summary>
public sealed class VoteTracker
{
    private const int None = -1;

    /// <summary>A proven equivocator: weighs nothing, for good.</summary>
    private const int Equivocated = -2;

    /// <summary>Voted for a block that was pruned: weighs nothing, but only a later epoch replaces it.</summary>
    private const int Gone = -3;

    private const int SavedVoteBytes = sizeof(int) + sizeof(ulong);

    private int[] _current = [];
    private int[] _next = [];
    private ulong[] _epochs = [];
    private ulong[] _applied = [];

    public VoteTracker()
    {
    }

    private VoteTracker(VoteTracker other)
    {
        _current = (int[])other._current.Clone();
        _next = (int[])other._next.Clone();
        _epochs = (ulong[])other._epochs.Clone();
        _applied = (ulong[])other._applied.Clone();
        Count = other.Count;
    }

    /// <summary>Validators that have voted or stand before one that has.</summary>
    public int Count { get; private set; }

    public VoteTracker Clone() => new(this);

    /// <summary>Takes a vote if it is of a later epoch than the validator's last one and the validator has not
    /// equivocated.</summary>
    public void Vote(int validator, int node, ulong targetEpoch)
    {
        Ensure(validator);
        if (_next[validator] == None || (_next[validator] != Equivocated && targetEpoch > _epochs[validator]))
        {
            _next[validator] = node;
            _epochs[validator] = targetEpoch;
        }
    }

    /// <summary>A proven equivocation: the validator's votes count no more.</summary>
    public void Discard(int validator)
    {
        Ensure(validator);
        _next[validator] = Equivocated;
    }

    public bool IsEquivocating(int validator) => validator < Count && _next[validator] == Equivocated;

    /// <summary>Writes into <paramref name="deltas"/> how weights change through new votes and new balances.</summary>
    internal void TakeDeltas(ReadOnlySpan<ulong> balances, Span<long> deltas)
    {
        int known = Math.Min(Count, balances.Length);
        Span<int> current = _current.AsSpan(0, Count);
        ReadOnlySpan<int> next = _next.AsSpan(0, Count);
        Span<ulong> applied = _applied.AsSpan(0, Count);
        ref long delta = ref MemoryMarshal.GetReference(deltas);
        for (int i = 0; i < current.Length; i++)
        {
            int from = current[i];
            int to = next[i];
            ulong before = applied[i];
            ulong now = i < known ? balances[i] : 0;
            if (from == to && before == now)
            {
                continue;
            }

            // Positions are inside the array or negative: Vote takes them from it and Move keeps them right.
            if (from >= 0)
            {
                Unsafe.Add(ref delta, from) -= (long)before;
            }

            if (to >= 0)
            {
                Unsafe.Add(ref delta, to) += (long)now;
            }

            current[i] = to;
            applied[i] = now;
        }
    }

    /// <summary>Writes the latest messages; weights are derived again when they are first asked for.</summary>
    internal void Save(ByteWriter writer)
    {
        writer.WriteUInt32((uint)Count);
        for (int i = 0; i < Count; i++)
        {
            writer.WriteUInt32((uint)_next[i]);
            writer.WriteUInt64(_epochs[i]);
        }
    }

    internal static VoteTracker Load(ref ByteReader reader, int nodes)
    {
        var votes = new VoteTracker();
        uint count = reader.ReadUInt32();
        if (count > reader.Remaining / SavedVoteBytes)
        {
            reader.Fail($"{count} votes exceed the bytes that remain");
            return votes;
        }

        for (int i = 0; i < count; i++)
        {
            int next = (int)reader.ReadUInt32();
            ulong epoch = reader.ReadUInt64();
            if (next < Gone || next >= nodes)
            {
                reader.Fail($"vote {i} is for block {next} of {nodes}");
                return votes;
            }

            votes.Ensure(i);
            votes._next[i] = next;
            votes._epochs[i] = epoch;
        }

        return votes;
    }

    /// <summary>Follows the blocks after the first <paramref name="dropped"/> were dropped; votes for those weigh
    /// nothing.</summary>
    internal void Move(int dropped)
    {
        for (int i = 0; i < Count; i++)
        {
            // The epoch stays: an older vote must not come back for a block that is gone.
            _current[i] = _current[i] >= dropped ? _current[i] - dropped : Math.Min(_current[i], None);
            _next[i] = _next[i] >= dropped ? _next[i] - dropped : _next[i] >= 0 ? Gone : _next[i];
        }
    }

    private void Ensure(int validator)
    {
        if (validator >= _next.Length)
        {
            int capacity = Math.Max(validator + 1, Math.Max(64, _next.Length * 2));
            int before = _next.Length;
            Array.Resize(ref _current, capacity);
            Array.Resize(ref _next, capacity);
            Array.Resize(ref _epochs, capacity);
            Array.Resize(ref _applied, capacity);
            Array.Fill(_current, None, before, capacity - before);
            Array.Fill(_next, None, before, capacity - before);
        }

        Count = Math.Max(Count, validator + 1);
    }
}
