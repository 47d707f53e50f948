namespace Tactus.Engine.Protocols.Graphene.Types;

/// <summary>Bounds on what one block, transaction or operation may hold: a hostile count allocates nothing.</summary>
public static class WireLimits
{
    /// <summary>Transactions of a block.</summary>
    public const int TransactionsMax = 1 << 21;

    public const int OperationsMax = 1024;

    public const int SignaturesMax = 256;

    /// <summary>Accounts or keys of one authority; [C] the mainnet parameter maximum_authority_membership is
    /// 10.</summary>
    public const int AuthorityMembersMax = 1024;

    /// <summary>Votes of one account: all witnesses and delegates there can be, [C] at most 1001 of each.</summary>
    public const int VotesMax = 2048;

    /// <summary>Bytes of a name, a web address or a memo.</summary>
    public const int TextBytesMax = 1024;

    /// <summary>[C] GRAPHENE_MAX_ACCOUNT_NAME_LENGTH.</summary>
    public const int AccountNameBytesMax = 63;

    /// <summary>Approvals added or taken back by one operation.</summary>
    public const int ApprovalsMax = 1024;
}
