using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Actions;
using Tactus.Engine.Protocols.Antelope.Types;

namespace Tactus.Engine.Tests.Antelope.Actions;

public sealed class TokenActionTests : IDisposable
{
    private static readonly Name Alice = TestChain.User(0);
    private static readonly Name Bob = TestChain.User(1);
    private static readonly ulong Eos = Symbol.CodeOf("EOS");

    private readonly TestChain _chain = new();

    public TokenActionTests()
    {
        _chain.Start();
    }

    public void Dispose() => _chain.Dispose();

    [Fact]
    public void Transfer_moves_the_balance()
    {
        _chain.Do(TestChain.Transfer(Alice, Bob, TestChain.Core(250), "hello"));
        Assert.Equal(999_750, Balance(Alice));
        Assert.Equal(1_000_250, Balance(Bob));
    }

    [Fact]
    public void Transfer_fails_with_the_contract_s_messages()
    {
        _chain.Fails("cannot transfer to self", TestChain.Transfer(Alice, Alice, TestChain.Core(1)));
        _chain.Fails("to account does not exist", TestChain.Transfer(Alice, Name.Parse("nobody"), TestChain.Core(1)));
        _chain.Fails("must transfer positive quantity", TestChain.Transfer(Alice, Bob, TestChain.Core(0)));
        _chain.Fails("must transfer positive quantity", TestChain.Transfer(Alice, Bob, TestChain.Core(-5)));
        _chain.Fails("overdrawn balance", TestChain.Transfer(Alice, Bob, TestChain.Core(1_000_001)));
        _chain.Fails("invalid quantity", TestChain.Transfer(Alice, Bob, TestChain.Core(long.MaxValue)));
        _chain.Fails("symbol precision mismatch", TestChain.Transfer(Alice, Bob, new Asset(1, new Symbol(3, "EOS"))));
        _chain.Fails("unable to find key", TestChain.Transfer(Alice, Bob, new Asset(1, new Symbol(4, "NONE"))));
        ChainAction longMemo = TestChain.Transfer(Alice, Bob, TestChain.Core(1), new string('m', 257));
        _chain.Fails("memo has more than 256 bytes", longMemo);
        _chain.Fails("no balance object found", TestChain.Transfer(WellKnown.Stake, Bob, TestChain.Core(1)) with
        {
            Authorization = [new PermissionLevel(WellKnown.Stake, WellKnown.Active)],
        });
        Assert.Equal(1_000_000, Balance(Alice));
        Assert.Equal(1_000_000, Balance(Bob));
    }

    [Fact]
    public void Transfer_needs_the_sender_s_authority()
    {
        ChainAction byBob = TestChain.Transfer(Alice, Bob, TestChain.Core(1)) with
        {
            Authorization = [new PermissionLevel(Bob, WellKnown.Active)],
        };
        _chain.Fails($"missing authority of {Alice}", byBob);
    }

    [Fact]
    public void A_longest_memo_is_accepted_and_bytes_after_it_are_ignored()
    {
        _chain.Do(TestChain.Transfer(Alice, Bob, TestChain.Core(1), new string('m', 256)));
        ChainAction transfer = TestChain.Transfer(Alice, Bob, TestChain.Core(1));
        _chain.Do(transfer with { Data = [.. transfer.Data, 1, 2, 3] });
        _chain.Fails("arguments malformed", transfer with { Data = transfer.Data[..31] });
        Assert.Equal(999_998, Balance(Alice));
    }

