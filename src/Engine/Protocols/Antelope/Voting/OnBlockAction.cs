using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Actions;
using Tactus.Engine.Protocols.Antelope.Execution;
using Tactus.Engine.Protocols.Antelope.Types;

namespace Tactus.Engine.Protocols.Antelope.Voting;

/// <summary>The implicit action at the start of each block: counts the previous block for its producer's pay, and holds
/// an election every minute. Its argument is the previous block's header (reference-contracts producer_pay.cpp
/// onblock).</summary>
public static class OnBlockAction
{
    public static string? Run(ActionScope scope, in ActionFrame action)
    {
        var reader = new ByteReader(action.Data);
        uint slot = reader.ReadUInt32();
        ulong producer = reader.ReadUInt64();
        if (reader.Failed)
        {
            return TokenActions.Undecodable("onblock", in reader);
        }

        if (!action.HasAuth(WellKnown.System.Value))
        {
            return TokenActions.MissingAuthority(WellKnown.System.Value);
        }

        // Nothing happens before activation: the first producers go on.
        VotingState state = VotingState.Read(scope.View);
        if (!state.IsActivated && !TryActivate(scope, ref state))
        {
            return null;
        }

        if (state.LastFillUs == 0)
        {
            state.LastFillUs = scope.NowUs;
        }

        // The producers of the first schedule may not be registered.
        ProducerTable table = scope.Producers.Load(scope.View);
        int at = table.IndexOf(producer);
        if (at >= 0)
        {
            state.TotalUnpaidBlocks++;
            table.Rows[at].UnpaidBlocks++;
            table.Save(scope.View);
        }

        if (slot - state.LastElectionSlot > scope.Rules.ElectionSlots)
        {
            state.LastElectionSlot = slot;
            Election.Run(scope, table, ref state);
        }

        state.Write(scope.View);
        return null;
    }

    // Under rules without a stake threshold: from a block on, once any producer has votes.
    private static bool TryActivate(ActionScope scope, ref VotingState state)
    {
        if (scope.Rules.ActivationStake is not null
            || scope.Block.Number < scope.Rules.ActivationBlock
            || state.TotalProducerVoteWeight <= 0)
        {
            return false;
        }

        state.ActivatedUs = scope.NowUs;
        return true;
    }
}
