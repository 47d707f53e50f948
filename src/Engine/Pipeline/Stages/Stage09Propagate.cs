namespace Tactus.Engine.Pipeline.Stages;

/// <summary>Propagate: hands on what passed: headers early, whole blocks late.</summary>
internal sealed class Stage09Propagate(IBlockRelay? relay)
{
    /// <summary>The header passed: peers may have the block before this node has applied it.</summary>
    public void Early(BlockWork block) => relay?.HeaderPassed(block);

    /// <summary>The block is decided.</summary>
    public void Late(BlockWork block) => relay?.Decided(block);
}
