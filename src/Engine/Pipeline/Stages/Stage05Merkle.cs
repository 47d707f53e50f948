using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols;

namespace Tactus.Engine.Pipeline.Stages;

/// <summary>Merkle: the root of the block's leaves against its header.</summary>
internal sealed class Stage05Merkle(IBlockDecoder decoder)
{
    public Verdict Run(BlockWork block) => decoder.CheckRoot(block);
}
