using System.Security.Cryptography;
using Tactus.Engine.Devnet;
using Tactus.Engine.Primitives;
using Tactus.Engine.Production;
using Tactus.Engine.Protocols.Antelope.Consensus;
using Tactus.Engine.Protocols.Antelope.Execution;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Kernels.Secp256k1;

namespace Tactus.Engine.Protocols.Antelope.Devnet;

/// <summary>Makes the signed transfers of a devnet. Those for a block depend on the parameters, the block's number and
/// its parent alone.</summary>
public sealed class TransferLoad
{
    private readonly DevnetParameters _parameters;
    private readonly DevnetKeys _keys;
    private readonly Hash256 _chainId;
    private readonly Dictionary<int, (byte[] Secret, byte[] Tag)> _users = [];
    private byte[] _digests = [];
    private byte[] _secrets = [];
    private byte[] _signatures = [];
    private byte[] _recoveryIds = [];

    public TransferLoad(DevnetParameters parameters, DevnetKeys keys, in Hash256 chainId)
    {
        _parameters = parameters;
        _keys = keys;
        _chainId = chainId;
    }

    /// <summary>How long after its parent's time a transaction expires, in seconds.</summary>
    public int LifetimeSec { get; init; } = 60;

    /// <summary>How many transfers the block with this number gets: tps / 2 on average.</summary>
    public int CountFor(uint number) =>
        (int)((number * (long)_parameters.TransactionsPerSecond / 2) - ((number - 1) * (long)_parameters.TransactionsPerSecond / 2));

    /// <summary>Makes the transactions for the block after <paramref name="parent"/> and adds them to the queue. Block
    /// 2 starts with the action that proposes the producers.</summary>
    public void Fill(PendingTransactions pending, HeaderState parent)
    {
        uint number = parent.Number + 1;
        uint expiration = (uint)(SlotTime.ToUnixMs(parent.Slot + 1) / 1000) + (uint)LifetimeSec;
        if (number == 2)
        {
            AddSetProducers(pending, parent, expiration);
        }

        int count = CountFor(number);
        if (count == 0)
        {
            return;
        }

        var bodies = new byte[count][];
        var tags = new byte[count][];
        Grow(count);
        var random = new SplitMix64((ulong)_parameters.Seed * 0x9E3779B97F4A7C15 ^ number);
        var writer = new ByteWriter();
        for (int i = 0; i < count; i++)
        {
            int from = (int)(random.Next() % (ulong)_parameters.Accounts);
            int to = (int)(random.Next() % (ulong)(_parameters.Accounts - 1));
            to += to >= from ? 1 : 0;
            (byte[] secret, byte[] tag) = User(from);
            writer.Clear();
            WriteTransfer(writer, parent, expiration, from, to, $"{number}.{i}");
            bodies[i] = writer.ToArray();
            tags[i] = tag;
            SigningDigest(bodies[i]).CopyTo(_digests.AsSpan(i * 32));
            secret.CopyTo(_secrets, i * 32);
        }

        Secp256k1Signer.SignBatch(
            _digests.AsSpan(0, count * 32), _secrets.AsSpan(0, count * 32), _signatures.AsSpan(0, count * 64),
            _recoveryIds.AsSpan(0, count));
        for (int i = 0; i < count; i++)
        {
            Add(pending, bodies[i], _signatures.AsSpan(i * 64, 64), _recoveryIds[i], tags[i], expiration);
        }
    }

    private static void WriteHead(ByteWriter writer, HeaderState parent, uint expiration)
    {
        writer.WriteUInt32(expiration);
        writer.WriteUInt16((ushort)parent.Number);
        writer.WriteSpan(parent.Id.Bytes.Slice(8, 4));
        writer.WriteVarUInt32(0);
        writer.WriteByte(0);
        writer.WriteVarUInt32(0);
        writer.WriteVarUInt32(0);
    }

