using System.Security.Cryptography;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Consensus;
using Tactus.Engine.Protocols.Antelope.Execution;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Engine.State;
using Tactus.Kernels;

namespace Tactus.Engine.Tests.Antelope.Actions;

/// <summary>A chain of the native actions without pipeline and signatures: keys are made-up points, blocks follow each
/// other through real header states, and the state is the in-memory store.</summary>
internal sealed class TestChain : IDisposable
{
    public const uint GenesisSlot = 1_600_000_000;

    private static readonly KernelSet Kernels = KernelRegistry.Default.Choose();

    private readonly BlockWrites _writes = new();
    private readonly Stack<(BlockWrites Before, HeaderState Parent)> _undo = new();
    private HeaderDraft? _draft;
    private uint _nonce;

    public TestChain(
        int users = 4,
        ExecutorOptions? options = null,
        int producers = 3,
        ChainConfig? config = null,
        long balance = 1_000_000)
    {
        Genesis = new AntelopeGenesis
        {
            SystemKey = KeyOf("eosio"),
            Producers = [.. Enumerable.Range(0, producers).Select(ProducerName).Select(p => (p, KeyOf(p.ToString())))],
            UserCount = users,
            UserKeys = (index, key) => KeyOf(AntelopeGenesis.UserName(index).ToString()).Compressed.CopyTo(key),
            BalanceEach = balance,
            Config = config ?? new ChainConfig(),
            Rules = options?.Rules ?? Protocols.Antelope.Voting.VotingRules.Reference,
            EnforcesAccountLimits = options?.EnforcesAccountLimits ?? false,
        };
        Executor = new AntelopeExecutor(Kernels, options);
        View = new BlockView(Store);
        Genesis.WriteSystem(View);
        Genesis.WriteUsers(View, 0, users);
        Commit();
        _undo.Clear();
        Head = HeaderState.Genesis(GenesisSlot, KeyOf("eosio"), Hash256.Zero);
    }

    public AntelopeGenesis Genesis { get; }

    public MemoryStateStore Store { get; } = new();

    public BlockView View { get; }

    public AntelopeExecutor Executor { get; }

    public HeaderState Head { get; private set; }

    public ExecutionFeatures Features { get; set; } = ExecutionFeatures.All;

    public bool ChecksTransactions { get; set; } = true;

    public static Name ProducerName(int index) => Name.Parse("producer1111"[..11] + (char)('a' + index));

    public static Name User(int index) => AntelopeGenesis.UserName(index);

