using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols.Gasper.ForkChoice;

/// <summary>An attestation that <see cref="ForkChoiceStore.Examine"/> found right.</summary>
/// <param name="Signers">Registry indices of those who voted, ascending.</param>
/// <param name="Slot">Slot of the vote: it counts from the next one on.</param>
/// <param name="BlockRoot">The head voted for.</param>
/// <param name="TargetEpoch">Epoch of the vote.</param>
public sealed record ExaminedVote(ReadOnlyMemory<int> Signers, ulong Slot, Hash256 BlockRoot, ulong TargetEpoch);
