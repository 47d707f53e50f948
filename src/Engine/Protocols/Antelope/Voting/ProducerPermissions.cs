using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Authority;
using Tactus.Engine.Protocols.Antelope.Execution;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Engine.State;

namespace Tactus.Engine.Protocols.Antelope.Voting;

/// <summary>Keeps the permissions of eosio.prods at majorities of the active schedule: active 2/3 + 1, prod.major 1/2 +
/// 1, prod.minor 1/3 + 1 (leap v5.0.3 controller.cpp update_producers_authority).</summary>
public static class ProducerPermissions
{
    /// <summary>Writes only where the schedule's members changed.</summary>
    public static void Update(IStateView view, ProducerSchedule active)
    {
        var accounts = new AccountWeight[active.Producers.Count];
        for (int i = 0; i < accounts.Length; i++)
        {
            accounts[i] = new AccountWeight(new PermissionLevel(active.Producers[i].Producer, WellKnown.Active), 1);
        }

        ulong account = WellKnown.Producers.Value;
        if (!AccountCells.Exists(view, account)
            || PermissionStore.Find(view, account, WellKnown.Active.Value) is not { } current
            || current.Authority.Accounts.SequenceEqual(accounts))
        {
            return;
        }

        uint count = (uint)accounts.Length;
        Put(WellKnown.Active, WellKnown.Owner, (count * 2 / 3) + 1);
        Put(WellKnown.MajorityPermission, WellKnown.Active, (count / 2) + 1);
        Put(WellKnown.MinorityPermission, WellKnown.MajorityPermission, (count / 3) + 1);

        void Put(Name name, Name parent, uint threshold) =>
            PermissionStore.Put(
                view, account, new Permission(name, parent, new PermissionAuthority(threshold, [], accounts)));
    }
}
