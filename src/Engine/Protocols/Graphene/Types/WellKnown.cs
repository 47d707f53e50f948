namespace Tactus.Engine.Protocols.Graphene.Types;

/// <summary>[C] Accounts that every chain has.</summary>
public static class WellKnown
{
    /// <summary>"This account is known as the genesis account": the delegates sign for it (committee-account,
    /// 1.2.0).</summary>
    public const uint GenesisAccount = 0;

    /// <summary>The active witnesses (1.2.1).</summary>
    public const uint WitnessAccount = 1;

    /// <summary>The delegates without a review period (1.2.2).</summary>
    public const uint RelaxedDelegates = 2;

    /// <summary>Nobody (1.2.3).</summary>
    public const uint NullAccount = 3;

    /// <summary>Anybody (1.2.4).</summary>
    public const uint TempAccount = 4;

    /// <summary>As a voting account: the account's own opinion counts (1.2.5).</summary>
    public const uint ProxyToSelf = 5;

    /// <summary>First account of people.</summary>
    public const uint FirstUser = 6;

    /// <summary>The core asset (1.3.0), of which stake consists.</summary>
    public const uint CoreAsset = 0;
}
