using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols.Quorum.Coins;

/// <summary>The set of unspent outputs that blocks are applied to.</summary>
public interface IUnspentOutputs
{
    /// <summary>XOR of the snapshot hashes of all outputs in the set: what the next header states [C].</summary>
    Hash256 UnspentHash { get; }

    /// <summary>The term in force and who may vote in it; spending keeps count.</summary>
    VoteTerm Term { get; set; }

    bool TryGet(in Hash256 id, out UnspentOutput output);

    /// <summary>Adds an output; false where one with the same key is there.</summary>
    bool TryAdd(in UnspentOutput output);

    /// <summary>Takes an output out, spent in block <paramref name="seq"/>.</summary>
    void Spend(in UnspentOutput output, ulong seq);
}
