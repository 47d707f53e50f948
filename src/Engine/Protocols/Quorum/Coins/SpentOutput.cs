using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols.Quorum.Coins;

/// <summary>When an output that is spent came and went: what a vote slip is checked against.</summary>
/// <param name="CreatedSeq">Block that created it.</param>
/// <param name="SpentSeq">Block that spent it.</param>
public readonly record struct SpentOutput(ulong CreatedSeq, ulong SpentSeq);

/// <summary>Outputs that were spent.</summary>
public interface ISpentOutputs
{
    bool TryGetSpent(in Hash256 id, out SpentOutput spent);
}
