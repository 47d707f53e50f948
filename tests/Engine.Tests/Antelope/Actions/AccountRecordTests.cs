using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Actions;
using Tactus.Engine.Protocols.Antelope.Authority;
using Tactus.Engine.Protocols.Antelope.Execution;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Engine.State;

namespace Tactus.Engine.Tests.Antelope.Actions;

/// <summary>An account in one record: whatever is stored in it, and in whatever order, reads back, and nothing else
/// moves.</summary>
public sealed class AccountRecordTests : IDisposable
{
    private const int Steps = 4_000;
    private const int Seed = 6;

    private static readonly ulong Account = Name.Parse("alice").Value;
    private static readonly PublicKey[] Keys = [.. Enumerable.Range(0, 3).Select(i => TestChain.KeyOf($"key {i}"))];
    private static readonly PermissionAuthority TwoKeys = new(1, [new(Keys[0], 1), new(Keys[1], 1)]);

    private readonly MemoryStateStore _store = new();
    private readonly BlockView _view;

    public AccountRecordTests()
    {
        _view = new BlockView(_store);
        new TokenStat { Symbol = TestChain.Core(0).Symbol.Value, IsCore = true }.Put(_view);
        AccountActions.Create(_view, Account);
    }

    private static ulong Core => TestChain.Core(0).Symbol.Code;

    private static ulong Other => Symbol.CodeOf("XYZ");

    public void Dispose()
    {
        _view.Dispose();
        _store.Dispose();
    }

    [Fact]
    public void Everything_reads_back_after_any_sequence_of_changes()
    {
        var random = new Random(Seed);
        var model = new Model(TwoKeys, TwoKeys);
        Put(WellKnown.Owner, TwoKeys);
        Put(WellKnown.Active, TwoKeys);
        for (int step = 0; step < Steps; step++)
        {
            model = Change(model, random);
            Check(model, $"seed {Seed}, step {step}");
        }
    }

    [Fact]
    public void The_records_of_an_account_do_not_depend_on_how_it_came_to_them()
    {
        PermissionAuthority first = PermissionAuthority.OfKey(Keys[0]);
        Put(WellKnown.Owner, first);
        Put(WellKnown.Active, first);
        Hash256 before = Hash();
        foreach (PermissionAuthority owner in new[] { TwoKeys, PermissionAuthority.OfKey(Keys[1]), first })
        {
            foreach (PermissionAuthority active in new[] { PermissionAuthority.OfKey(Keys[2]), TwoKeys, first })
            {
                Put(WellKnown.Owner, owner);
                Put(WellKnown.Active, active);
                Assert.Equal(owner == first && active == first, before == Hash());
            }
        }
    }

    private Model Change(Model model, Random random)
    {
        switch (random.Next(8))
        {
            case 0:
                Put(WellKnown.Owner, Any(random, out PermissionAuthority owner));
                return model with { Owner = owner };
            case 1:
                Put(WellKnown.Active, Any(random, out PermissionAuthority active));
                return model with { Active = active };
            case 2:
                return model with
                {
                    Record = Write(
                        (ref AccountRecord r) => r.AuthorizationSequence++, model, (ref Plain p) => p.Authorized++),
                };
            case 3:
                ulong received = (ulong)random.NextInt64(1L << 56);
                return model with
                {
                    Record = Write(
                        (ref AccountRecord r) => r.ReceiveSequence = received,
                        model,
                        (ref Plain p) => p.Received = received),
                };
            case 4:
                bool flag = random.Next(2) == 0;
                return model with
                {
                    Record = Write((ref AccountRecord r) => r.HasLinks = flag, model, (ref Plain p) => p.Links = flag),
                };
            case 5:
                bool code = random.Next(2) == 0;
                return model with
                {
                    Record = Write(
                        (ref AccountRecord r) => (r.HasCode, r.IsPrivileged) = (code, !code),
                        model,
                        (ref Plain p) => p.Code = code),
                };
            default:
                ulong token = random.Next(2) == 0 ? Core : Other;
                long? amount = random.Next(4) == 0 ? null : random.NextInt64(Asset.AmountMax);
                if (amount is { } units)
                {
                    Assert.True(TokenBalance.TryPut(_view, Account, token, units));
                }
                else
                {
                    TokenBalance.Remove(_view, Account, token);
                }

                return token == Core ? model with { CoreBalance = amount } : model with { OtherBalance = amount };
        }
    }

    private Plain Write(RecordAction change, Model model, PlainAction same)
    {
        _view.TryGet(AccountCells.KeyOf(Account), out StateCell cell);
        change(ref AccountRecord.Of(ref cell));
        _view.Put(AccountCells.KeyOf(Account), in cell);
        Plain record = model.Record;
        same(ref record);
        return record;
    }

    private void Check(Model model, string where)
    {
        Assert.Equal(model.Owner, PermissionStore.Find(_view, Account, WellKnown.Owner.Value)!.Authority, Same);
        Assert.Equal(model.Active, PermissionStore.Find(_view, Account, WellKnown.Active.Value)!.Authority, Same);
        Assert.True(_view.TryGet(AccountCells.KeyOf(Account), out StateCell cell));
        ref AccountRecord record = ref AccountRecord.Of(ref cell);
        Plain plain = model.Record;
        Assert.True(
            (plain.Authorized, plain.Received, plain.Links) == (record.AuthorizationSequence, record.ReceiveSequence, record.HasLinks), where);
        Assert.True(plain.Code is not { } code || (code, !code) == (record.HasCode, record.IsPrivileged), where);
        Assert.Equal(model.CoreBalance, Balance(Core));
        Assert.Equal(model.OtherBalance, Balance(Other));
    }

    private long? Balance(ulong token) => TokenBalance.TryGet(_view, Account, token, out long amount) ? amount : null;

    private void Put(Name permission, PermissionAuthority authority) => Assert.Null(PermissionStore.Put(
        _view, Account,
        new Permission(permission, permission == WellKnown.Active ? WellKnown.Owner : default, authority)));

    private Hash256 Hash()
    {
        var writes = new BlockWrites();
        _view.Collect(writes, new BlockWrites());
        using var store = new MemoryStateStore();
        store.Commit(writes);
        return ((IStateStore)store).ComputeStateHash();
    }

    private static PermissionAuthority Any(Random random, out PermissionAuthority authority) =>
        authority = random.Next(4) == 0 ? TwoKeys : PermissionAuthority.OfKey(Keys[random.Next(Keys.Length)]);

    private static bool Same(PermissionAuthority x, PermissionAuthority y) =>
        x.Keys.SequenceEqual(y.Keys) && x.Threshold == y.Threshold;

    private delegate void RecordAction(ref AccountRecord record);

    private delegate void PlainAction(ref Plain record);

    private record struct Plain(ulong Authorized, ulong Received, bool Links, bool? Code);

    private sealed record Model(PermissionAuthority Owner, PermissionAuthority Active)
    {
        public Plain Record { get; init; }

        public long? CoreBalance { get; init; }

        public long? OtherBalance { get; init; }
    }
}
