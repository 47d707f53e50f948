using System.Text;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Execution;
using Tactus.Engine.Protocols.Antelope.Types;

namespace Tactus.Engine.Protocols.Antelope.Actions;

/// <summary>Inline actions on the core token that the system account sends.</summary>
public static class CoreTransfer
{
    /// <summary>Queues eosio.token::transfer, authorized by the sender's active permission and, where given, a second
    /// one's.</summary>
    public static void Send(
        ActionScope scope, ulong from, ulong to, long amount, string memo, ulong alsoAuthorizedBy = 0)
    {
        var data = new ByteWriter();
        data.WriteUInt64(from);
        data.WriteUInt64(to);
        new Asset(amount, scope.Rules.CoreSymbol).Write(data);
        data.WriteBytes(Encoding.ASCII.GetBytes(memo));
        var first = new PermissionLevel(new Name(from), WellKnown.Active);
        PermissionLevel[] authorization = alsoAuthorizedBy == 0
            ? [first]
            : [first, new PermissionLevel(new Name(alsoAuthorizedBy), WellKnown.Active)];
        scope.SendInline(WellKnown.Token.Value, WellKnown.Transfer.Value, authorization, data);
    }

    /// <summary>Queues eosio.token::issue to the system account.</summary>
    public static void Issue(ActionScope scope, long amount, string memo)
    {
        var data = new ByteWriter();
        data.WriteUInt64(WellKnown.System.Value);
        new Asset(amount, scope.Rules.CoreSymbol).Write(data);
        data.WriteBytes(Encoding.ASCII.GetBytes(memo));
        PermissionLevel[] authorization = [new PermissionLevel(WellKnown.System, WellKnown.Active)];
        scope.SendInline(WellKnown.Token.Value, WellKnown.Issue.Value, authorization, data);
    }
}
