using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Actions;
using Tactus.Engine.Protocols.Antelope.Execution;
using Tactus.Engine.Protocols.Antelope.Types;

namespace Tactus.Engine.Protocols.Antelope.Voting;

/// <summary>The implicit action at the start of each block; its argument is the previous block's header.</summary>
public static class OnBlockAction
{
    public static string? Run(ActionScope scope, in ActionFrame action)
    {
        var reader = new ByteReader(action.Data);
        _ = reader.ReadUInt32();
        _ = reader.ReadUInt64();
        return reader.Failed ? TokenActions.Undecodable("onblock", in reader)
            : !action.HasAuth(WellKnown.System.Value) ? TokenActions.MissingAuthority(WellKnown.System.Value)
            : null;
    }
}
