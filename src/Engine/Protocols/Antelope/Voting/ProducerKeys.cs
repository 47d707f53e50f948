using Tactus.Engine.Protocols.Antelope.Types;

namespace Tactus.Engine.Protocols.Antelope.Voting;

/// <summary>What a producer's signing authority must satisfy (leap v5.0.3 privileged intrinsics, CDT
/// block_signing_authority).</summary>
public static class ProducerKeys
{
    /// <returns>Null, or what is wrong.</returns>
    public static string? Check(BlockSigningAuthority authority)
    {
        ulong weight = 0;
        for (int i = 0; i < authority.Keys.Count; i++)
        {
            weight += authority.Keys[i].Weight;
            for (int j = 0; j < i; j++)
            {
                if (authority.Keys[i].Key.Equals(authority.Keys[j].Key))
                {
                    return "a key appears twice";
                }
            }
        }

        return authority.Keys.Count == 0 ? "it has no key"
            : authority.Threshold == 0 ? "its threshold is zero"
            : weight < authority.Threshold ? "its keys cannot reach the threshold"
            : null;
    }
}
