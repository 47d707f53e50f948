using Tactus.Engine.Primitives;
using Tactus.Engine.Production;
using Tactus.Engine.Protocols.Gasper.Blocks;

namespace Tactus.Engine.Protocols.Gasper;

/// <summary>Signs for the validators of this node, 96 bytes each. Implementations refuse what could be
/// slashed.</summary>
public interface IValidatorKeys : IProducerKeys
{
    /// <summary>Whether a validator does its duties in an epoch.</summary>
    bool IsOnline(int validator, ulong epoch);

    /// <summary>Signs an epoch's RANDAO root, which can be signed any number of times.</summary>
    void SignRandao(int validator, in Hash256 root, Span<byte> signature);

    Verdict SignBlock(int validator, ulong slot, in Hash256 root, Span<byte> signature);

    Verdict SignVote(int validator, in AttestationData data, in Hash256 root, Span<byte> signature);
}
