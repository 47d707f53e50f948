namespace Tactus.Engine.Protocols.Quorum.Coins;

/// <summary>Coin hours: what a coin earns by resting, and what transactions burn as their fee [D: "coinhours, which are
/// burned as fees"]. Rules of skycoin src/coin/outputs.go and src/util/fee [C].</summary>
/// <remarks>Coins are counted in droplets, a millionth of a coin; hours are whole numbers.</remarks>
public static class CoinHours
{
    public const ulong DropletsPerCoin = 1_000_000;

    private const ulong SecondsPerHour = 3600;

    /// <summary>Hours of an output at a time: those it was given and one per whole coin and hour since.</summary>
    /// <param name="coins">Droplets.</param>
    /// <param name="hours">Hours given when it was created.</param>
    /// <param name="createdSec">Time of the block that created it.</param>
    /// <param name="atSec">Time asked about: that of the block before the one that spends it.</param>
    /// <param name="result">The hours; 0 where the sum exceeds 64 bits, as block validation counts it [C].</param>
    /// <returns>False where what was earned exceeds 64 bits: such an output cannot be spent [C].</returns>
    public static bool TryAt(ulong coins, ulong hours, ulong createdSec, ulong atSec, out ulong result)
    {
        if (atSec < createdSec)
        {
            result = hours;
            return true;
        }

        ulong seconds = atSec - createdSec;
        UInt128 whole = (UInt128)seconds * (coins / DropletsPerCoin);
        UInt128 droplets = (UInt128)seconds * (coins % DropletsPerCoin);
        UInt128 earned = (whole + (droplets / DropletsPerCoin)) / SecondsPerHour;
        result = 0;
        if (whole > ulong.MaxValue || droplets > ulong.MaxValue)
        {
            return false;
        }

        UInt128 sum = earned + hours;
        result = sum > ulong.MaxValue ? 0 : (ulong)sum;
        return true;
    }

    /// <summary>The least fee a node relays and puts into blocks: a tenth of the hours spent, rounded up, and more than
    /// none. Not a rule of block validity: early blocks burn nothing [C].</summary>
    /// <param name="hoursIn">Hours of the inputs.</param>
    /// <param name="burnFactor">10 today, at least 2.</param>
    public static ulong FeeMin(ulong hoursIn, ulong burnFactor) =>
        Math.Max(1, (hoursIn / burnFactor) + (hoursIn % burnFactor == 0 ? 0UL : 1UL));
}
