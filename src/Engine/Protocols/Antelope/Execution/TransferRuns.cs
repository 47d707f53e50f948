using Tactus.Engine.Pipeline;

namespace Tactus.Engine.Protocols.Antelope.Execution;

/// <summary>Cuts transactions into runs for <see cref="TransferBatch"/> and stretches that go one by one, so that a
/// transaction of another kind costs its neighbours little.</summary>
/// <remarks>
/// Any cut gives the same result: a run is applied as one by one would, or not at all. What was found out by trying
/// decides how long the next runs are: as long as what went well, twice that after each success, so that failures never
/// cost more than about twice what they save.</remarks>
internal struct TransferRuns
{
    private const int RunMin = TransferBatch.TransfersMin;

    private readonly BlockWork _block;
    private readonly int _end;
    private int _first;
    private int _runMax = TransferBatch.TransfersMax;

    // A transaction at which a run stopped; behind _first where there is none.
    private int _odd = -1;

    public TransferRuns(BlockWork block, int first, int count)
    {
        _block = block;
        _first = first;
        _end = first + count;
    }

    /// <summary>The next transactions. <see cref="Applied"/> or <see cref="Stopped"/> says what became of
    /// them.</summary>
    /// <param name="first">First of them.</param>
    /// <param name="count">How many.</param>
    /// <param name="together">Whether to try them together; else one by one.</param>
    /// <returns>False at the end.</returns>
    public readonly bool TryNext(out int first, out int count, out bool together)
    {
        first = _first;
        int left = _end - _first;
        int max = Math.Min(left, _runMax);
        count = PlainFrom(_first, _odd >= _first ? Math.Min(max, _odd - _first) : max);
        together = count >= RunMin;
        if (!together)
        {
            // After a stop, as many as a run has: trying costs as much as it can save.
            count = _odd >= _first ? Math.Min(left, Math.Max(RunMin, _odd - _first + 1)) : UntilNextRun(left);
        }

        return left > 0;
    }

    /// <summary>They are applied.</summary>
    public void Applied(int count, bool together)
    {
        _first += count;
        _runMax = together ? Math.Min(_runMax * 2, TransferBatch.TransfersMax) : _runMax;
    }

    /// <summary>They were tried together and nothing was done.</summary>
    /// <param name="at">Which of them stopped the run.</param>
    public void Stopped(int at)
    {
        _odd = _first + at;
        _runMax = Math.Max(at, RunMin);
    }

    // Transactions of the plain form from here on.
    private readonly int PlainFrom(int first, int max)
    {
        int count = 0;
        while (count < max && IsPlain(first + count))
        {
            count++;
        }

        return count;
    }

    private readonly int UntilNextRun(int left)
    {
        int max = Math.Min(left, AntelopeExecutor.PlainBatch), plain = 0;
        for (int i = 0; i < max; i++)
        {
            plain = IsPlain(_first + i) ? plain + 1 : 0;
            if (plain == RunMin)
            {
                return i + 1 - RunMin;
            }
        }

        return max;
    }

    private readonly bool IsPlain(int index)
    {
        ref TransactionLane lane = ref _block.Transactions[index];
        return !lane.IdOnly && !lane.BodyInflated && lane.SignatureCount == 1
            && PlainTransfer.TryRead(_block.BodyOf(in lane), out _);
    }
}
