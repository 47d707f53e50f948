using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Types;

namespace Tactus.Engine.Protocols.Antelope.Consensus;

/// <summary>Whether the keys that signed a block satisfy the authority that had to sign it (specs: antelope.md 3.6,
/// last line; leap v5.0.3 verify_signee). Pure: recovering the keys is the caller's work, so that replay can batch
/// it.</summary>
public static class BlockSignatures
{
    /// <summary>Checks the number of signatures alone; cheap, and worth doing before any recovery.</summary>
    public static Verdict CheckCount(HeaderState state)
    {
        int signatures = 1 + state.AdditionalSignatures.Count;
        int keys = state.SigningAuthority.Keys.Count;
        return signatures <= keys
            ? Verdict.Ok
            : Verdict.Reject(
                RejectReason.BadBlockSignature,
                $"block {state.Number} has {signatures} signatures, the authority of {state.Header.Producer} has "
                + $"{keys} keys");
    }

    /// <summary>Checks the keys recovered from the block's signatures: not more than the authority has, all different,
    /// each one named by the authority, weights reaching the threshold.</summary>
    /// <param name="state">State of the block.</param>
    /// <param name="keys">Key of the producer signature, then of the additional ones in their order.</param>
    public static Verdict Check(HeaderState state, ReadOnlySpan<PublicKey> keys)
    {
        Verdict verdict = CheckCount(state);
        if (!verdict.Accepted)
        {
            return verdict;
        }

        if (keys.Length != 1 + state.AdditionalSignatures.Count)
        {
            throw new ArgumentException(
                $"{keys.Length} keys for {1 + state.AdditionalSignatures.Count} signatures", nameof(keys));
        }

        BlockSigningAuthority authority = state.SigningAuthority;
        ulong weight = 0;
        int named = 0;
        foreach (KeyWeight entry in authority.Keys)
        {
            if (keys.Contains(entry.Key))
            {
                named++;

                // A full range cannot overflow: at most KeysMax weights of 16 bits.
                weight += entry.Weight;
            }
        }

        for (int i = 0; i < keys.Length; i++)
        {
            if (keys[..i].Contains(keys[i]))
            {
                return Verdict.Reject(
                    RejectReason.BadBlockSignature, $"block {state.Number} is signed twice by the same key", i);
            }
        }

        if (named != keys.Length)
        {
            return Verdict.Reject(
                RejectReason.BadBlockSignature,
                $"block {state.Number}: {keys.Length - named} of {keys.Length} signatures are by keys that the "
                + "authority of "
                + $"{state.Header.Producer} does not name");
        }

        return weight >= authority.Threshold
            ? Verdict.Ok
            : Verdict.Reject(
                RejectReason.BadBlockSignature,
                $"block {state.Number}: weight {weight} of the signing keys is below the threshold "
                + $"{authority.Threshold} of "
                + $"{state.Header.Producer}");
    }
}
