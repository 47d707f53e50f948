using Tactus.Engine.Primitives;
using Tactus.Engine.Production;
using Tactus.Engine.Protocols.VmDposw.Consensus;
using Tactus.Engine.Protocols.VmDposw.Machines;
using Tactus.Engine.Protocols.VmDposw.Wire;
using Tactus.Kernels.Secp256k1;

namespace Tactus.Engine.Protocols.VmDposw.Devnet;

/// <summary>The signed transfers of a devnet. Those for a block depend on seed, accounts, rate, the block's number and
/// its parent's slot alone.</summary>
/// <param name="keys">Keys of the accounts.</param>
/// <param name="seed">Chooses who pays whom.</param>
/// <param name="accounts">Accounts, at least 2.</param>
/// <param name="perSecond">Transfers per second.</param>
/// <param name="slotUs">Length of a slot.</param>
/// <param name="chainId">Part of what is signed.</param>
public sealed class VmTransferLoad(
    VmDevnetKeys keys, long seed, int accounts, int perSecond, long slotUs, Hash256 chainId)
{
    private const int ExpirationSec = 60;

    /// <summary>Sequences leave room for so many transfers in a block.</summary>
    private const int PerBlockBits = 24;

    private readonly Dictionary<int, (byte[] Secret, SignKey Key)> _accounts = [];
    private readonly ByteWriter _writer = new();

    /// <summary>Transfers that the block with this number gets: the rate times a slot on average.</summary>
    public int CountFor(uint number) => (int)(CountUpTo(number) - CountUpTo(number - 1));

    /// <summary>Adds the transfers for the block after <paramref name="parent"/>.</summary>
    /// <param name="pending">Where they wait.</param>
    /// <param name="parent">The head.</param>
    /// <param name="parentSec">Its time in seconds since 1970.</param>
    public void Fill(PendingTransactions pending, ClusterState parent, uint parentSec)
    {
        uint number = parent.Number + 1;
        int count = CountFor(number);
        var random = new SplitMix64((ulong)seed * 0x9E3779B97F4A7C15 ^ number);
        for (int i = 0; i < count; i++)
        {
            int from = (int)(random.Next() % (ulong)accounts);
            int to = (int)(random.Next() % (ulong)(accounts - 1));
            to += to >= from ? 1 : 0;
            Add(pending, from, new VmTransaction
            {
                Kind = VmTransactionKind.Transfer,
                Actor = (ulong)from,
                Sequence = ((ulong)number << PerBlockBits) + (ulong)i,
                ExpirationSec = parentSec + ExpirationSec,
                To = (ulong)to,
                Amount = 1,
            });
        }
    }

    /// <summary>Signs a request of an account and queues it.</summary>
    public void Add(PendingTransactions pending, int account, in VmTransaction request)
    {
        (byte[] secret, SignKey key) = Account(account);
        _writer.Clear();
        request.Write(_writer);
        Hash256 id = VmBlockDecoder.IdOf(chainId, _writer.Written);
        Span<byte> signature = _writer.Reserve(VmTransaction.SignatureBytes);
        signature[0] = Secp256k1Signer.Sign(id.Bytes, secret, SignatureForm.LowS, signature[1..]);
        Span<byte> tag = stackalloc byte[1 + SignKey.Size];
        tag[0] = 0;
        key.Bytes.CopyTo(tag[1..]);
        Verdict verdict = pending.Add(id, _writer.Written, tag, request.ExpirationSec);
        if (!verdict.Accepted && verdict.Reason is not (RejectReason.LimitExceeded or RejectReason.Duplicate))
        {
            throw new InvalidOperationException($"the load made a transaction that the queue refuses: {verdict}");
        }
    }

    private long CountUpTo(uint number) => (long)((Int128)number * perSecond * slotUs / 1_000_000);

    private (byte[] Secret, SignKey Key) Account(int index)
    {
        if (!_accounts.TryGetValue(index, out (byte[] Secret, SignKey Key) account))
        {
            byte[] secret = keys.AccountSecret(index);
            account = (secret, VmDevnetKeys.PublicKeyOf(secret));
            _accounts.Add(index, account);
        }

        return account;
    }
}
