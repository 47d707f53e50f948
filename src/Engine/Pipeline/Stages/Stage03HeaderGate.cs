using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols;
using Tactus.Engine.Time;

namespace Tactus.Engine.Pipeline.Stages;

/// <summary>HeaderGate: what consensus can say from the header and its parent. What passes may be relayed.</summary>
internal sealed class Stage03HeaderGate(Chain chain, PipelineOptions options, IClock clock)
{
    public Verdict Run(BlockWork block)
    {
        IConsensus consensus = chain.Consensus;
        if (options.CheckClock && consensus.SlotStartUs(block.Slot) >= clock.UnixUs + PipelineLimits.FutureMaxUs)
        {
            return Verdict.Reject(
                RejectReason.FromTheFuture,
                $"slot {block.Slot} begins more than {PipelineLimits.FutureMaxUs / 1_000_000} s ahead of this node's clock");
        }

        return chain.CheckHeader(block, options.TrustHeaders);
    }
}
