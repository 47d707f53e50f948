using System.Buffers.Binary;
using Tactus.Engine.Protocols.Antelope.Types;

namespace Tactus.Engine.Protocols.Antelope.Execution;

/// <summary>A transaction that is one eosio.token::transfer, authorized by its sender's active permission alone, in its
/// shortest form without delay, context-free actions or extensions: nearly all of a payment chain's. Every field is at
/// a fixed place.</summary>
internal struct PlainTransfer
{
    // expiration 4 | reference 2 + 4 | NET words 1 | CPU 1 | delay 1 | context-free actions 1 | actions 1 | account 8 |
    // name 8 | authorizations 1 | actor 8 | permission 8 | data length 1 | from 8 | to 8 | amount 8 | symbol 8 | memo
    // length 1 | memo | extensions 1
    private const int NetWordsAt = 10;
    private const int DelayAt = 12;
    private const int ActionCountAt = 14;
    private const int AccountAt = 15;
    private const int NameAt = 23;
    private const int AuthorizationCountAt = 31;
    private const int ActorAt = 32;
    private const int PermissionAt = 40;
    private const int DataLengthAt = 48;
    private const int DataAt = 49;
    private const int MemoLengthAt = DataAt + 32;
    private const int BytesMin = MemoLengthAt + 2;

    public ulong From;
    public ulong To;
    public long Amount;
    public ulong Symbol;

    /// <summary>False where the transaction is of any other form.</summary>
    public static bool TryRead(ReadOnlySpan<byte> body, out PlainTransfer transfer)
    {
        transfer = default;
        if (body.Length < BytesMin
            || body[NetWordsAt] >= 0x80
            || body[DelayAt] != 0
            || body[DelayAt + 1] != 0
            || body[ActionCountAt] != 1
            || body[AuthorizationCountAt] != 1
            || At(body, AccountAt) != WellKnown.Token.Value
            || At(body, NameAt) != WellKnown.Transfer.Value
            || At(body, PermissionAt) != WellKnown.Active.Value
            || body[MemoLengthAt] >= 0x80
            || body[DataLengthAt] >= 0x80
            || body[DataLengthAt] != 33 + body[MemoLengthAt]
            || body.Length != BytesMin + body[MemoLengthAt]
            || body[^1] != 0)
        {
            return false;
        }

        transfer.From = At(body, DataAt);
        transfer.To = At(body, DataAt + 8);
        transfer.Amount = (long)At(body, DataAt + 16);
        transfer.Symbol = At(body, DataAt + 24);
        return transfer.From == At(body, ActorAt)
            && transfer.From != transfer.To
            && transfer.From != WellKnown.Token.Value
            && transfer.To != WellKnown.Token.Value;
    }

    /// <summary>The action of such a transaction.</summary>
    public static ActionFrame ActionOf(ReadOnlySpan<byte> body) => new(
        WellKnown.Token.Value,
        WellKnown.Transfer.Value,
        body.Slice(ActorAt, PermissionLevel.Size),
        body.Slice(DataAt, body[DataLengthAt]));

    private static ulong At(ReadOnlySpan<byte> body, int offset) =>
        BinaryPrimitives.ReadUInt64LittleEndian(body[offset..]);
}
