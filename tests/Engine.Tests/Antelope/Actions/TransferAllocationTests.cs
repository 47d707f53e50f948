using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Execution;
using Tactus.Engine.Protocols.Antelope.Types;

namespace Tactus.Engine.Tests.Antelope.Actions;

public sealed class TransferAllocationTests
{
    private const int Transfers = 10_000;
    private const uint SlotsPerBlock = 120;

    [Fact]
    public void Transfers_allocate_nothing_once_buffers_have_grown()
    {
        var config = new ChainConfig { MaxBlockCpuUsageUs = uint.MaxValue, MaxBlockNetUsage = ulong.MaxValue };
        using var chain = new TestChain(users: 64, config: config, balance: 1_000_000_000);
        long allocated = long.MaxValue; // of the round without a collection of another test's making
        for (int block = 0; block < 5; block++)
        {
            // The same count of transactions again, so that every buffer has its size; a minute later, so that the ids
            // of earlier blocks expire and their buckets are used again.
            (byte[] Body, Hash256 Id, KeyTag[] Keys)[] transactions =
                [.. Enumerable.Range(0, Transfers).Select(i => Make(chain, i))];
            chain.Start(SlotsPerBlock);
            long before = GC.GetAllocatedBytesForCurrentThread();
            int accepted = 0;
            foreach ((byte[] body, Hash256 id, KeyTag[] keys) in transactions)
            {
                var input = new TransactionInput(body, id, keys, body.Length, 67);
                accepted += chain.Executor.Apply(in input, null, out _).Accepted ? 1 : 0;
            }

            allocated = Math.Min(allocated, GC.GetAllocatedBytesForCurrentThread() - before);
            Assert.Equal(Transfers, accepted);
            chain.Finish();
            chain.Executor.Finalize(chain.Head.Number - 1);
        }

        Assert.Equal(0, allocated);
    }

    private static (byte[] Body, Hash256 Id, KeyTag[] Keys) Make(TestChain chain, int i)
    {
        Name from = TestChain.User(i % 64);
        Transaction transaction = chain.NewTransaction(
            TestChain.Transfer(from, TestChain.User((i + 7) % 64), TestChain.Core(1 + i), "memo")) with
        {
            Expiration = (uint)(SlotTime.ToUnixMs(chain.Head.Slot + SlotsPerBlock) / 1000),
        };
        return (transaction.ToBytes(), transaction.Id(), [KeyTag.Of(TestChain.KeyOf(from.ToString()))]);
    }
}
