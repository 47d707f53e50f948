namespace Tactus.Engine.Protocols.Graphene.Ledger;

/// <summary>Tables of the state: the low byte of every key.</summary>
internal static class Tables
{
    public const byte Account = 1;
    public const byte Authorities = 2;
    public const byte Options = 3;
    public const byte Name = 4;
    public const byte Witness = 5;
    public const byte WitnessKey = 6;
    public const byte WitnessOf = 7;
    public const byte Delegate = 8;
    public const byte DelegateOf = 9;
    public const byte Vote = 10;
    public const byte Voter = 11;
    public const byte Proposal = 12;
    public const byte Proposals = 13;
    public const byte BlockSummary = 14;
    public const byte Parameters = 15;
    public const byte Pending = 16;
    public const byte Totals = 17;
    public const byte Counters = 18;
    public const byte Consensus = 19;
}

/// <summary>What changes with every transfer.</summary>
internal struct AccountCell
{
    /// <summary>Core asset, all of which is stake.</summary>
    public long Balance;

    /// <summary>Stake of the accounts that name this one as their proxy.</summary>
    public long ProxiedStake;

    /// <summary>Whose opinion counts; <see cref="Types.WellKnown.ProxyToSelf"/> = its own.</summary>
    public uint Proxy;

    /// <summary>Place among the accounts with an opinion plus 1, or 0.</summary>
    public uint VoterPlace;
}

/// <summary>A witness: 40 bytes.</summary>
internal struct WitnessCell
{
    public uint Account;
    public uint VoteId;

    /// <summary>Approval at the last maintenance.</summary>
    public long Votes;

    public ulong LastSlot;
    public uint LastConfirmed;
    public uint Missed;

    /// <summary>Pay received so far.</summary>
    public long Paid;
}

internal struct DelegateCell
{
    public uint Account;
    public uint VoteId;
    public long Votes;
}

/// <summary>Money and how many of what there are: 40 bytes.</summary>
internal struct TotalsCell
{
    /// <summary>Core in accounts, in collected fees and in the witness budget.</summary>
    public long Supply;

    public long CollectedFees;
    public long WitnessBudget;
    public uint LastBudgetSec;
    public uint Accounts;
    public uint Witnesses;
    public uint Delegates;
}

internal struct CountersCell
{
    public long SupplyMax;

    /// <summary>[C] Instances of vote ids are unique across witnesses and delegates.</summary>
    public uint VoteIds;

    public uint Proposals;

    /// <summary>Accounts with an opinion.</summary>
    public uint Voters;

    /// <summary>1 where new parameters wait for the next maintenance.</summary>
    public uint HasPending;

    public uint WitnessesMin;
    public uint DelegatesMin;

    /// <summary>1: one delegate, one weight [N].</summary>
    public uint EqualDelegates;
}
