using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Execution;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Engine.Protocols.Antelope.Voting;

namespace Tactus.Engine.Protocols.Antelope.Actions;

/// <summary>The actions of the system account: the protocol's own and the system contract's. One entry per
/// action.</summary>
public static class SystemActions
{
    private delegate string? Handler(ActionScope scope, in ActionFrame action);

    private static readonly Dictionary<ulong, Handler> Handlers = new()
    {
        [WellKnown.OnBlock.Value] = OnBlockAction.Run,
        [AccountActions.NewAccountName] = AccountActions.NewAccount,
        [AccountActions.UpdateAuthName] = AccountActions.UpdateAuth,
        [AccountActions.DeleteAuthName] = AccountActions.DeleteAuth,
        [AccountActions.LinkAuthName] = AccountActions.LinkAuth,
        [AccountActions.UnlinkAuthName] = AccountActions.UnlinkAuth,
        [Name.Parse("setparams").Value] = PrivilegedActions.SetParams,
        [Name.Parse("setprods").Value] = PrivilegedActions.SetProds,
        [Name.Parse("delegatebw").Value] = StakeActions.DelegateBw,
        [Name.Parse("undelegatebw").Value] = StakeActions.UndelegateBw,
        [Name.Parse("refund").Value] = StakeActions.Refund,
        [Name.Parse("regproducer").Value] = ProducerActions.RegProducer,
        [Name.Parse("regproducer2").Value] = ProducerActions.RegProducer2,
        [Name.Parse("unregprod").Value] = ProducerActions.UnregProd,
        [Name.Parse("voteproducer").Value] = ProducerActions.VoteProducer,
        [Name.Parse("regproxy").Value] = ProducerActions.RegProxy,
        [Name.Parse("claimrewards").Value] = ProducerPay.ClaimRewards,
    };

    public static string? Run(ActionScope scope, in ActionFrame action) =>
        Handlers.TryGetValue(action.Name, out Handler? handler)
            ? handler(scope, in action)
            : $"eosio has no action {new Name(action.Name)} on this chain; contracts are not executed";
}
