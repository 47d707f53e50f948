namespace Tactus.Kernels.Sha256;

/// <summary>A SHA-256 entry that hashes several levels of perfect subtrees without leaving the order of its lanes.</summary>
internal interface ISha256SubtreeKernel : ISha256Kernel
{
    /// <summary>Subtrees worked on side by side.</summary>
    int SubtreeLanes { get; }

    /// <summary>Most levels in one call.</summary>
    int SubtreeLevelsMax { get; }

    /// <summary>
    /// Replaces each run of 2^<paramref name="levels"/> nodes of 32 bytes by its root. <paramref name="roots"/> may be the start of
    /// the nodes' memory.
    /// </summary>
    /// <param name="nodes">A whole number of subtrees.</param>
    /// <param name="levels">1 to <see cref="SubtreeLevelsMax"/>.</param>
    /// <param name="childBits">Clear the top bit of byte 0 in left children and set it in right ones (Antelope's canonical bits).</param>
    /// <param name="roots">32 bytes for each subtree.</param>
    void HashSubtrees(ReadOnlySpan<byte> nodes, int levels, bool childBits, Span<byte> roots);
}
