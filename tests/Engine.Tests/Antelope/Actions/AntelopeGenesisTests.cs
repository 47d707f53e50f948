using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Actions;
using Tactus.Engine.Protocols.Antelope.Authority;
using Tactus.Engine.Protocols.Antelope.Execution;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Engine.State;
using Tactus.TestSupport;

namespace Tactus.Engine.Tests.Antelope.Actions;

public sealed class AntelopeGenesisTests
{
    private const int Users = 20_000;

    [Fact]
    public void User_names_are_distinct_account_names()
    {
        Assert.Equal("user11111111", AntelopeGenesis.UserName(0).ToString());
        Assert.Equal("user11111121", AntelopeGenesis.UserName(31).ToString());
        var names = new HashSet<Name>();
        for (int i = 0; i < 5000; i++)
        {
            Assert.True(names.Add(AntelopeGenesis.UserName(i * 400_009)));
        }

        Assert.Equal(12, AntelopeGenesis.UserName(int.MaxValue).ToString().Length);
    }

    [Fact]
    public void The_state_does_not_depend_on_the_chunks()
    {
        Assert.Equal(Load(chunk: Users, out _), Load(chunk: 777, out _));
    }

    [Fact]
    public void A_user_takes_one_cell_and_no_blob()
    {
        Load(Users, out MemoryStateStore store);
        using IStateSession session = store.OpenSession();
        Load(0, out MemoryStateStore empty);
        Assert.Equal(Users, store.CellCount - empty.CellCount);
        Assert.Equal(0, store.BlobCount - empty.BlobCount);
        Name last = AntelopeGenesis.UserName(Users - 1);
        Assert.True(session.TryRead(AccountCells.KeyOf(last.Value), out StateCell cell));
        Span<byte> key = stackalloc byte[33];
        Assert.True(AccountCells.TryDecodeKey(in cell, WellKnown.Active.Value, key));
        Assert.True(key.SequenceEqual(KeyOf(Users - 1)));
        Assert.True(AccountRecord.Of(ref cell).HasCoreBalance);
        Assert.Equal(Genesis(Users).BalanceEach, AccountRecord.Of(ref cell).CoreBalance);
    }

    [Fact]
    public void Loading_users_allocates_nothing_per_account()
    {
        using var store = new MemoryStateStore(4 * Users);
        using var view = new BlockView(store);
        AntelopeGenesis genesis = Genesis(Users);
        Write();
        Assert.Equal(0, Allocation.LeastOf(Write));

        void Write()
        {
            genesis.WriteUsers(view, 0, Users);
            view.Reset();
        }
    }

    [Fact]
    public void Balances_beyond_the_supply_are_refused()
    {
        using var store = new MemoryStateStore();
        using var view = new BlockView(store);
        AntelopeGenesis genesis = Genesis(Users) with { BalanceEach = 1L << 60 };
        Assert.Throws<InvalidOperationException>(() => genesis.WriteSystem(view));
        Assert.Throws<ArgumentOutOfRangeException>(() => genesis.WriteUsers(view, 1, Users));
    }

    private static AntelopeGenesis Genesis(int users) => new()
    {
        SystemKey = TestChain.KeyOf("eosio"),
        UserCount = users,
        UserKeys = (index, key) => KeyOf(index, key),
    };

    private static Hash256 Load(int chunk, out MemoryStateStore store)
    {
        store = new MemoryStateStore();
        using var view = new BlockView(store);
        var writes = new BlockWrites();
        AntelopeGenesis genesis = Genesis(Users);
        genesis.WriteSystem(view);
        for (int first = 0; chunk > 0 && first < Users; first += chunk)
        {
            genesis.WriteUsers(view, first, Math.Min(chunk, Users - first));
            view.Collect(writes, new BlockWrites());
            store.Commit(writes);
            view.Reset();
        }

        view.Collect(writes, new BlockWrites());
        store.Commit(writes);
        return ((IStateStore)store).ComputeStateHash();
    }

    private static byte[] KeyOf(int index)
    {
        byte[] key = new byte[33];
        KeyOf(index, key);
        return key;
    }

    private static void KeyOf(int index, Span<byte> key)
    {
        key.Clear();
        key[0] = (byte)(2 + (index & 1));
        BitConverter.TryWriteBytes(key[1..], index);
    }
}
