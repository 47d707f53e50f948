using System.Text;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Types;

namespace Tactus.Engine.Protocols.Antelope.Wire;

/// <summary>The arguments of a token transfer, for display: from, to, quantity, memo (eosio.token ABI). Every token
/// contract keeps this layout, so the account does not matter.</summary>
public sealed record TokenTransfer(Name From, Name To, Asset Quantity, string Memo)
{
    private static readonly Name ActionName = Name.Parse("transfer");

    /// <returns>Null where the action is no transfer, or its data does not read as one to the last byte.</returns>
    public static TokenTransfer? TryRead(ChainAction action)
    {
        if (action.Name != ActionName)
        {
            return null;
        }

        var reader = new ByteReader(action.Data);
        var from = new Name(reader.ReadUInt64());
        var to = new Name(reader.ReadUInt64());
        var quantity = Asset.Read(ref reader);
        ReadOnlySpan<byte> memo = reader.ReadBytes(WireLimits.BytesMax, "memo");
        return reader.Failed || reader.Remaining != 0 || !quantity.IsValid
            ? null
            : new TokenTransfer(from, to, quantity, Encoding.UTF8.GetString(memo));
    }
}
