namespace Tactus.Engine.Protocols.Antelope.Execution;

/// <summary>Table tags of the Antelope state: the low byte of <see cref="State.StateKey.Table"/>. Part of the state
/// format: a number is never given to something else.</summary>
public static class StateTables
{
    // Cells
    /// <summary>Owner = account: key, sequences and core balance (<see cref="Authority.AccountRecord"/>).</summary>
    public const byte Account = 1;

    /// <summary>Owner = account: the owner authority's single key, only where it differs from active's.</summary>
    public const byte AccountOwner = 2;

    /// <summary>Owner = account: code and ABI sequence, only where the account has code.</summary>
    public const byte AccountCode = 3;

    /// <summary>Owner = account, secondary = symbol code: balance of a token other than the core token.</summary>
    public const byte Balance = 4;

    /// <summary>Owner = 0, secondary = symbol code: supply, maximum and issuer.</summary>
    public const byte TokenStat = 5;

    /// <summary>Owner = account: NET and CPU weight and usage averages.</summary>
    public const byte AccountUsage = 6;

    /// <summary>Owner = 0: counters of the chain.</summary>
    public const byte Counters = 7;

    /// <summary>Owner = 0: sum of all NET and CPU weights.</summary>
    public const byte TotalWeights = 8;

    /// <summary>Owner = account: tokens that wait to be refunded.</summary>
    public const byte Refund = 9;

    /// <summary>Owner = account: all that is staked for its NET and CPU, by anyone.</summary>
    public const byte AccountResources = 10;

    // Blobs
    /// <summary>Owner = account: every permission that is not a single K1 key, and all custom ones.</summary>
    public const byte Permissions = 32;

    /// <summary>Owner = account: minimum permissions by contract and action.</summary>
    public const byte Links = 33;

    /// <summary>Owner = 0: chain configuration.</summary>
    public const byte Config = 34;

    /// <summary>Owner = 0: elastic block limits.</summary>
    public const byte BlockLimits = 35;

    /// <summary>Owner = 0: schedule that waits for its proposing block to become irreversible.</summary>
    public const byte ProposedSchedule = 36;

    /// <summary>Owner = 0: rows of all producers, by name.</summary>
    public const byte Producers = 37;

    /// <summary>Owner = producer: signing authority and URL.</summary>
    public const byte ProducerDetail = 38;

    /// <summary>Owner = account: stake and votes.</summary>
    public const byte Voter = 39;

    /// <summary>Owner = account: what it delegated, by receiver.</summary>
    public const byte Delegations = 40;

    /// <summary>Owner = 0: state of the voting and pay layer.</summary>
    public const byte VotingState = 41;
}
