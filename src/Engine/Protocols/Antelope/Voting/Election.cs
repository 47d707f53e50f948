using Tactus.Engine.Protocols.Antelope.Execution;
using Tactus.Engine.Protocols.Antelope.Types;

namespace Tactus.Engine.Protocols.Antelope.Voting;

/// <summary>Proposes the producers with the most votes as the next schedule (update_elected_producers).</summary>
public static class Election
{
    /// <summary>Holds an election. Ranks by votes, equal votes by name; only active producers with votes; nothing is
    /// proposed when fewer are left than the last schedule had.</summary>
    public static void Run(ActionScope scope, ProducerTable table, ref VotingState state)
    {
        VotingRules rules = scope.Rules;
        List<ProducerRow> elected = Rank(table, rules.ScheduleSize);
        if (elected.Count == 0 || elected.Count < state.LastScheduleSize)
        {
            return;
        }

        elected.Sort((left, right) =>
        {
            int order = rules.Order == ScheduleOrder.Location ? left.Location.CompareTo(right.Location) : 0;
            return order != 0 ? order : left.Owner.CompareTo(right.Owner);
        });
        var producers = new ProducerAuthority[elected.Count];
        for (int i = 0; i < producers.Length; i++)
        {
            ulong owner = elected[i].Owner;
            producers[i] = new ProducerAuthority(new Name(owner), ProducerTable.ReadAuthority(scope.View, owner));
        }

        if (StoredProposal.Propose(scope, producers) >= 0)
        {
            state.LastScheduleSize = (uint)producers.Length;
        }
    }

    /// <summary>The active producers with votes, most votes first, at most <paramref name="countMax"/>.</summary>
    public static List<ProducerRow> Rank(ProducerTable table, int countMax)
    {
        var ranked = new List<ProducerRow>();
        foreach (ProducerRow row in table.Rows)
        {
            if (row.IsActive && row.TotalVotes > 0)
            {
                ranked.Add(row);
            }
        }

        ranked.Sort((left, right) =>
        {
            int order = right.TotalVotes.CompareTo(left.TotalVotes);
            return order != 0 ? order : left.Owner.CompareTo(right.Owner);
        });
        if (ranked.Count > countMax)
        {
            ranked.RemoveRange(countMax, ranked.Count - countMax);
        }

        return ranked;
    }
}
