using Tactus.Engine.ForkTree;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols;
using Tactus.Engine.Time;

namespace Tactus.Engine.Pipeline.Stages;

/// <summary>Apply: the block's transactions in order against the state, chunk by chunk as their signatures are checked.</summary>
internal sealed class Stage07Apply(
    Chain chain,
    PipelineOptions options,
    Stage04Signatures signatures,
    IBlockDecoder decoder,
    Stage08Commit commit,
    IClock clock)
{
    private readonly BlockWork _again = new();

    /// <summary>Applies and commits a block whose parent is the head.</summary>
    public Verdict Run(BlockWork block, ForkNode<ChainBlock> node)
    {
        IBlockTransition? transition = chain.Transition;
        Verdict verdict = transition is null ? CheckSignatures(block) : Execute(block, node, transition);
        if (!verdict.Accepted)
        {
            signatures.Drain(block);
            return verdict;
        }

        commit.Run(block, node);
        return verdict;
    }

    /// <summary>Applies a block of another branch again from its bytes.</summary>
    public Verdict Again(ForkNode<ChainBlock> node)
    {
        _again.Load(node.State.Bytes.Span);
        Verdict verdict = decoder.Decode(_again);
        if (!verdict.Accepted)
        {
            return verdict;
        }

        _again.ConsensusState = node.State.ConsensusState;
        signatures.Start(_again);
        verdict = decoder.CheckRoot(_again);
        if (!verdict.Accepted)
        {
            signatures.Drain(_again);
            return verdict;
        }

        return Run(_again, node);
    }

    private Verdict CheckSignatures(BlockWork block)
    {
        for (int chunk = 0; chunk < block.Chunks.Count; chunk++)
        {
            Verdict verdict = signatures.Await(block, chunk);
            if (!verdict.Accepted)
            {
                return verdict;
            }
        }

        return Verdict.Ok;
    }

    private Verdict Execute(BlockWork block, ForkNode<ChainBlock> node, IBlockTransition transition)
    {
        if (chain.Store is { Undo.HasRoom: false })
        {
            return Verdict.Reject(
                RejectReason.LimitExceeded,
                $"block {node.Number}: finality stands at block {chain.Root.Number}, and as many blocks above it are applied as can be taken back");
        }

        object parent = node.Parent!.State.ConsensusState;
        Verdict verdict = transition.Begin(block, parent, chain.View!, checkAuthority: options.Mode == ValidationMode.Full);
        for (int chunk = 0; chunk < block.Chunks.Count && verdict.Accepted; chunk++)
        {
            verdict = signatures.Await(block, chunk);
            if (verdict.Accepted)
            {
                using StageClock.Lap lap = block.Clock.Measure(Stage.Apply, clock);
                int first = block.Chunks.FirstTransaction(chunk);
                int count = block.Chunks.FirstTransaction(chunk + 1) - first;
                verdict = transition.Apply(block, first, count);
            }
        }

        if (verdict.Accepted)
        {
            using StageClock.Lap lap = block.Clock.Measure(Stage.Apply, clock);
            verdict = transition.Finish(block);
        }

        if (!verdict.Accepted)
        {
            chain.View!.Reset();
            transition.Abandoned(block);
        }

        return verdict;
    }
}
