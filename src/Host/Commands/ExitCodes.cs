namespace Tactus.Host.Commands;

/// <summary>What the program's exit codes mean.</summary>
internal static class ExitCodes
{
    public const int Ok = 0;

    /// <summary>The work ran and something did not hold: a block failed, a check did not pass.</summary>
    public const int Failed = 1;

    /// <summary>The work could not start: bad option, missing file, unusable setting.</summary>
    public const int Usage = 2;
}
