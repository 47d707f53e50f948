using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Graphene.Consensus;
using Tactus.Engine.Protocols.Graphene.Types;
using Tactus.Engine.State;

namespace Tactus.Engine.Protocols.Graphene.Ledger;

/// <summary>The records of a Graphene chain over a view of the state.</summary>
internal sealed class LedgerView
{
    private readonly ByteWriter _scratch = new(1024);
    private StateKey _key;

    public LedgerView(IStateView state) => State = state;

    public IStateView State { get; }

    public bool TryGetAccount(uint account, out AccountCell cell) =>
        TryGet(StateKey.Of(Tables.Account, account), out cell);

    public AccountCell GetAccount(uint account) => Get<AccountCell>(StateKey.Of(Tables.Account, account), "account");

    public void PutAccount(uint account, in AccountCell cell) => Put(StateKey.Of(Tables.Account, account), cell);

    public bool TryGetWitness(uint witness, out WitnessCell cell) =>
        TryGet(StateKey.Of(Tables.Witness, witness), out cell);

    public WitnessCell GetWitness(uint witness) => Get<WitnessCell>(StateKey.Of(Tables.Witness, witness), "witness");

    public void PutWitness(uint witness, in WitnessCell cell) => Put(StateKey.Of(Tables.Witness, witness), cell);

    public DelegateCell GetDelegate(uint member) => Get<DelegateCell>(StateKey.Of(Tables.Delegate, member), "delegate");

    public void PutDelegate(uint member, in DelegateCell cell) => Put(StateKey.Of(Tables.Delegate, member), cell);

    public TotalsCell Totals
    {
        get => Get<TotalsCell>(StateKey.Of(Tables.Totals, 0), "totals");
        set => Put(StateKey.Of(Tables.Totals, 0), value);
    }

    public CountersCell Counters
    {
        get => Get<CountersCell>(StateKey.Of(Tables.Counters, 0), "counters");
        set => Put(StateKey.Of(Tables.Counters, 0), value);
    }

    public ChainParameters Parameters
    {
        get => ReadBlob(StateKey.Of(Tables.Parameters, 0), "parameters", ChainParameters.Read);
        set => WriteBlob(StateKey.Of(Tables.Parameters, 0), value.Write);
    }

    public ChainParameters Pending
    {
        get => ReadBlob(StateKey.Of(Tables.Pending, 0), "pending parameters", ChainParameters.Read);
        set => WriteBlob(StateKey.Of(Tables.Pending, 0), value.Write);
    }

    public WitnessState Consensus
    {
        get => ReadBlob(StateKey.Of(Tables.Consensus, 0), "consensus", WitnessStateCodec.Read);
        set => WriteBlob(StateKey.Of(Tables.Consensus, 0), w => WitnessStateCodec.Write(value, w));
    }

    public SigningKey WitnessKey(uint witness) =>
        ReadBlob(StateKey.Of(Tables.WitnessKey, witness), $"key of witness 1.6.{witness}", SigningKey.Read);

    public void PutWitnessKey(uint witness, in SigningKey key, string url)
    {
        _scratch.Clear();
        key.Write(_scratch);
        WireForm.WriteText(_scratch, url);
        State.PutBlob(StateKey.Of(Tables.WitnessKey, witness), _scratch.Written);
    }

    public string WitnessUrl(uint witness)
    {
        State.TryGetBlob(StateKey.Of(Tables.WitnessKey, witness), out ReadOnlySpan<byte> bytes);
        var reader = new ByteReader(bytes);
        SigningKey.Read(ref reader);
        return WireForm.ReadText(ref reader, WireLimits.TextBytesMax, "url");
    }

    /// <summary>The bytes of an account's active or owner authority. Valid until the next write.</summary>
    public bool TryGetAuthority(uint account, bool owner, out ReadOnlySpan<byte> authority)
    {
        // The key lies in a field, so that the compiler sees that the span cannot refer to it.
        _key = StateKey.Of(Tables.Authorities, account);
        bool found = State.TryGetBlob(_key, out ReadOnlySpan<byte> bytes);
        authority = !found ? default : owner ? bytes[4..] : ActiveOf(bytes);
        return found;
    }

