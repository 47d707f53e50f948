using Tactus.Engine.Protocols.VmDposw.Machines;

namespace Tactus.Engine.Protocols.VmDposw.Rounds;

/// <summary>Who of the cluster takes part in a round. [D] 3.3 rule 1: "a VM from each category will participate the
/// mining process"; rule 2: "we will limit min and max percentage of delegates from each category in any given round
/// N".</summary>
/// <remarks>[N] The shares are of the round's delegates, over categories that the cluster has. A cluster that does not
/// fit sits out delegates of its largest category until it fits; nobody leaves the cluster. With n categories present,
/// limits that n equal shares cannot meet give way to 1/n, so that one delegate of each always fits.</remarks>
public static class CategoryShares
{
    /// <summary>How many delegates of each category take part.</summary>
    /// <param name="available">Delegates of the cluster by category.</param>
    /// <param name="minPercent">Least share of a category that is present.</param>
    /// <param name="maxPercent">Largest share of a category.</param>
    /// <param name="taking">Receives the counts: at least 1 where available has any.</param>
    public static void Take(ReadOnlySpan<int> available, int minPercent, int maxPercent, Span<int> taking)
    {
        available.CopyTo(taking);
        while (!Fits(taking, minPercent, maxPercent))
        {
            int largest = 0;
            for (int i = 1; i < taking.Length; i++)
            {
                largest = taking[i] > taking[largest] ? i : largest;
            }

            taking[largest]--;
        }
    }

    /// <summary>Whether each category present keeps within its limits.</summary>
    public static bool Fits(ReadOnlySpan<int> counts, int minPercent, int maxPercent)
    {
        int total = 0;
        int present = 0;
        int largest = 0;
        foreach (int count in counts)
        {
            total += count;
            present += count > 0 ? 1 : 0;
            largest = Math.Max(largest, count);
        }

        // One of each always fits: limits are relaxed to the equal share where they exclude it.
        bool minFits = true;
        bool minBinds = minPercent * present <= 100;
        foreach (int count in counts)
        {
            minFits &= count == 0 || (minBinds ? 100 * count >= minPercent * total : count * present >= total);
        }

        bool maxBinds = maxPercent * present >= 100;
        bool maxFits = maxBinds ? 100 * largest <= maxPercent * total : largest * present <= total;
        return minFits && maxFits;
    }

    /// <summary>Whether number <paramref name="index"/> of a category, in the order of ids, takes part in a round:
    /// those who sit out change from round to round.</summary>
    public static bool TakesPart(int index, int available, int taking, uint round) =>
        (index + (int)(round % (uint)available)) % available < taking;
}
