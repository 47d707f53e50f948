using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Execution;
using Tactus.Engine.Protocols.Antelope.Types;

namespace Tactus.Engine.Tests.Antelope.Actions;

/// <summary>action_mroot, recomputed from receipts that are written here by hand.</summary>
public sealed class ActionReceiptTests
{
    private static readonly Name Alice = TestChain.User(0);
    private static readonly Name Bob = TestChain.User(1);

    [Theory]
    [InlineData(ExecutionFeatures.All)]
    [InlineData(ExecutionFeatures.None)]
    public void Transfers_leave_the_receipts_of_nodeos(ExecutionFeatures features)
    {
        using var chain = new TestChain { Features = features };
        BlockHeader parent = chain.Head.Header;
        chain.Start();
        ChainAction first = TestChain.Transfer(Alice, Bob, TestChain.Core(5), "one");
        ChainAction second = TestChain.Transfer(Bob, Alice, TestChain.Core(7));
        ChainAction nothing = TestChain.Action("eosio.null", "nonce", Alice, w => w.WriteUInt64(7));
        chain.Do(first);
        chain.Do(second, nothing);
        Hash256 root = chain.Finish();

        var writer = new ByteWriter();
        parent.Write(writer);
        Name eosio = WellKnown.System;
        var onblock = new ChainAction(
            eosio, WellKnown.OnBlock, [new PermissionLevel(eosio, WellKnown.Active)], writer.ToArray());
        bool isNew = features == ExecutionFeatures.All;
        ActionReceipt[] receipts =
        [
            Receipt(onblock, isNew, eosio, 1, 1, eosio, 1, 1),
            Receipt(first, isNew, WellKnown.Token, 2, 1, Alice, 1, 1),
            Receipt(first, isNew, Alice, 3, 1, Alice, 2, 1),
            Receipt(first, isNew, Bob, 4, 1, Alice, 3, 1),
            Receipt(second, isNew, WellKnown.Token, 5, 2, Bob, 1, 1),
            Receipt(second, isNew, Bob, 6, 2, Bob, 2, 1),
            Receipt(second, isNew, Alice, 7, 2, Bob, 3, 1),
            Receipt(nothing, isNew, WellKnown.Null, 8, 1, Alice, 4, 0),
        ];
        Assert.Equal(receipts.Length, chain.Executor.Receipts.Count);
        var leaves = new ByteWriter();
        foreach (ActionReceipt receipt in receipts)
        {
            leaves.WriteHash256(receipt.Digest());
        }

        Assert.Equal(leaves.ToArray(), chain.Executor.Receipts.Leaves.ToArray());
        Assert.Equal(TestChain.LegacyRoot(leaves.Written), root);
    }

    [Fact]
    public void Several_authorizers_are_listed_ascending_and_a_double_one_advances_by_two()
    {
        using var chain = new TestChain();
        chain.Start();
        ChainAction transfer = TestChain.Transfer(Bob, Alice, TestChain.Core(5)) with
        {
            Authorization =
            [
                new PermissionLevel(Bob, WellKnown.Active),
                new PermissionLevel(Alice, WellKnown.Active),
                new PermissionLevel(Bob, WellKnown.Owner),
            ],
        };
        chain.Do(transfer);
        chain.Finish();
        (Name low, Name high) = Alice.Value < Bob.Value ? (Alice, Bob) : (Bob, Alice);
        ulong Step(Name name) => name == Bob ? 2UL : 1UL;
        for (uint i = 0; i < 3; i++)
        {
            var expected = new ActionReceipt
            {
                Receiver = i == 0 ? WellKnown.Token : i == 1 ? Bob : Alice,
                ActDigest = transfer.ActDigest([]),
                GlobalSequence = 2 + i,
                RecvSequence = 1,
                AuthSequence = [new(low, Step(low) * (i + 1)), new(high, Step(high) * (i + 1))],
                CodeSequence = 1,
                AbiSequence = 1,
            };
            Assert.Equal(expected.Digest(), new Hash256(chain.Executor.Receipts.Leaves.Slice((int)(i + 1) * 32, 32)));
        }
    }

    [Fact]
    public void Large_blocks_hash_in_batches_with_the_same_leaves()
    {
        using var chain = new TestChain(config: new ChainConfig { MaxBlockCpuUsageUs = 10_000_000 });
        chain.Start();
        const int Transfers = (ActionReceipts.BatchReceipts * 2 / 3) + 100;
        var leaves = new ByteWriter();
        for (uint i = 0; i < Transfers; i++)
        {
            ChainAction transfer = TestChain.Transfer(Alice, Bob, TestChain.Core(1), $"{i}");
            if (i % 10 == 3)
            {
                chain.Fails("overdrawn", TestChain.Transfer(Alice, Bob, TestChain.Core(500_000_000)));
            }

            chain.Do(transfer);
            ulong at = 2 + (3UL * i);
            leaves.WriteHash256(Receipt(transfer, true, WellKnown.Token, at, 1 + i, Alice, 1 + (3UL * i), 1).Digest());
            leaves.WriteHash256(Receipt(transfer, true, Alice, at + 1, 1 + i, Alice, 2 + (3UL * i), 1).Digest());
            leaves.WriteHash256(Receipt(transfer, true, Bob, at + 2, 1 + i, Alice, 3 + (3UL * i), 1).Digest());
        }

        chain.Finish();
        Assert.True(leaves.Length / 32 > ActionReceipts.BatchReceipts);
        Assert.Equal(leaves.ToArray(), chain.Executor.Receipts.Leaves[32..].ToArray());
    }

    private static ActionReceipt Receipt(
        ChainAction action, bool isNew, Name receiver, ulong global, ulong recv, Name actor, ulong auth, uint code) =>
        new()
        {
            Receiver = receiver,
            ActDigest = isNew ? action.ActDigest([]) : action.ActDigest(),
            GlobalSequence = global,
            RecvSequence = recv,
            AuthSequence = [new(actor, auth)],
            CodeSequence = code,
            AbiSequence = code,
        };
}