    [Fact]
    public void A_token_goes_through_create_issue_transfer_retire()
    {
        var symbol = new Symbol(2, "TACT");
        Name token = WellKnown.Token;
        ChainAction create = Create(Alice, new Asset(1_000_00, symbol));
        ChainAction byAlice = create with { Authorization = [new PermissionLevel(Alice, WellKnown.Active)] };
        _chain.Fails($"missing authority of {token}", byAlice);
        _chain.Fails("max-supply must be positive", Create(Alice, new Asset(0, symbol)));
        _chain.Fails("invalid supply", Create(Alice, new Asset(5, new Symbol(0x0000_0061_0000_0002))));
        _chain.Do(create);
        _chain.Fails("token with symbol already exists", Create(Bob, new Asset(7, symbol)));

        _chain.Fails("tokens can only be issued to issuer account", Issue(Alice, Bob, new Asset(5, symbol)));
        _chain.Fails($"missing authority of {Alice}", Issue(Bob, Alice, new Asset(5, symbol)));
        _chain.Fails("quantity exceeds available supply", Issue(Alice, Alice, new Asset(1_000_01, symbol)));
        _chain.Fails("must issue positive quantity", Issue(Alice, Alice, new Asset(0, symbol)));
        _chain.Fails("symbol precision mismatch", Issue(Alice, Alice, new Asset(1, new Symbol(3, "TACT"))));
        _chain.Fails("create token before issue", Issue(Alice, Alice, new Asset(1, new Symbol(3, "NONE"))));
        _chain.Do(Issue(Alice, Alice, new Asset(1_000_00, symbol)));
        _chain.Fails("quantity exceeds available supply", Issue(Alice, Alice, new Asset(1, symbol)));

        _chain.Do(TestChain.Transfer(Alice, Bob, new Asset(400_00, symbol)));
        _chain.Fails($"missing authority of {Alice}", Retire(Bob, new Asset(1, symbol)));
        _chain.Fails("overdrawn balance", Retire(Alice, new Asset(600_01, symbol)));
        _chain.Do(Retire(Alice, new Asset(600_00, symbol)));
        Assert.True(TokenStat.TryGet(_chain.View, symbol.Code, out TokenStat stat));
        Assert.Equal(400_00, stat.Supply);
        Assert.True(TokenBalance.TryGet(_chain.View, Alice.Value, symbol.Code, out long left));
        Assert.Equal(0, left);
    }

    [Fact]
    public void Open_and_close_keep_an_empty_row()
    {
        var symbol = new Symbol(0, "SEAT");
        _chain.Do(Create(Alice, new Asset(10, symbol)));
        _chain.Fails("symbol does not exist", Open(Bob, Bob, new Symbol(0, "NONE")));
        _chain.Fails("symbol precision mismatch", Open(Bob, Bob, new Symbol(1, "SEAT")));
        _chain.Fails("owner account does not exist", Open(Name.Parse("nobody"), Bob, symbol));
        _chain.Do(Open(Bob, Alice, symbol));
        _chain.Do(Open(Bob, Alice, symbol), TestChain.Transfer(Alice, Bob, TestChain.Core(1)));
        Assert.True(TokenBalance.TryGet(_chain.View, Bob.Value, symbol.Code, out long amount));
        Assert.Equal(0, amount);
        _chain.Fails("Cannot close because the balance is not zero.", Close(Bob, new Symbol(4, "EOS")));
        _chain.Do(Close(Bob, symbol));
        Assert.False(TokenBalance.TryGet(_chain.View, Bob.Value, symbol.Code, out _));
        _chain.Fails("Balance row already deleted or never existed", Close(Bob, symbol));
    }

    [Fact]
    public void An_unknown_action_of_the_token_account_fails()
    {
        _chain.Fails("eosio.token has no action burn", TestChain.Action("eosio.token", "burn", Alice, _ => { }));
    }

    private static ChainAction Create(Name issuer, Asset supplyMax) =>
        TestChain.Action("eosio.token", "create", WellKnown.System, w =>
        {
            w.WriteUInt64(issuer.Value);
            supplyMax.Write(w);
        }) with
        { Authorization = [new PermissionLevel(WellKnown.Token, WellKnown.Active)] };

    private static ChainAction Issue(Name actor, Name to, Asset quantity) =>
        TestChain.Action("eosio.token", "issue", actor, w =>
        {
            w.WriteUInt64(to.Value);
            quantity.Write(w);
            w.WriteBytes([]);
        });

    private static ChainAction Retire(Name actor, Asset quantity) =>
        TestChain.Action("eosio.token", "retire", actor, w =>
        {
            quantity.Write(w);
            w.WriteBytes([]);
        });

    private static ChainAction Open(Name owner, Name payer, Symbol symbol) =>
        TestChain.Action("eosio.token", "open", payer, w =>
        {
            w.WriteUInt64(owner.Value);
            w.WriteUInt64(symbol.Value);
            w.WriteUInt64(payer.Value);
        });

    private static ChainAction Close(Name owner, Symbol symbol) =>
        TestChain.Action("eosio.token", "close", owner, w =>
        {
            w.WriteUInt64(owner.Value);
            w.WriteUInt64(symbol.Value);
        });

    private long Balance(Name account)
    {
        Assert.True(TokenBalance.TryGet(_chain.View, account.Value, Eos, out long amount));
        return amount;
    }
}
