namespace Tactus.Engine.Pipeline;

/// <summary>Takes blocks to peers. Called on the pipeline's threads: implementations copy what they keep and do not block.</summary>
public interface IBlockRelay
{
    /// <summary>A block's header passed the gate.</summary>
    void HeaderPassed(BlockWork block);

    /// <summary>A block went through; <see cref="BlockWork.Verdict"/> says how it ended.</summary>
    void Decided(BlockWork block);
}
