using System.Buffers.Binary;

namespace Tactus.Engine.Protocols.Antelope.Execution;

/// <summary>Who authorizes the first action of a transaction of the plainest form, read at fixed places. Only ever a
/// hint: nothing is decided from it.</summary>
internal static class TransactionPeek
{
    // expiration 4 | reference 2 + 4 | NET words 1 | CPU 1 | delay 1 | context-free actions 1 (none) | actions 1 |
    // account 8 | name 8 | authorizations 1 | actor 8 | permission 8
    private const int NetWordsAt = 10;
    private const int DelayAt = 12;
    private const int ContextFreeAt = 13;
    private const int ActionsAt = 14;
    private const int AuthorizationsAt = 31;
    private const int ActorAt = 32;
    private const int PermissionAt = 40;

    /// <summary>False where the transaction is of another form.</summary>
    public static bool TryReadSigner(ReadOnlySpan<byte> body, out ulong actor, out ulong permission)
    {
        bool fits = body.Length >= PermissionAt + 8
            && (body[NetWordsAt] | body[DelayAt]) < 0x80
            && body[ContextFreeAt] == 0
            && body[ActionsAt] is > 0 and < 0x80
            && body[AuthorizationsAt] is > 0 and < 0x80;
        actor = fits ? BinaryPrimitives.ReadUInt64LittleEndian(body[ActorAt..]) : 0;
        permission = fits ? BinaryPrimitives.ReadUInt64LittleEndian(body[PermissionAt..]) : 0;
        return fits;
    }
}
