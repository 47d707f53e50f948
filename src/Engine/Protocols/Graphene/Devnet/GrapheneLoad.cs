using Tactus.Engine.Primitives;
using Tactus.Engine.Production;
using Tactus.Engine.Protocols.Graphene.Consensus;
using Tactus.Engine.Protocols.Graphene.Types;
using Tactus.Kernels.Secp256k1;

namespace Tactus.Engine.Protocols.Graphene.Devnet;

/// <summary>Makes the signed transfers of a devnet. Those for a block depend on the parameters, the block's number and
/// its parent alone.</summary>
public sealed class GrapheneLoad
{
    private const uint ExpirationSec = 60;

    private readonly GrapheneDevnetParameters _parameters;
    private readonly GrapheneDevnetKeys _keys;
    private readonly Hash256 _chainId;
    private readonly Dictionary<int, (byte[] Secret, byte[] Tag)> _users = [];

    public GrapheneLoad(GrapheneDevnetParameters parameters, GrapheneDevnetKeys keys, in Hash256 chainId)
    {
        _parameters = parameters;
        _keys = keys;
        _chainId = chainId;
    }

    /// <summary>How many transfers each block gets.</summary>
    public int CountPerBlock => _parameters.TransactionsPerSecond * _parameters.BlockIntervalSec;

    /// <summary>Makes the transactions for the block after <paramref name="parent"/> and adds them to the
    /// queue.</summary>
    public void Fill(PendingTransactions pending, WitnessState parent)
    {
        int count = CountPerBlock;
        if (count == 0)
        {
            return;
        }

        var random = new SplitMix64((ulong)_parameters.Seed * 0x9E3779B97F4A7C15 ^ (parent.Number + 1));
        byte[] digests = new byte[count * 32];
        byte[] secrets = new byte[count * 32];
        byte[] signatures = new byte[count * 64];
        byte[] recoveryIds = new byte[count];
        byte[][] bodies = new byte[count][];
        byte[][] tags = new byte[count][];
        uint expiration = (uint)Slots.TimeSec(parent, 1) + ExpirationSec;
        for (int i = 0; i < count; i++)
        {
            int from = (int)(random.Next() % (ulong)_parameters.Accounts);
            int to = (int)(random.Next() % (ulong)(_parameters.Accounts - 1));
            to += to >= from ? 1 : 0;
            (byte[] secret, tags[i]) = User(from);
            bodies[i] = Body(parent, expiration, from, to, i);
            SignedTransaction.SigningDigest(_chainId, bodies[i]).CopyTo(digests.AsSpan(i * 32));
            secret.CopyTo(secrets, i * 32);
        }

        Secp256k1Signer.SignBatch(digests, secrets, signatures, recoveryIds);
        for (int i = 0; i < count; i++)
        {
            Add(pending, bodies[i], signatures.AsSpan(i * 64, 64), recoveryIds[i], tags[i], expiration);
        }
    }

    /// <summary>The memo names the index, so that no two transactions of a block are the same; the reference does
    /// between blocks.</summary>
    private byte[] Body(WitnessState parent, uint expiration, int from, int to, int index)
    {
        var transaction = new SignedTransaction
        {
            ExpirationSec = expiration,
            Operations =
            [
                new Transfer(
                    Asset.Core(0),
                    GrapheneDevnetChain.UserId(_parameters, from),
                    GrapheneDevnetChain.UserId(_parameters, to),
                    Asset.Core(1),
                    new Memo(default, default, (ulong)index, [])),
            ],
        };
        return (parent.Number == 0 ? transaction : transaction.Referring(parent.Id)).Body();
    }

    private static void Add(
        PendingTransactions pending, byte[] body, ReadOnlySpan<byte> rs, byte recoveryId, byte[] tag, uint expiration)
    {
        var packed = new ByteWriter(body.Length + 66);
        packed.WriteSpan(body);
        packed.WriteVarUInt32(1);
        packed.WriteByte((byte)(BlockHeader.SignatureHeader + recoveryId));
        packed.WriteSpan(rs);
        pending.Add(SignedTransaction.IdOf(body), packed.Written, tag, expiration);
    }

    private (byte[] Secret, byte[] Tag) User(int index)
    {
        if (!_users.TryGetValue(index, out (byte[] Secret, byte[] Tag) user))
        {
            byte[] secret = _keys.UserSecret(index);
            byte[] tag = new byte[1 + SigningKey.Size];
            GrapheneDevnetKeys.PublicKeyOf(secret).CopyTo(tag.AsSpan(1));
            user = (secret, tag);
            _users.Add(index, user);
        }

        return user;
    }
}
