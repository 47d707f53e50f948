using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Consensus;

namespace Tactus.Engine.Protocols.Antelope.Execution;

/// <summary>What executing a block must know from consensus: the parent's state and what follows from it for this
/// block.</summary>
/// <param name="Parent">State of the previous block; onblock's argument is its header.</param>
/// <param name="Draft">Number, slot, producer, irreversible number and active schedule of this block.</param>
/// <param name="Features">Features in force, those that this block's header activates included.</param>
/// <param name="ChecksTransactions">Full validation or production. False (light validation of a trusted producer's
/// block) skips authorization, TaPoS, expiration and CPU limits of single transactions, as nodeos does.</param>
public sealed record BlockContext(
    HeaderState Parent, HeaderDraft Draft, ExecutionFeatures Features, bool ChecksTransactions = true)
{
    public uint Number => Draft.Number;

    public uint Slot => Draft.Slot;

    public Hash256 PreviousId => Parent.Id;

    /// <summary>Context of a block whose header activates no features.</summary>
    public static BlockContext Of(HeaderState parent, HeaderDraft draft, bool checksTransactions = true) =>
        new(parent, draft, parent.Features.ForExecution(), checksTransactions);
}
