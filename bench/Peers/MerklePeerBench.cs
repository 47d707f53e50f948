using System.Runtime.InteropServices;
using Tactus.Kernels;
using Tactus.Kernels.Merkle;
using Tactus.Kernels.Sha256;

namespace Tactus.Bench.Peers;

/// <summary>Whole Merkle trees of 2^10, 2^16 and 2^20 leaves: every SHA-256 entry against hashtree, alternating in one
/// run.</summary>
internal static class MerklePeerBench
{
    private static readonly int[] LeafCounts = [1 << 10, 1 << 16, 1 << 20];

    /// <summary>
    /// Rows with path "merkle" and times per leaf; ratios are against hashtree's AVX-512 function. Roots are compared
    /// before
    /// anything is timed.
    /// </summary>
    /// <param name="say">Takes a line for the operator: which peer was found, and from where.</param>
    /// <param name="measureMs">Measuring time for each tree size.</param>
    /// <exception cref="InvalidOperationException">Two implementations disagree about a root.</exception>
    public static unsafe IReadOnlyList<PeerRow> Run(Action<string> say, int measureMs = 2000)
    {
        IReadOnlyList<HashtreePeer> peers = HashtreePeer.Find(out string said);
        say(said);
        say($"platform SHA-256: .NET {Environment.Version} on {RuntimeInformation.OSDescription}");
        var rows = new List<PeerRow>();
        foreach (int leafCount in LeafCounts)
        {
            // On cache lines, so that where the allocator put the leaves does not decide the ratio.
            nuint bytes = (nuint)leafCount * 32;
            byte* leaves = (byte*)NativeMemory.AlignedAlloc(bytes, 64);
            byte* scratch = (byte*)NativeMemory.AlignedAlloc(bytes, 64);
            new Random(leafCount).NextBytes(new Span<byte>(leaves, (int)bytes));
            rows.AddRange(RunTree(peers, leaves, scratch, leafCount, measureMs));
            NativeMemory.AlignedFree(leaves);
            NativeMemory.AlignedFree(scratch);
        }

        return rows;
    }

    private static unsafe IEnumerable<PeerRow> RunTree(
        IReadOnlyList<HashtreePeer> peers, byte* leaves, byte* scratch, int leafCount, int measureMs)
    {
        var names = new List<string>();
        var subjects = new List<Action>();
        byte[] root = new byte[32];
        foreach (ISha256Kernel entry in KernelRegistry.Default.Sha256.Where(entry => entry.WhyUnsupported is null))
        {
            KernelLadder<ISha256Kernel> sha256 = KernelRegistry.Default.Choose($"sha256:{entry.Name}").Sha256;
            names.Add(entry.Name);
            subjects.Add(() => MerkleTree.Root(
                sha256, MerkleShape.AntelopeSavanna, new ReadOnlySpan<byte>(leaves, leafCount * 32), root));
        }

        foreach (HashtreePeer peer in peers)
        {
            names.Add(peer.Name);
            subjects.Add(() => peer.Root(
                new ReadOnlySpan<byte>(leaves, leafCount * 32), new Span<byte>(scratch, leafCount * 32), root));
        }

        var roots = new List<string>();
        foreach (Action subject in subjects)
        {
            root.AsSpan().Clear();
            subject();
            roots.Add(Convert.ToHexString(root));
        }

        if (roots.Distinct(StringComparer.Ordinal).Count() != 1)
        {
            IEnumerable<string> pairs = names.Zip(roots, (name, value) => $"{name} {value}");
            throw new InvalidOperationException($"roots of {leafCount} leaves differ: {string.Join(", ", pairs)}");
        }

        (double MedianNs, double MinNs)[] times = Alternating.Measure(subjects, warmUpMs: 300, measureMs);
        int anchor = names.IndexOf("hashtree-avx512");
        return [.. times.Select((time, i) => new PeerRow(
            names[i],
            "merkle",
            leafCount,
            DistinctKeys: null,
            time.MedianNs / leafCount,
            time.MinNs / leafCount,
            anchor < 0 || i == anchor ? null : times[anchor].MedianNs / time.MedianNs))];
    }
}