    private static void WriteTransfer(
        ByteWriter writer, HeaderState parent, uint expiration, int from, int to, string memo)
    {
        ulong sender = AntelopeGenesis.UserName(from).Value;
        WriteHead(writer, parent, expiration);
        writer.WriteVarUInt32(1);
        writer.WriteUInt64(WellKnown.Token.Value);
        writer.WriteUInt64(WellKnown.Transfer.Value);
        writer.WriteVarUInt32(1);
        writer.WriteUInt64(sender);
        writer.WriteUInt64(WellKnown.Active.Value);
        writer.WriteVarUInt32((uint)(8 + 8 + 16 + 1 + memo.Length));
        writer.WriteUInt64(sender);
        writer.WriteUInt64(AntelopeGenesis.UserName(to).Value);
        writer.WriteInt64(1);
        writer.WriteUInt64(Voting.VotingRules.Reference.CoreSymbol.Value);
        writer.WriteVarUInt32((uint)memo.Length);
        global::System.Text.Encoding.ASCII.GetBytes(memo, writer.Reserve(memo.Length));
        writer.WriteVarUInt32(0);
    }

    private void AddSetProducers(PendingTransactions pending, HeaderState parent, uint expiration)
    {
        var data = new ByteWriter();
        data.WriteVarUInt32((uint)_parameters.Producers);
        for (int i = 0; i < _parameters.Producers; i++)
        {
            data.WriteUInt64(DevnetKeys.ProducerName(i).Value);
            BlockSigningAuthority.OfKey(_keys.ProducerKey(i)).Write(data);
        }

        var writer = new ByteWriter();
        WriteHead(writer, parent, expiration);
        writer.WriteVarUInt32(1);
        writer.WriteUInt64(WellKnown.System.Value);
        writer.WriteUInt64(Name.Parse("setprods").Value);
        writer.WriteVarUInt32(1);
        writer.WriteUInt64(WellKnown.System.Value);
        writer.WriteUInt64(WellKnown.Active.Value);
        writer.WriteBytes(data.Written);
        writer.WriteVarUInt32(0);
        byte[] body = writer.ToArray();
        Span<byte> signature = stackalloc byte[64];
        byte recoveryId = Secp256k1Signer.Sign(
            SigningDigest(body).Bytes, _keys.System, SignatureForm.Canonical, signature);
        Add(pending, body, signature, recoveryId, TagOf(_keys.System), expiration);
    }

    private static void Add(
        PendingTransactions pending, byte[] body, ReadOnlySpan<byte> rs, byte recoveryId, byte[] tag, uint expiration)
    {
        var packed = new ByteWriter(body.Length + 80);
        packed.WriteVarUInt32(1);
        packed.WriteVarUInt32((uint)KeyType.K1);
        packed.WriteByte((byte)(31 + recoveryId));
        packed.WriteSpan(rs);
        packed.WriteByte((byte)TransactionCompression.None);
        packed.WriteVarUInt32(0);
        packed.WriteBytes(body);
        Verdict verdict = pending.Add(new Hash256(SHA256.HashData(body)), packed.Written, tag, expiration);
        if (!verdict.Accepted && verdict.Reason != RejectReason.LimitExceeded)
        {
            throw new InvalidOperationException($"the load made a transaction that the queue refuses: {verdict}");
        }
    }

    private static byte[] TagOf(ReadOnlySpan<byte> secret)
    {
        byte[] tag = new byte[KeyTag.Size];
        DevnetKeys.PublicKeyOf(secret, tag.AsSpan(1));
        return tag;
    }

    private Hash256 SigningDigest(ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(_chainId.Bytes);
        hash.AppendData(body);
        hash.AppendData(Hash256.Zero.Bytes);
        Span<byte> digest = stackalloc byte[Hash256.Size];
        hash.GetHashAndReset(digest);
        return new Hash256(digest);
    }

    private (byte[] Secret, byte[] Tag) User(int index)
    {
        if (!_users.TryGetValue(index, out (byte[] Secret, byte[] Tag) user))
        {
            byte[] secret = _keys.UserSecret(index);
            user = (secret, TagOf(secret));
            _users.Add(index, user);
        }

        return user;
    }

    private void Grow(int count)
    {
        if (_recoveryIds.Length < count)
        {
            _digests = new byte[count * 32];
            _secrets = new byte[count * 32];
            _signatures = new byte[count * 64];
            _recoveryIds = new byte[count];
        }
    }
}
