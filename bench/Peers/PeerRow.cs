namespace Tactus.Bench.Peers;

/// <summary>A row of the comparison with peers: one path of one implementation at one batch size.</summary>
/// <param name="Kernel">Who: "avx512", "scalar", "libsecp256k1", "hashtree-avx512".</param>
/// <param name="Path">What: "exact-verify", "batch", "merkle".</param>
/// <param name="Batch">Items in the batch: signatures, or leaves of the tree.</param>
/// <param name="DistinctKeys">Different keys among the signatures; null where there are none.</param>
/// <param name="MedianNs">Median time per item.</param>
/// <param name="MinNs">Least time per item.</param>
/// <param name="Ratio">The peer's median over this one; null without the peer and for the peer itself.</param>
internal sealed record PeerRow(
    string Kernel,
    string Path,
    int Batch,
    int? DistinctKeys,
    double MedianNs,
    double MinNs,
    double? Ratio);
