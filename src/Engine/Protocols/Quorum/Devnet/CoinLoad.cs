using System.Security.Cryptography;
using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Production;
using Tactus.Engine.Protocols.Quorum.Ballots;
using Tactus.Engine.Protocols.Quorum.Blocks;
using Tactus.Engine.Protocols.Quorum.Coins;
using Tactus.Engine.State;

namespace Tactus.Engine.Protocols.Quorum.Devnet;

/// <summary>Makes the signed transfers of a devnet: each moves the output that has rested longest to another user and
/// burns the least fee. It follows the block log, so a resumed chain gets the same load as one that never
/// stopped.</summary>
public sealed class CoinLoad
{
    private readonly QuorumDevnetParameters _parameters;
    private readonly QuorumDevnetKeys _keys;
    private readonly Dictionary<CoinAddress, int> _users = [];
    private readonly CoinAddress[] _addresses;
    private readonly Queue<UnspentOutput> _resting = new();
    private readonly HashSet<Hash256> _taken = [];
    private readonly HashSet<Hash256> _gone = [];
    private byte[] _buffer = [];
    private uint _followedTo;

    /// <param name="parameters">Parameters of the devnet.</param>
    /// <param name="keys">Its keys.</param>
    /// <param name="addresses">Addresses of the users.</param>
    /// <param name="genesis">What the chain starts from.</param>
    public CoinLoad(
        QuorumDevnetParameters parameters, QuorumDevnetKeys keys, CoinAddress[] addresses, QuorumGenesis genesis)
    {
        _parameters = parameters;
        _keys = keys;
        _addresses = addresses;
        for (int i = 0; i < addresses.Length; i++)
        {
            _users.Add(addresses[i], i);
            _resting.Enqueue(genesis.Output(i));
        }
    }

    /// <summary>Transfers in the block with this number.</summary>
    public int CountFor(uint number) => number == 0 ? 0 : _parameters.TransfersPerSecond * _parameters.SlotSec;

    /// <summary>Adds the transfers for the block after the head.</summary>
    public void Fill(PendingTransactions pending, Chain chain)
    {
        var head = (QuorumState)chain.Head.State.ConsensusState;
        Follow(chain.Store!, head.Number);
        uint number = head.Number + 1;
        var random = new SplitMix64((ulong)_parameters.Seed * 0x9E3779B97F4A7C15 ^ number);
        int wanted = CountFor(number);
        int tries = _resting.Count;
        while (wanted > 0 && tries-- > 0)
        {
            UnspentOutput output = _resting.Dequeue();
            if (_gone.Remove(output.Id))
            {
                continue;
            }

            if (Transfer(pending, output, head.TimeSec, ref random))
            {
                _taken.Add(output.Id);
                wanted--;
            }
            else
            {
                _resting.Enqueue(output);
            }
        }
    }

    private bool Transfer(PendingTransactions pending, in UnspentOutput output, ulong headSec, ref SplitMix64 random)
    {
        int from = _users[output.Address];
        byte[] secret = _keys.UserSecret(from);
        int to = (int)(random.Next() % (ulong)(_addresses.Length - 1));
        to += to >= from ? 1 : 0;
        if (!TransactionDraft.TryMove(
            output, _addresses[to], headSec, _parameters.Protocol.BurnFactor, secret, out byte[] packed))
        {
            return false;
        }

        byte[] tag = new byte[SignatureLanes.KeyTagSize];
        MemberSignatures.KeyOf(secret).CopyTo(tag.AsSpan(1));
        return pending.Add(new Hash256(SHA256.HashData(packed)), packed, tag, uint.MaxValue).Accepted;
    }

    /// <summary>Takes over what blocks up to this number spent and created.</summary>
    private void Follow(ChainStore store, uint number)
    {
        for (uint n = _followedTo + 1; n <= number; n++)
        {
            if (!store.Log.TryRead(n, ref _buffer, out int length, out _))
            {
                throw new InvalidOperationException($"the log lacks block {n}, which is the head or before it");
            }

            Follow(_buffer.AsSpan(0, length));
            _followedTo = n;
        }
    }

    private void Follow(ReadOnlySpan<byte> block)
    {
        var reader = new ByteReader(block);
        CoinHeader header = CoinHeader.Read(ref reader);
        uint count = reader.ReadUInt32();
        for (uint i = 0; i < count && !reader.Failed; i++)
        {
            CoinTransaction transaction = CoinTransaction.Read(ref reader);
            for (int k = 0; k < transaction.InputCount; k++)
            {
                Hash256 id = transaction.Input(k);
                if (!_taken.Remove(id))
                {
                    _gone.Add(id);
                }
            }

            Hash256 source = transaction.Id();
            for (int k = 0; k < transaction.OutputCount; k++)
            {
                _resting.Enqueue(UnspentOutput.Create(source, transaction.Output(k), header.TimeSec, header.Seq));
            }
        }
    }
}
