using System.Diagnostics;
using Tactus.Bench.Peers;

namespace Tactus.Bench.Pipeline;

/// <summary>How many signatures libsecp256k1 recovers on as many threads: the ceiling of a node that is bound by it.</summary>
internal static class LibraryPeer
{
    private const int Signatures = 1024;
    private const int Rounds = 10;

    /// <returns>The best of some rounds; null without the library.</returns>
    public static double? SignaturesPerSecond(int threads)
    {
        var set = new SignatureSet(Signatures, Signatures);
        double best = 0;
        for (int round = 0; round < Rounds; round++)
        {
            if (LibSecp256k1Peer.Find(out _) is not { CanRecover: true } peer)
            {
                return null;
            }

            long start = Stopwatch.GetTimestamp();
            var workers = new Thread[threads];
            for (int i = 0; i < threads; i++)
            {
                workers[i] = new Thread(() => peer.Recover(set.Digests, set.Signatures, set.RecoveryIds));
                workers[i].Start();
            }

            foreach (Thread worker in workers)
            {
                worker.Join();
            }

            best = Math.Max(best, threads * Signatures / Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return best;
    }
}
