using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols;

/// <summary>Chooses the head of one chain in a system where votes and time decide, not the states of blocks alone
/// (<see cref="IConsensus.Prefer"/>). It is given blocks, votes and ticks, and has no clock of its own. Only the thread
/// that completes blocks calls it.</summary>
public interface IForkChoice
{
    /// <summary>Time moves on. A time before the last one changes nothing.</summary>
    void OnTick(long unixUs);

    /// <summary>A block whose header passed; its parent is known, or was given before.</summary>
    /// <returns>Why the block cannot become head any more; it is then dropped.</returns>
    Verdict OnBlock(BlockWork block);

    /// <summary>A vote, or evidence about votes, that came apart from blocks. What is refused changes
    /// nothing.</summary>
    /// <returns><see cref="RejectReason.Unlinkable"/> where the vote waits for a block that is not known
    /// here.</returns>
    Verdict OnVote(ReadOnlySpan<byte> vote);

    /// <summary>Id of the best block by all that is known.</summary>
    Hash256 SelectHead();
}
