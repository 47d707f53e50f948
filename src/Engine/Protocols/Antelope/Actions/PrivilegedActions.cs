using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Authority;
using Tactus.Engine.Protocols.Antelope.Execution;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Engine.Protocols.Antelope.Voting;

namespace Tactus.Engine.Protocols.Antelope.Actions;

/// <summary>Actions that only the system account itself may authorize: setparams and setprods.</summary>
public static class PrivilegedActions
{
    /// <summary>Replaces the chain's configuration, from the next transaction on.</summary>
    public static string? SetParams(ActionScope scope, in ActionFrame action)
    {
        var reader = new ByteReader(action.Data);
        ChainConfig config = ChainConfig.Read(ref reader);
        if (reader.Failed)
        {
            return TokenActions.Undecodable("setparams", in reader);
        }

        string? error = !action.HasAuth(WellKnown.System.Value)
            ? TokenActions.MissingAuthority(WellKnown.System.Value)
            : Check(config);
        if (error is null)
        {
            ChainState.WriteConfig(scope.View, config);
            scope.ConfigChanged = true;
        }

        return error;
    }

    /// <summary>Proposes a schedule directly: {name, block_signing_authority}[] (eosio.boot, eosio.bios).</summary>
    public static string? SetProds(ActionScope scope, in ActionFrame action)
    {
        var reader = new ByteReader(action.Data);
        var producers = new ProducerAuthority[reader.ReadCount(ProducerSchedule.ProducersMax, 14, "producers")];
        for (int i = 0; i < producers.Length; i++)
        {
            var name = new Name(reader.ReadUInt64());
            producers[i] = new ProducerAuthority(name, BlockSigningAuthority.Read(ref reader));
        }

        if (reader.Failed)
        {
            return TokenActions.Undecodable("setprods", in reader);
        }

        if (!action.HasAuth(WellKnown.System.Value))
        {
            return TokenActions.MissingAuthority(WellKnown.System.Value);
        }

        var seen = new HashSet<Name>();
        foreach (ProducerAuthority producer in producers)
        {
            if (!AccountCells.Exists(scope.View, producer.Producer.Value))
            {
                return "producer schedule includes a nonexisting account";
            }

            if (!seen.Add(producer.Producer))
            {
                return "duplicate producer name in producer schedule";
            }

            if (ProducerKeys.Check(producer.Authority) is { } invalid)
            {
                return $"producer schedule includes an invalid authority for {producer.Producer}: {invalid}";
            }
        }

        StoredProposal.Propose(scope, producers);
        return null;
    }

    // leap v5.0.3 chain_config.hpp validate(), and what the engine itself divides by.
    private static string? Check(ChainConfig config) =>
        config.TargetBlockNetUsagePct > ChainConfig.Percent100 || config.TargetBlockNetUsagePct < 10
            ? "target block net usage percentage must lie in 0.1 %..100 %"
        : config.TargetBlockCpuUsagePct > ChainConfig.Percent100 || config.TargetBlockCpuUsagePct < 10
            ? "target block cpu usage percentage must lie in 0.1 %..100 %"
        : config.MaxTransactionNetUsage >= config.MaxBlockNetUsage
            ? "max transaction net usage must be less than max block net usage"
        : config.MaxTransactionCpuUsageUs >= config.MaxBlockCpuUsageUs
            ? "max transaction cpu usage must be less than max block cpu usage"
        : config.BasePerTransactionNetUsage >= config.MaxTransactionNetUsage
            ? "base net usage per transaction must be less than the max transaction net usage"
        : config.ContextFreeDiscountNetUsageDen == 0
            ? "net usage discount ratio of context-free data cannot have a 0 denominator"
        : config.ContextFreeDiscountNetUsageNum > config.ContextFreeDiscountNetUsageDen
            ? "net usage discount ratio of context-free data cannot exceed 1"
        : config.MinTransactionCpuUsageUs > config.MaxTransactionCpuUsageUs
            ? "min transaction cpu usage cannot exceed max transaction cpu usage"
        : config.MaxAuthorityDepth < 1 ? "max authority depth should be at least 1"
        : null;
}
