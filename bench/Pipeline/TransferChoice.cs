using Tactus.Engine.Primitives;

namespace Tactus.Bench.Pipeline;

/// <summary>Who sends to whom. The same arguments give the same sequence.</summary>
internal sealed class TransferChoice
{
    private readonly PipelineArguments _arguments;
    private readonly int[] _order;
    private readonly double[] _zipf = [];
    private SplitMix64 _random = new(42);
    private int _next;

    public TransferChoice(PipelineArguments arguments)
    {
        _arguments = arguments;
        _order = [.. Enumerable.Range(0, arguments.Senders)];
        for (int i = _order.Length - 1; i > 0; i--)
        {
            int j = Below(i + 1);
            (_order[i], _order[j]) = (_order[j], _order[i]);
        }

        if (arguments.Choice == AccountChoice.Zipf)
        {
            // Harmonic numbers: the place of a uniform number among them follows Zipf's law with exponent 1.
            _zipf = new double[arguments.Senders];
            double sum = 0;
            for (int i = 0; i < _zipf.Length; i++)
            {
                sum += 1.0 / (i + 1);
                _zipf[i] = sum;
            }
        }
    }

    /// <summary>Sender number and receiving account.</summary>
    public (int Sender, int To) Next() => _arguments.Choice switch
    {
        // Round and round a shuffled list: a block has no more transfers than the list has senders.
        AccountChoice.Distinct => (_order[_next++ % _order.Length], Below(_arguments.Accounts)),
        AccountChoice.Uniform => (_order[Below(_order.Length)], Below(_arguments.Accounts)),
        _ => (Zipf(), Zipf() * (_arguments.Accounts / _arguments.Senders)),
    };

    private int Below(int limit) => (int)(_random.Next() % (ulong)limit);

    private int Zipf()
    {
        double at = (_random.Next() >> 11) * (1.0 / (1UL << 53)) * _zipf[^1];
        int found = Array.BinarySearch(_zipf, at);
        return _order[Math.Min(found < 0 ? ~found : found, _order.Length - 1)];
    }
}
