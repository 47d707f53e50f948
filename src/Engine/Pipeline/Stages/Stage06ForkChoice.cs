using Tactus.Engine.ForkTree;
using Tactus.Engine.Primitives;
using Tactus.Engine.Time;

namespace Tactus.Engine.Pipeline.Stages;

/// <summary>ForkChoice: moves the head to the best block of the tree: extends it, switches branches, or stays.</summary>
internal sealed class Stage06ForkChoice(
    Chain chain, PipelineOptions options, IClock clock, Stage04Signatures signatures, Stage07Apply apply, Stage08Commit commit)
{
    /// <summary>Adds a block and runs until the head is the best block there is.</summary>
    /// <returns>The verdict on <paramref name="block"/> itself.</returns>
    public Verdict Run(BlockWork block)
    {
        // Where the clock says nothing of blocks, as in replay, they bring the time.
        chain.ForkChoice?.OnTick(options.CheckClock ? clock.UnixUs : chain.Consensus.SlotStartUs(block.Slot));
        Verdict verdict = chain.AddBlock(block);
        if (!verdict.Accepted)
        {
            signatures.Drain(block);
            return verdict;
        }

        return Settle(block, verdict);
    }

    /// <summary>The time by the clock, which may change the head without a block.</summary>
    public void Tick()
    {
        if (chain.ForkChoice is { } forkChoice)
        {
            forkChoice.OnTick(clock.UnixUs);
            Settle(null, Verdict.Ok);
        }
    }

    /// <summary>Moves until the head is the best block there is. A block that fails is dropped with all that build on it, and
    /// the choice is made again from the old branch.</summary>
    private Verdict Settle(BlockWork? block, Verdict verdict)
    {
        while (true)
        {
            ForkNode<ChainBlock> target = chain.Candidate();
            if (target == chain.Head)
            {
                // A block that is not on the best branch waits in the tree; its signatures are checked again if its turn comes.
                if (block is not null)
                {
                    signatures.Drain(block);
                }

                return verdict;
            }

            ForkNode<ChainBlock> before = chain.Head;
            SwitchPath<ChainBlock> path = chain.PathTo(target);
            foreach (ForkNode<ChainBlock> node in path.Unwind)
            {
                commit.Unwind(node);
            }

            foreach (ForkNode<ChainBlock> node in path.Apply)
            {
                bool own = node.Id == block?.Id;
                Verdict result = own ? apply.Run(block!, node) : apply.Again(node);
                if (!result.Accepted)
                {
                    bool waits = block is not null && chain.Knows(block.Id);
                    chain.Drop(node.Id);
                    if (own)
                    {
                        verdict = result;
                    }
                    else if (waits && !chain.Knows(block!.Id))
                    {
                        verdict = Verdict.Reject(
                            RejectReason.Unlinkable,
                            $"block {block.Number} builds on block {node.Number} {node.Id.ToShortString()}, which was rejected: {result}");
                    }

                    Restore(before);
                    break;
                }
            }
        }
    }

    /// <summary>After a failed switch: back to the branch that was left, unless what was applied of the new one is strictly better.
    /// Its blocks are validated, so no choice among open ones would find them again.</summary>
    private void Restore(ForkNode<ChainBlock> before)
    {
        // What was applied may have become final, and then the branch that was left is gone.
        if (!chain.Knows(before.Id)
            || chain.Consensus.Prefer(chain.Head.State.ConsensusState, before.State.ConsensusState) > 0)
        {
            return;
        }

        SwitchPath<ChainBlock> path = chain.PathTo(before);
        foreach (ForkNode<ChainBlock> node in path.Unwind)
        {
            commit.Unwind(node);
        }

        foreach (ForkNode<ChainBlock> node in path.Apply)
        {
            Verdict again = apply.Again(node);
            if (!again.Accepted)
            {
                throw new InvalidOperationException($"block {node} was applied before and does not apply again: {again}");
            }
        }
    }
}
