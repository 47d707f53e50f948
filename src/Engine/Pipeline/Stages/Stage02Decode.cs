using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols;

namespace Tactus.Engine.Pipeline.Stages;

/// <summary>Decode: one pass over the bytes into the block's lanes.</summary>
internal sealed class Stage02Decode(IBlockDecoder decoder)
{
    public Verdict Run(BlockWork block) => decoder.Decode(block);
}
