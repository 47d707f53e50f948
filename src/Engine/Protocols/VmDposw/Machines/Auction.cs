namespace Tactus.Engine.Protocols.VmDposw.Machines;

/// <summary>An open bid for a VM, in the order of arrival.</summary>
/// <param name="Account">Who bids.</param>
/// <param name="Category">Category wanted.</param>
/// <param name="Price">BFDT units, held in escrow until the period ends.</param>
public readonly record struct VmBid(ulong Account, VmCategory Category, long Price);

/// <summary>Bidding. [D] 3.1: "BFDT Shareholders ... acquire the VMs with different computing power via bidding with
/// BFDT"; "the total number of the VMs are upper bounded in a given period of time based on supply and
/// demands".</summary>
/// <remarks>[N] An open auction per period and category: the highest bids win, the earlier one of equal bids; the
/// supply of a category and the cap on all VMs bound how many. Gold is served first, as the cap may run out.</remarks>
public static class Auction
{
    /// <summary>Indexes of the winning bids, in the order in which their VMs are created.</summary>
    /// <param name="bids">Open bids in order of arrival.</param>
    /// <param name="supplyEach">Most VMs of one category that this period creates.</param>
    /// <param name="machines">VMs that exist.</param>
    /// <param name="machinesMax">Cap on all VMs.</param>
    public static IReadOnlyList<int> Winners(IReadOnlyList<VmBid> bids, int supplyEach, int machines, int machinesMax)
    {
        var winners = new List<int>();
        for (VmCategory category = VmCategory.Gold; category <= VmCategory.Bronze; category++)
        {
            IEnumerable<int> best = Enumerable.Range(0, bids.Count)
                .Where(i => bids[i].Category == category)
                .OrderByDescending(i => bids[i].Price)
                .ThenBy(i => i)
                .Take(supplyEach);
            foreach (int i in best)
            {
                if (machines + winners.Count >= machinesMax)
                {
                    return winners;
                }

                winners.Add(i);
            }
        }

        return winners;
    }
}
