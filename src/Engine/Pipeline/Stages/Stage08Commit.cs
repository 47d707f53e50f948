using Tactus.Engine.ForkTree;
using Tactus.Engine.State;
using Tactus.Engine.Time;

namespace Tactus.Engine.Pipeline.Stages;

/// <summary>Commit: log append, state made visible, finality advanced, undo records below it dropped.</summary>
internal sealed class Stage08Commit(Chain chain, IClock clock)
{
    private readonly BlockWrites _writes = new();
    private readonly BlockWrites _before = new();

    public void Run(BlockWork block, ForkNode<ChainBlock> node)
    {
        using StageClock.Lap lap = block.Clock.Measure(Stage.Commit, clock);
        if (chain.Transition is not null)
        {
            _writes.Clear();
            _before.Clear();
            chain.View!.Collect(_writes, _before);
            chain.Journal!.Commit(block, _writes, _before);
            chain.View.Reset();
            chain.Transition.Committed(block);
        }

        chain.MoveForward(node);
        uint final = chain.AdvanceFinality();
        chain.Journal?.Finalized(final);
    }

    /// <summary>Takes the head back by one block.</summary>
    public void Unwind(ForkNode<ChainBlock> node)
    {
        chain.Journal?.Unwind(node.Number, node.Id);
        chain.Transition?.Unwound(node.Number, node.Id);
        chain.MoveBack();
    }
}
