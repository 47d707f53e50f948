namespace Tactus.Engine.Protocols.Graphene.Devnet;

/// <summary>What decides a devnet's blocks: the same parameters give the same block ids and the same state.</summary>
public sealed record GrapheneDevnetParameters
{
    public const int WitnessesMax = 1001;

    public const int AccountsMax = 10_000_000;

    public const int TransactionsPerSecondMax = 1_000_000;

    /// <summary>All keys and the load come from it.</summary>
    public long Seed { get; init; } = 1;

    public int Witnesses { get; init; } = 21;

    public int Delegates { get; init; } = 11;

    /// <summary>Users with a balance.</summary>
    public int Accounts { get; init; } = 1000;

    /// <summary>Transfers per second.</summary>
    public int TransactionsPerSecond { get; init; } = 100;

    /// <summary>"a fixed schedule of one block every 2 seconds".</summary>
    public byte BlockIntervalSec { get; init; } = 2;

    /// <summary>A day in the document; a minute here, so that a short run sees an election.</summary>
    public uint MaintenanceIntervalSec { get; init; } = 60;

    /// <summary>Null when the parameters can be used, else what is wrong.</summary>
    public string? Check() =>
        Witnesses is < 1 or > WitnessesMax ? $"--producers {Witnesses}: 1 to {WitnessesMax} witnesses are possible"
        : Delegates is < 1 or > WitnessesMax ? $"{Delegates} delegates: 1 to {WitnessesMax} are possible"
        : Accounts is < 2 or > AccountsMax ? $"--accounts {Accounts}: 2 to {AccountsMax} are possible"
        : TransactionsPerSecond is < 0 or > TransactionsPerSecondMax
            ? $"--tps {TransactionsPerSecond}: 0 to {TransactionsPerSecondMax} are possible"
        : GrapheneDevnetChain.ParametersOf(this).Check();
}
