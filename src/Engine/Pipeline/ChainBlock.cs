using Tactus.Engine.ForkTree;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols;

namespace Tactus.Engine.Pipeline;

/// <summary>What the fork tree holds per block: the consensus state after it, and its bytes, so that a switch back to its
/// branch can apply it again.</summary>
/// <param name="ConsensusState">State after the block.</param>
/// <param name="Bytes">The serialized block. Its memory is used again once the block has left the tree as final: whoever keeps
/// them longer, copies them.</param>
public sealed record ChainBlock(object ConsensusState, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>The buffer of <see cref="Bytes"/> where the chain may use it again; null where it belongs to somebody else.</summary>
    internal byte[]? Buffer { get; init; }
}

/// <summary>The protocol's order over blocks of the tree.</summary>
internal sealed class ChainPreference(IConsensus consensus) : IForkPreference<ChainBlock>
{
    public int Compare(ChainBlock x, ChainBlock y) => consensus.Prefer(x.ConsensusState, y.ConsensusState);

    public int BreakTie(in Hash256 x, in Hash256 y) => consensus.BreakTie(x, y);
}
