using System.Diagnostics;
using Tactus.Bench.Peers;

namespace Tactus.Bench.Pipeline;

/// <summary>How many signatures libsecp256k1 recovers on as many threads: the ceiling of a node that is bound by it. Measured between
/// the passes, so that both see the same machine.</summary>
internal sealed class LibraryPeer(int threads)
{
    private const int Signatures = 1024;
    private const int RoundsPerTurn = 8;

    private readonly SignatureSet _set = new(Signatures, Signatures);
    private readonly List<double> _perSecond = [];

    /// <summary>Median of all rounds; null without the library.</summary>
    public double? SignaturesPerSecond
    {
        get
        {
            double[] sorted = [.. _perSecond.Order()];
            return sorted.Length == 0 ? null : sorted[sorted.Length / 2];
        }
    }

    /// <summary>Measures some rounds; each thread recovers the whole set.</summary>
    public void TakeTurn()
    {
        if (LibSecp256k1Peer.Find(out _) is not { CanRecover: true } peer)
        {
            return;
        }

        for (int round = 0; round < RoundsPerTurn; round++)
        {
            long start = Stopwatch.GetTimestamp();
            var workers = new Thread[threads];
            for (int i = 0; i < threads; i++)
            {
                workers[i] = new Thread(() => peer.Recover(_set.Digests, _set.Signatures, _set.RecoveryIds));
                workers[i].Start();
            }

            foreach (Thread worker in workers)
            {
                worker.Join();
            }

            _perSecond.Add(threads * Signatures / Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
    }
}
