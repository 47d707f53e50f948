using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.VmDposw.Machines;
using Tactus.Engine.Protocols.VmDposw.Rounds;
using Tactus.Engine.Protocols.VmDposw.Work;

namespace Tactus.Engine.Protocols.VmDposw.Consensus;

/// <summary>What is fixed when a round begins: who serves, in which order, and the sum that its first blocks build
/// on.</summary>
/// <param name="Round">Its number from 1; 0 before the first.</param>
/// <param name="Order">VM ids in serving order; window i belongs to entry i.</param>
/// <param name="PreviousSum">Sum of the last signatures of the delegates of the round before, formula (9).</param>
/// <param name="Right">Voting right of all that serve.</param>
public sealed record RoundSetup(uint Round, IReadOnlyList<uint> Order, Hash256 PreviousSum, long Right)
{
    public static RoundSetup None { get; } = new(0, [], Hash256.Zero, 0);

    /// <summary>Setup of the next round that has blocks. [N] A round without any block changes nothing: order and sum
    /// come from the last round that has some, so that a chain that stood still costs nothing to resume.</summary>
    /// <param name="round">Its number.</param>
    /// <param name="cluster">Delegates after all changes so far, by id.</param>
    /// <param name="before">Setup of the round before.</param>
    /// <param name="final">Signature of the last block.</param>
    /// <param name="parameters">Shares and order rule.</param>
    public static RoundSetup After(
        uint round,
        IReadOnlyList<ClusterDelegate> cluster,
        RoundSetup before,
        in Hash256 final,
        VmDposwParameters parameters)
    {
        List<ClusterDelegate> serving = Serving(round, cluster, parameters);
        long right = serving.Sum(vm => (long)parameters.RightOf(vm.Category));
        if (before.Order.Count == 0)
        {
            // [D] (6): the first round has no previous sum; [N] its order is that of the ids.
            return new RoundSetup(round, [.. serving.Select(vm => vm.Machine)], Hash256.Zero, right);
        }

        // [N] Placed first: those who served, in their order; then the others by id.
        IEnumerable<ClusterDelegate> placed = before.Order
            .Select(machine => serving.Find(vm => vm.Machine == machine))
            .OfType<ClusterDelegate>()
            .Concat(serving.Where(vm => !before.Order.Contains(vm.Machine)));
        ClusterDelegate[] inOrder = [.. placed];
        uint[] order = ServingOrder.Next(
            Array.ConvertAll(inOrder, vm => vm.Machine),
            Array.ConvertAll(inOrder, vm => vm.Last),
            final,
            parameters.Order);
        Hash256[] lasts = [.. before.Order.Select(machine => cluster.First(vm => vm.Machine == machine).Last)];
        return new RoundSetup(round, order, SignatureChain.Sum(lasts), right);
    }

    /// <summary>The delegates that take part (rules 1 and 2), by id.</summary>
    private static List<ClusterDelegate> Serving(
        uint round, IReadOnlyList<ClusterDelegate> cluster, VmDposwParameters parameters)
    {
        Span<int> available = stackalloc int[VmCategories.Count];
        Span<int> taking = stackalloc int[VmCategories.Count];
        Span<int> seen = stackalloc int[VmCategories.Count];
        foreach (ClusterDelegate vm in cluster)
        {
            available[(int)vm.Category]++;
        }

        CategoryShares.Take(available, parameters.ShareMinPercent, parameters.ShareMaxPercent, taking);
        seen.Clear();
        var serving = new List<ClusterDelegate>(cluster.Count);
        foreach (ClusterDelegate vm in cluster)
        {
            int category = (int)vm.Category;
            if (CategoryShares.TakesPart(seen[category]++, available[category], taking[category], round))
            {
                serving.Add(vm);
            }
        }

        return serving;
    }
}