    /// <summary>The record is the length of the owner authority, the owner authority, the active authority.</summary>
    public static ReadOnlySpan<byte> ActiveOf(ReadOnlySpan<byte> record) =>
        record[(4 + BinaryPrimitives.ReadInt32LittleEndian(record))..];

    public Authority Authority(uint account, bool owner)
    {
        if (!TryGetAuthority(account, owner, out ReadOnlySpan<byte> bytes))
        {
            throw new InvalidOperationException($"account 1.2.{account} has no authority");
        }

        var reader = new ByteReader(bytes);
        return Types.Authority.Read(ref reader);
    }

    public void PutAuthorities(uint account, Authority owner, Authority active)
    {
        _scratch.Clear();
        _scratch.WriteUInt32(0);
        owner.Write(_scratch);
        _scratch.Patch(0, (uint)(_scratch.Length - 4));
        active.Write(_scratch);
        State.PutBlob(StateKey.Of(Tables.Authorities, account), _scratch.Written);
    }

    public AccountOptions Options(uint account) =>
        ReadBlob(StateKey.Of(Tables.Options, account), $"options of account 1.2.{account}", AccountOptions.Read);

    public void PutOptions(uint account, AccountOptions options) =>
        WriteBlob(StateKey.Of(Tables.Options, account), options.Write);

    /// <summary>Instance of the object that a vote id names; the type is in the id.</summary>
    public bool TryGetVoted(uint voteId, out uint instance) => TryGet(StateKey.Of(Tables.Vote, voteId), out instance);

    public void PutVoted(uint voteId, uint instance) => Put(StateKey.Of(Tables.Vote, voteId), instance);

    public uint GetVoter(uint place) => Get<uint>(StateKey.Of(Tables.Voter, place), "voter");

    public void PutVoter(uint place, uint account) => Put(StateKey.Of(Tables.Voter, place), account);

    public void RemoveVoter(uint place) => State.Remove(StateKey.Of(Tables.Voter, place));

    public bool TryGetNamed(string name, out uint account) => TryGet(NameKey(name), out account);

    public void PutNamed(string name, uint account) => Put(NameKey(name), account);

    public bool TryGetOffice(byte table, uint account, out uint instance) =>
        TryGet(StateKey.Of(table, account), out instance);

    public void PutOffice(byte table, uint account, uint instance) => Put(StateKey.Of(table, account), instance);

    /// <summary>[C] BlockSummary: the id of the newest block with these low 16 bits, or zeros.</summary>
    public Hash256 BlockSummary(ushort low) =>
        TryGet(StateKey.Of(Tables.BlockSummary, low), out Hash256 id) ? id : default;

    public void PutBlockSummary(in Hash256 id) => Put(StateKey.Of(Tables.BlockSummary, (ushort)id.LeadingUInt32), id);

    public T ReadBlob<T>(in StateKey key, string what, WireForm.Reading<T> read)
    {
        if (!State.TryGetBlob(key, out ReadOnlySpan<byte> bytes))
        {
            throw new InvalidOperationException($"the state has no {what}");
        }

        var reader = new ByteReader(bytes);
        T value = read(ref reader);
        return reader.Failed
            ? throw new InvalidOperationException($"the state's {what} is damaged: {reader.FailReason}")
            : value;
    }

    public void WriteBlob(in StateKey key, Action<ByteWriter> write)
    {
        _scratch.Clear();
        write(_scratch);
        State.PutBlob(key, _scratch.Written);
    }

    private static StateKey NameKey(string name)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.ASCII.GetBytes(name), hash);
        return StateKey.Of(
            Tables.Name, BinaryPrimitives.ReadUInt64LittleEndian(hash),
            BinaryPrimitives.ReadUInt64LittleEndian(hash[8..]) >> 8);
    }

    private bool TryGet<T>(in StateKey key, out T value)
        where T : unmanaged
    {
        bool found = State.TryGet(key, out StateCell cell);
        value = found ? StateCell.As<T>(ref cell) : default;
        return found;
    }

    private T Get<T>(in StateKey key, string what)
        where T : unmanaged => TryGet(key, out T value) ? value : throw new InvalidOperationException(
            $"the state has no {what} {key.Owner}");

    private void Put<T>(in StateKey key, in T value)
        where T : unmanaged => State.Put(key, StateCell.Of(value));
}
