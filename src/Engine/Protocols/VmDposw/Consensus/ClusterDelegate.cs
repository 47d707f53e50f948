using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.VmDposw.Machines;

namespace Tactus.Engine.Protocols.VmDposw.Consensus;

/// <summary>A delegate of the cluster as consensus knows it.</summary>
/// <param name="Machine">VM id, from 1.</param>
/// <param name="Category">Its category, which gives power and voting right.</param>
/// <param name="Key">Key that signs its blocks.</param>
/// <param name="LastKey">The key revealed last, K_(j-1); the commitment c_0 before the first.</param>
/// <param name="KeyIndex">Blocks it made, j; continues over rounds (Fig. 2 counts S_4..S_6 of VM2 in round
/// N+1).</param>
/// <param name="Last">Its last broadcast signature as the chain carries it; c_0 until its first block. [N] A signature
/// counts only when it is in a block on the chain: one that only some nodes heard would give different sums
/// (W3).</param>
public sealed record ClusterDelegate(
    uint Machine, VmCategory Category, SignKey Key, Hash256 LastKey, uint KeyIndex, Hash256 Last)
{
    public static ClusterDelegate Admitted(in DelegateChange change) =>
        new(change.Machine, change.Category, change.Key, change.Commitment, 0, change.Commitment);
}

/// <summary>A VM that becomes a delegate, or a delegate whose keys change, from the next round on. Carried in the
/// header, so that headers alone tell who may make the blocks of the next round; execution must give the
/// same.</summary>
/// <param name="Machine">VM id.</param>
/// <param name="Category">Its category.</param>
/// <param name="Key">Key that signs its blocks.</param>
/// <param name="Commitment">c_0 of its key chain.</param>
public readonly record struct DelegateChange(uint Machine, VmCategory Category, SignKey Key, Hash256 Commitment)
{
    public const int Size = 4 + 1 + SignKey.Size + Hash256.Size;
}
