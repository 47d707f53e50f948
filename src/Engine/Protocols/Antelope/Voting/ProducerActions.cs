using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Actions;
using Tactus.Engine.Protocols.Antelope.Execution;
using Tactus.Engine.Protocols.Antelope.Types;

namespace Tactus.Engine.Protocols.Antelope.Voting;

/// <summary>Registering as a producer or proxy, and voting: regproducer, regproducer2, unregprod, voteproducer,
/// regproxy.</summary>
public static class ProducerActions
{
    public static string? RegProducer(ActionScope scope, in ActionFrame action)
    {
        var reader = new ByteReader(action.Data);
        ulong producer = reader.ReadUInt64();
        BlockSigningAuthority authority = BlockSigningAuthority.OfKey(PublicKey.Read(ref reader));
        return Register(scope, in action, producer, authority, ref reader);
    }

    public static string? RegProducer2(ActionScope scope, in ActionFrame action)
    {
        var reader = new ByteReader(action.Data);
        ulong producer = reader.ReadUInt64();
        BlockSigningAuthority authority = BlockSigningAuthority.Read(ref reader);
        return Register(scope, in action, producer, authority, ref reader);
    }

    public static string? UnregProd(ActionScope scope, in ActionFrame action)
    {
        var reader = new ByteReader(action.Data);
        ulong producer = reader.ReadUInt64();
        if (reader.Failed)
        {
            return TokenActions.Undecodable("unregprod", in reader);
        }

        if (!action.HasAuth(producer))
        {
            return TokenActions.MissingAuthority(producer);
        }

        ProducerTable table = scope.Producers.Load(scope.View);
        int at = table.IndexOf(producer);
        if (at < 0)
        {
            return "producer not found";
        }

        table.Rows[at].IsActive = false;
        table.Save(scope.View);
        return null;
    }

    public static string? VoteProducer(ActionScope scope, in ActionFrame action)
    {
        var reader = new ByteReader(action.Data);
        ulong voter = reader.ReadUInt64();
        ulong proxy = reader.ReadUInt64();
        var producers = new ulong[reader.ReadCount(ProducerTable.ProducersMax, sizeof(ulong), "producers")];
        for (int i = 0; i < producers.Length; i++)
        {
            producers[i] = reader.ReadUInt64();
        }

        return reader.Failed ? TokenActions.Undecodable("voteproducer", in reader)
            : !action.HasAuth(voter) ? TokenActions.MissingAuthority(voter)
            : proxy != 0 && !scope.Rules.AllowsProxies ? "proxy voting is disabled"
            : VoteCount.Update(scope, voter, proxy, producers, isVoting: true);
    }

    public static string? RegProxy(ActionScope scope, in ActionFrame action)
    {
        var reader = new ByteReader(action.Data);
        ulong proxy = reader.ReadUInt64();
        bool isProxy = reader.ReadBool();
        if (reader.Failed)
        {
            return TokenActions.Undecodable("regproxy", in reader);
        }

        if (!scope.Rules.AllowsProxies && isProxy)
        {
            return "proxy voting is disabled";
        }

        if (!action.HasAuth(proxy))
        {
            return TokenActions.MissingAuthority(proxy);
        }

        if (Voter.Find(scope.View, proxy) is not { } voter)
        {
            voter = Voter.FindOrNew(scope.View, proxy);
            voter.IsProxy = isProxy;
            voter.Save(scope.View);
            return null;
        }

        if (isProxy == voter.IsProxy)
        {
            return "action has no effect";
        }

        if (isProxy && voter.Proxy != 0)
        {
            return "account that uses a proxy is not allowed to become a proxy";
        }

        voter.IsProxy = isProxy;
        return VoteCount.Propagate(scope, voter);
    }

    // regproducer and regproducer2 end with the same two fields.
    private static string? Register(
        ActionScope scope,
        in ActionFrame action,
        ulong producer,
        BlockSigningAuthority authority,
        ref ByteReader reader)
    {
        ReadOnlySpan<byte> url = reader.ReadBytes(WireLimits.BytesMax, "url");
        ushort location = reader.ReadUInt16();
        if (reader.Failed)
        {
            return TokenActions.Undecodable("regproducer", in reader);
        }

        if (!action.HasAuth(producer))
        {
            return TokenActions.MissingAuthority(producer);
        }

        if (url.Length >= ProducerTable.UrlBytesMax)
        {
            return "url too long";
        }

        if (ProducerKeys.Check(authority) is { } invalid)
        {
            return $"invalid producer authority: {invalid}";
        }

        ProducerTable table = scope.Producers.Load(scope.View);
        int at = table.IndexOf(producer);
        if (at < 0)
        {
            if (table.Count >= ProducerTable.ProducersMax)
            {
                return $"there are {ProducerTable.ProducersMax} producers already";
            }

            at = ~at;
            ref ProducerRow added = ref table.Insert(at, producer);
            added.LastClaimUs = scope.NowUs;
            added.LastVotePayUpdateUs = scope.NowUs;
        }

        ref ProducerRow row = ref table.Rows[at];
        row.IsActive = true;
        row.Location = location;
        table.Save(scope.View);
        ProducerTable.SaveDetail(scope.View, producer, authority, url);
        return null;
    }
}
