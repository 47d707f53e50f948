using Tactus.Engine.ForkTree;
using Tactus.Engine.State;
using Tactus.Engine.Time;

namespace Tactus.Engine.Pipeline.Stages;

/// <summary>Commit: log append, state made visible, finality advanced, undo records below it dropped.</summary>
internal sealed class Stage08Commit(Chain chain, IClock clock, bool beside)
{
    public void Run(BlockWork block, ForkNode<ChainBlock> node)
    {
        using StageClock.Lap lap = block.Clock.Measure(Stage.Commit, clock);
        if (chain.Transition is { } transition)
        {
            var point = new ChainPoint(node.Number, node.Id);
            if (beside)
            {
                chain.Store!.Clock = block.Clock;
                chain.Store.CommitBeside(point, block.Memory, chain.View!);
            }
            else
            {
                chain.Store!.Commit(point, block.Bytes, chain.View!);
            }

            transition.Committed(block);
        }

        chain.MoveForward(node, block.ConsensusState);
        uint final = chain.AdvanceFinality();
        chain.Store?.SetIrreversible(final);
        chain.Transition?.Finalized(final);
    }

    /// <summary>Takes the head back by one block.</summary>
    public void Unwind(ForkNode<ChainBlock> node)
    {
        chain.Store?.Unwind(node.Number - 1);
        chain.Transition?.Unwound(node.Number, node.Id);
        chain.MoveBack();
    }
}
