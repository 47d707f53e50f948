// Source: reference-contracts producer_pay.cpp claimrewards. Amounts are smallest units; integer products that the
// contract forms in 64 bits are formed in 128 here, which differs only where the contract would overflow.
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Actions;
using Tactus.Engine.Protocols.Antelope.Execution;
using Tactus.Engine.Protocols.Antelope.Types;

namespace Tactus.Engine.Protocols.Antelope.Voting;

/// <summary>claimrewards: fills the pay buckets from inflation since the last claim of anyone, and pays one
/// producer.</summary>
public static class ProducerPay
{
    public const long DayUs = 24 * 3600 * 1_000_000L;

    private const double YearUs = 52 * 7 * (double)DayUs;

    private const long FactorPrecision = 10_000;

    public static string? ClaimRewards(ActionScope scope, in ActionFrame action)
    {
        var reader = new ByteReader(action.Data);
        ulong owner = reader.ReadUInt64();
        if (reader.Failed)
        {
            return TokenActions.Undecodable("claimrewards", in reader);
        }

        VotingState state = VotingState.Read(scope.View);
        ProducerTable table = scope.Producers.Load(scope.View);
        int at = table.IndexOf(owner);
        string? error = scope.Rules.Pay == PayRule.None ? "producer pay is not part of this chain's rules"
            : !action.HasAuth(owner) ? TokenActions.MissingAuthority(owner)
            : at < 0 ? "unable to find key"
            : !table.Rows[at].IsActive ? "producer does not have an active key"
            : !state.IsActivated ? "cannot claim rewards until the chain is activated"
            : scope.NowUs - table.Rows[at].LastClaimUs <= DayUs ? "already claimed rewards within past day"
            : Fill(scope, ref state);
        if (error is not null)
        {
            return error;
        }

        Pay(scope, ref state, ref table.Rows[at]);
        table.Save(scope.View);
        state.Write(scope.View);
        return null;
    }

    /// <summary>New tokens by continuous inflation: rate * supply * elapsed / year, cut to an integer.</summary>
    public static double Inflation(double continuousRate, long supply, long elapsedUs) =>
        continuousRate * supply * elapsedUs / YearUs;

    private static string? Fill(ActionScope scope, ref VotingState state)
    {
        VotingRules rules = scope.Rules;
        long elapsedUs = scope.NowUs - state.LastFillUs;
        if (elapsedUs <= 0 || state.LastFillUs == 0)
        {
            return null;
        }

        if (!TokenStat.TryGet(scope.View, rules.CoreSymbol.Code, out TokenStat stat))
        {
            return "unable to find key";
        }

        double inflation = Inflation(rules.ContinuousRate, stat.Supply, elapsedUs);
        if (inflation > long.MaxValue - 1023)
        {
            return "overflow in calculating new tokens to be issued; inflation rate is too high";
        }

        long minted = inflation < 0 ? 0 : (long)inflation;
        long toProducers = (long)((Int128)minted * FactorPrecision / rules.InflationPayFactor);
        long toSavings = minted - toProducers;
        long toBlockPay = (long)((Int128)toProducers * FactorPrecision / rules.VotePayFactor);
        long toVotePay = toProducers - toBlockPay;
        if (minted > 0)
        {
            ulong system = WellKnown.System.Value;
            CoreTransfer.Issue(scope, minted, "issue tokens for producer pay and savings");
            SendPart(scope, system, WellKnown.Saving, toSavings, "unallocated inflation");
            SendPart(scope, system, WellKnown.BlockPay, toBlockPay, "fund per-block bucket");
            SendPart(scope, system, WellKnown.VotePay, toVotePay, "fund per-vote bucket");
        }

        state.VotePayBucket += toVotePay;
        state.BlockPayBucket += toBlockPay;
        state.LastFillUs = scope.NowUs;
        return null;
    }

    private static void SendPart(ActionScope scope, ulong from, Name to, long amount, string memo)
    {
        if (amount > 0)
        {
            CoreTransfer.Send(scope, from, to.Value, amount, memo);
        }
    }

    private static void Pay(ActionScope scope, ref VotingState state, ref ProducerRow row)
    {
        long nowUs = scope.NowUs;
        long thresholdUs = row.LastClaimUs + VoteCount.ClaimThresholdUs;
        bool crossed = thresholdUs <= nowUs;
        bool updatedAfter = thresholdUs <= row.LastVotePayUpdateUs;
        long blockPay = state.TotalUnpaidBlocks == 0
            ? 0
            : (long)((Int128)state.BlockPayBucket * row.UnpaidBlocks / state.TotalUnpaidBlocks);

        double share = row.UpdateShare(nowUs, updatedAfter ? 0 : row.TotalVotes, reset: true);
        double totalShare = state.UpdateShares(nowUs, 0, 0);
        long votePay = 0;
        if (totalShare > 0 && !crossed)
        {
            votePay = Math.Min((long)(share * state.VotePayBucket / totalShare), state.VotePayBucket);
        }

        votePay = votePay < scope.Rules.VotePayMin ? 0 : votePay;
        state.VotePayBucket -= votePay;
        state.BlockPayBucket -= blockPay;
        state.TotalUnpaidBlocks -= row.UnpaidBlocks;
        state.UpdateShares(nowUs, -share, updatedAfter ? row.TotalVotes : 0);
        row.LastClaimUs = nowUs;
        row.UnpaidBlocks = 0;
        if (blockPay > 0)
        {
            CoreTransfer.Send(scope, WellKnown.BlockPay.Value, row.Owner, blockPay, "producer block pay", row.Owner);
        }

        if (votePay > 0)
        {
            CoreTransfer.Send(scope, WellKnown.VotePay.Value, row.Owner, votePay, "producer vote pay", row.Owner);
        }
    }
}