    /// <summary>A made-up key: 02, then the hash of a text. Whether it is a point does not matter here.</summary>
    public static PublicKey KeyOf(string text) =>
        new(KeyType.K1, [2, .. SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(text))]);

    public static Asset Core(long amount) => new(amount, new Symbol(4, "EOS"));

    public Hash256 StateHash() => ((IStateStore)Store).ComputeStateHash();

    /// <summary>Begins the next block, this many slots after the head.</summary>
    public TestChain Start(uint slots = 1)
    {
        Verdict verdict = Head.Draft(Head.Slot + slots, 0, out _draft);
        Assert.True(verdict.Accepted, verdict.ToString());
        Executor.StartBlock(View, new BlockContext(Head, _draft!, Features, ChecksTransactions));
        return this;
    }

    /// <summary>Ends the block and commits it.</summary>
    public Hash256 Finish()
    {
        Executor.FinishBlock();
        Hash256 actionRoot = LegacyRoot(Executor.Receipts.Leaves);
        HeaderDraft draft = _draft!;
        var header = new BlockHeader
        {
            Slot = draft.Slot,
            Producer = draft.Producer.Producer,
            Confirmed = draft.Confirmed,
            Previous = Head.Id,
            ScheduleVersion = draft.ScheduleVersion,
            ActionRoot = actionRoot,
        };
        Executor.DueProposal?.CarryIn(header, Head.Features);
        Verdict verdict = Head.Finish(draft, header, header.Digest(), KeySignature.Empty, [], out HeaderState? next);
        Assert.True(verdict.Accepted, verdict.ToString());
        Commit();
        Head = next!;
        return actionRoot;
    }

    /// <summary>Takes the newest block back.</summary>
    public void Undo()
    {
        (BlockWrites before, HeaderState parent) = _undo.Pop();
        Executor.UndoBlock(Head.Number);
        Store.Commit(before);
        Head = parent;
    }

    public Verdict Push(params ChainAction[] actions) => Push(NewTransaction(actions), out _, null, SignersOf(actions));

    public Verdict Push(
        Transaction transaction, out TransactionResult result, TransactionResult? expected, params PublicKey[] keys)
    {
        byte[] body = transaction.ToBytes();
        KeyTag[] tags = [.. keys.Select(key => KeyTag.Of(key))];
        var input = new TransactionInput(body, transaction.Id(), tags, body.Length, 1 + (66 * keys.Length));
        return Executor.Apply(in input, expected, out result);
    }

    /// <summary>Pushes what must succeed.</summary>
    public void Do(params ChainAction[] actions)
    {
        Verdict verdict = Push(actions);
        Assert.True(verdict.Accepted, verdict.ToString());
    }

    /// <summary>Pushes what must fail with this text and leave no trace.</summary>
    public void Fails(string reason, params ChainAction[] actions)
    {
        Verdict verdict = Push(actions);
        Assert.Contains(reason, verdict.Detail ?? "accepted", StringComparison.Ordinal);
        Assert.Equal(RejectReason.ActionFailed, verdict.Reason);
    }

    public Transaction NewTransaction(params ChainAction[] actions) => new()
    {
        // The nonce makes ids differ.
        Expiration = (uint)(SlotTime.ToUnixMs(_draft?.Slot ?? Head.Slot) / 1000) + 60 + (_nonce++ % 1000),
        RefBlockNum = (ushort)Head.Number,
        RefBlockPrefix = BlockSummaries.PrefixOf(Head.Id),
        Actions = actions,
    };

    public static ChainAction Action(
        string account, string name, Name actor, Action<ByteWriter> data, string permission = "active")
    {
        var writer = new ByteWriter();
        data(writer);
        return new ChainAction(
            Name.Parse(account),
            Name.Parse(name),
            [new PermissionLevel(actor, Name.Parse(permission))],
            writer.ToArray());
    }

    public static ChainAction Transfer(Name from, Name to, Asset quantity, string memo = "") =>
        Action("eosio.token", "transfer", from, w =>
        {
            w.WriteUInt64(from.Value);
            w.WriteUInt64(to.Value);
            quantity.Write(w);
            w.WriteBytes(System.Text.Encoding.UTF8.GetBytes(memo));
        });

    /// <summary>The Merkle root of leaves, computed here once more (specs: antelope.md 1.4, legacy).</summary>
    public static Hash256 LegacyRoot(ReadOnlySpan<byte> leaves)
    {
        var nodes = new List<byte[]>();
        for (int i = 0; i < leaves.Length; i += 32)
        {
            nodes.Add(leaves.Slice(i, 32).ToArray());
        }

        while (nodes.Count > 1)
        {
            if (nodes.Count % 2 == 1)
            {
                nodes.Add(nodes[^1]);
            }

            var next = new List<byte[]>();
            for (int i = 0; i < nodes.Count; i += 2)
            {
                byte[] pair = [.. nodes[i], .. nodes[i + 1]];
                pair[0] &= 0x7f;
                pair[32] |= 0x80;
                next.Add(SHA256.HashData(pair));
            }

            nodes = next;
        }

        return nodes.Count == 0 ? Hash256.Zero : new Hash256(nodes[0]);
    }

    public void Dispose()
    {
        View.Dispose();
        Store.Dispose();
    }

    // Accounts "eosio.x" belong to eosio; every other account has the key of its own name.
    private static PublicKey[] SignersOf(ChainAction[] actions) =>
        [.. actions.SelectMany(action => action.Authorization)
            .Select(level => KeyOf(SignerOf(level.Actor.ToString())))
            .Distinct()];

    private static string SignerOf(string account) =>
        account.StartsWith("eosio.", StringComparison.Ordinal) ? "eosio" : account;

    private void Commit()
    {
        var before = new BlockWrites();
        View.Collect(_writes, before);
        Store.Commit(_writes);
        View.Reset();
        _undo.Push((before, Head));
    }
}
