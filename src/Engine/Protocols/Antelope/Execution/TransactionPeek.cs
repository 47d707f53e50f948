using System.Buffers.Binary;
using Tactus.Engine.Protocols.Antelope.Actions;
using Tactus.Engine.Protocols.Antelope.Authority;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Engine.State;

namespace Tactus.Engine.Protocols.Antelope.Execution;

/// <summary>The first action of a transaction of the plainest form, read at fixed places: what is enough to know which records
/// will be needed. Only ever a hint: nothing is decided from it.</summary>
internal readonly ref struct TransactionPeek
{
    /// <summary>Cells that <see cref="CellsOf"/> names at most.</summary>
    public const int CellsMax = 5;

    // expiration 4 | reference 2 + 4 | NET words 1 | CPU 1 | delay 1 | context-free actions 1 (none) | actions 1 | account 8 |
    // name 8 | authorizations 1 | actor 8 | permission 8 | data length 1 | data: from 8 | to 8 | amount 8 | symbol 8
    private const int ContextFreeAt = 13;
    private const int AccountAt = 15;
    private const int AuthorizationsAt = 31;
    private const int ActorAt = 32;
    private const int DataAt = 49;
    private const int TransferBytes = 32;

    private readonly ReadOnlySpan<byte> _body;

    private TransactionPeek(ReadOnlySpan<byte> body) => _body = body;

    public ulong Actor => At(ActorAt);

    public ulong Permission => At(ActorAt + 8);

    /// <summary>Unix seconds.</summary>
    public uint ExpirationSec => BinaryPrimitives.ReadUInt32LittleEndian(_body);

    /// <summary>False where the transaction is of another form.</summary>
    public static bool TryRead(ReadOnlySpan<byte> body, out TransactionPeek peek)
    {
        peek = new TransactionPeek(body);
        return body.Length > DataAt
            && body[ContextFreeAt - 3] < 0x80 && body[ContextFreeAt - 1] < 0x80
            && body[ContextFreeAt] == 0 && body[ContextFreeAt + 1] is > 0 and < 0x80
            && body[AuthorizationsAt] is > 0 and < 0x80;
    }

    /// <summary>The cells that the action will most likely read: its actor's, and both balances of a transfer.</summary>
    /// <returns>How many were written to <paramref name="keys"/>.</returns>
    public int CellsOf(Span<StateKey> keys)
    {
        keys[0] = AccountCells.ActiveKey(Actor);
        if (At(AccountAt) != WellKnown.Token.Value || At(AccountAt + 8) != WellKnown.Transfer.Value
            || _body.Length < DataAt + TransferBytes)
        {
            return 1;
        }

        (ulong from, ulong to, ulong code) = (At(DataAt), At(DataAt + 8), At(DataAt + 24) >> 8);
        keys[1] = AccountCells.OwnerKey(from);
        keys[2] = AccountCells.OwnerKey(to);
        keys[3] = TokenBalance.KeyOf(from, code);
        keys[4] = TokenBalance.KeyOf(to, code);
        return CellsMax;
    }

    private ulong At(int offset) => BinaryPrimitives.ReadUInt64LittleEndian(_body[offset..]);
}
