using Tactus.Engine.Devnet;
using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Production;
using Tactus.Engine.Protocols.Antelope;
using Tactus.Engine.Protocols.Antelope.Consensus;
using Tactus.Engine.Protocols.Antelope.Devnet;
using Tactus.Engine.Signatures;
using Tactus.Kernels;

namespace Tactus.Engine.Tests.Production;

public sealed class TransactionAdmissionTests
{
    private static readonly DevnetParameters Parameters = new() { Accounts = 40, TransactionsPerSecond = 300 };

    private readonly KernelSet _kernels = KernelRegistry.Default.Choose();
    private readonly PendingTransactions _pending = new();
    private readonly AdmittedSignatures _admitted = new(4096);
    private readonly Dictionary<Hash256, Verdict> _decided = [];

    [Fact]
    public void Good_transactions_reach_the_queue_and_bad_ones_do_not()
    {
        AntelopeProtocol protocol = DevnetChain.Create(Parameters, new DevnetKeys(Parameters), _kernels);
        TransactionAdmission admission = Create(protocol);
        List<(Hash256 Id, byte[] Packed, byte[] Tags)> transactions = Load(protocol);
        Assert.True(transactions.Count > 100);
        for (int i = 0; i < transactions.Count; i++)
        {
            byte[] packed = [.. transactions[i].Packed];
            if (i % 10 == 4)
            {
                packed[^20] ^= 1; // the body: the signature is by another key then, or by none
            }

            Assert.True(admission.Offer(packed).Accepted);
            Assert.Equal(i + 1, admission.Waiting);
        }

        Assert.Equal(0, _pending.Count);
        admission.Flush();
        Assert.Equal(0, admission.Waiting);
        Assert.Equal(_pending.Count, admission.AdmittedCount);
        Assert.Equal(transactions.Count, admission.AdmittedCount + admission.RefusedCount);
        foreach ((Hash256 id, byte[] packed, byte[] tags) in transactions.Where((_, i) => i % 10 != 4))
        {
            Assert.True(_decided[id].Accepted, _decided[id].ToString());
            Assert.True(admission.Offer(packed).Accepted);
        }

        // Everything that waits was found again with the keys that the load knows.
        Dictionary<Hash256, byte[]> known = transactions.ToDictionary(item => item.Id, item => item.Tags);
        int good = 0;
        while (_pending.TryTake(0, out PendingTransaction? item))
        {
            if (known.TryGetValue(item!.Id, out byte[]? tags))
            {
                Assert.Equal(tags, item.KeyTags.ToArray());
                good++;
            }
        }

        Assert.Equal(transactions.Count - ((transactions.Count + 5) / 10), good);
    }

    [Fact]
    public void Duplicates_and_malformed_bytes_are_named_and_leave_nothing()
    {
        AntelopeProtocol protocol = DevnetChain.Create(Parameters, new DevnetKeys(Parameters), _kernels);
        TransactionAdmission admission = Create(protocol);
        byte[] packed = Load(protocol)[1].Packed;
        for (int length = 0; length < packed.Length; length++)
        {
            Assert.False(admission.Offer(packed.AsSpan(0, length)).Accepted, $"{length} bytes");
        }

        Assert.Equal(RejectReason.TrailingBytes, admission.Offer([.. packed, 0]).Reason);
        Assert.Equal(0, admission.Waiting);
        Assert.True(admission.Offer(packed).Accepted);
        Assert.True(admission.Offer(packed).Accepted);
        admission.Flush();
        Assert.Equal(1, admission.AdmittedCount);
        Assert.Equal(1, admission.RefusedCount);
        Assert.Equal(1, _pending.Count);
        admission.Flush();
        Assert.Equal(1, _pending.Count);
    }

    private TransactionAdmission Create(AntelopeProtocol protocol) => new(
        protocol.CreateTransactionDecoder(_kernels),
        new SignatureChecker(_kernels),
        _pending,
        _admitted,
        decided: (id, verdict) => _decided[id] = verdict);

    private static List<(Hash256 Id, byte[] Packed, byte[] Tags)> Load(AntelopeProtocol protocol)
    {
        var queue = new PendingTransactions();
        new TransferLoad(Parameters, new DevnetKeys(Parameters), protocol.ChainId)
            .Fill(queue, (HeaderState)protocol.Genesis.ConsensusState);
        List<(Hash256, byte[], byte[])> result = [];
        while (queue.TryTake(0, out PendingTransaction? transaction))
        {
            result.Add((transaction!.Id, transaction.Packed.ToArray(), transaction.KeyTags.ToArray()));
        }

        return result;
    }
}
