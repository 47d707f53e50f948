using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Tactus.Engine.Primitives;
using Tactus.Engine.Production;
using Tactus.Engine.Protocols.Graphene;
using Tactus.Engine.Protocols.Graphene.Devnet;
using Tactus.Engine.Protocols.Graphene.Ledger;
using Tactus.Engine.Protocols.Graphene.Types;
using Tactus.Engine.Tests.Graphene.RealData;
using Tactus.Kernels.Secp256k1;

namespace Tactus.Engine.Tests.Graphene;

/// <summary>A small chain: witnesses with accounts, delegates, users; all keys from labels; one voter elects
/// everybody.</summary>
internal sealed class TestWorld
{
    public const uint GenesisSec = 1_700_000_000;

    public static readonly Hash256 ChainId = new(SHA256.HashData("graphene tests"u8));

    private readonly Dictionary<SigningKey, byte[]> _secrets = [];
    private readonly List<GenesisAccount> _accounts = [];

    public TestWorld(
        int witnesses = 5, int candidates = 0, int delegates = 3, int users = 4, ChainParameters? parameters = null)
    {
        WitnessCount = witnesses;
        Candidates = witnesses + candidates;
        DelegateCount = delegates;
        Parameters = parameters ?? new ChainParameters
        {
            BlockIntervalSec = 2,
            MaintenanceIntervalSec = 120,
            MaintenanceSkipSlots = 3,
            ReviewPeriodSec = 300,
            ProposalLifetimeSecMax = 3_000,
            ExpirationSecMax = 600,
            WitnessPayPerBlock = 10,
        };
        Add("founder", 1_000_000);
        for (int i = 1; i <= Candidates; i++)
        {
            Add($"witness-{i}", 0);
        }

        for (int i = 0; i < delegates; i++)
        {
            Add($"delegate-{i}", 0);
        }

        for (int i = 0; i < users; i++)
        {
            Add($"user-{i}", 10_000);
        }

        Keys = new WitnessKeys(this);
        Opinions.Add(new GenesisOpinion(
            0,
            [.. Enumerable.Range(1, witnesses).Select(i => (uint)i)],
            [.. Enumerable.Range(0, delegates).Select(i => (uint)i)],
            (ushort)witnesses,
            (ushort)delegates));
    }

    public int WitnessCount { get; }

    public int Candidates { get; }

    public int DelegateCount { get; }

    public ChainParameters Parameters { get; }

    public bool EqualDelegates { get; init; }

    public long SupplyMax { get; init; } = 1_000_000_000_000;

    public IProducerKeys Keys { get; }

    public List<GenesisOpinion> Opinions { get; } = [];

    public static uint Founder => GrapheneGenesis.Id(0);

    public uint WitnessAccount(uint witness) => GrapheneGenesis.Id((int)witness);

    public uint Delegate(int index) => GrapheneGenesis.Id(1 + Candidates + index);

    public uint User(int index) => GrapheneGenesis.Id(1 + Candidates + DelegateCount + index);

    public SigningKey KeyOf(uint account) => _accounts[(int)(account - WellKnown.FirstUser)].Key;

    public void SetBalance(uint account, long balance)
    {
        int index = (int)(account - WellKnown.FirstUser);
        _accounts[index] = _accounts[index] with { Balance = balance };
    }

    public GrapheneGenesis Genesis() => new()
    {
        TimeSec = GenesisSec,
        Parameters = Parameters,
        SupplyMax = SupplyMax,
        WitnessesMin = 1,
        DelegatesMin = 1,
        EqualDelegates = EqualDelegates,
        Accounts = _accounts,
        Witnesses = [.. Enumerable.Range(1, Candidates).Select(i => (i, BlockKey((uint)i)))],
        ActiveAtStart = WitnessCount,
        Delegates = [.. Enumerable.Range(1 + Candidates, DelegateCount)],
        Opinions = Opinions,
    };

    public GrapheneProtocol Protocol() => new(Recovery.Kernels, ChainId, Genesis());

    /// <summary>The key with which a witness signs blocks.</summary>
    public SigningKey BlockKey(uint witness, int version = 0) => KeyFor($"block-{witness}-{version}");

    public SigningKey KeyFor(string label)
    {
        byte[] secret = SHA256.HashData(Encoding.ASCII.GetBytes(label));
        SigningKey key = GrapheneDevnetKeys.PublicKeyOf(secret);
        _secrets[key] = secret;
        return key;
    }

    /// <summary>Signs with the keys of accounts, referring to a block.</summary>
    public SignedTransaction Sign(GrapheneNode node, IReadOnlyList<Operation> operations, params uint[] signers) =>
        SignWith(Draft(node, operations), [.. signers.Select(KeyOf)]);

    public SignedTransaction Sign(GrapheneNode node, Operation operation, params uint[] signers) =>
        Sign(node, [operation], signers);

    public SignedTransaction Draft(GrapheneNode node, IReadOnlyList<Operation> operations) =>
        new SignedTransaction { ExpirationSec = node.Head.TimeSec + 60, Operations = operations }.Referring(
            node.Head.Id);

    public SignedTransaction SignWith(SignedTransaction draft, params SigningKey[] keys)
    {
        Hash256 digest = SignedTransaction.SigningDigest(ChainId, draft.Body());
        return draft with { Signatures = [.. keys.Select(k => SignDigest(k, digest))] };
    }

    public byte[] SignDigest(in SigningKey key, in Hash256 digest)
    {
        byte[] signature = new byte[65];
        byte recoveryId = Secp256k1Signer.Sign(
            digest.Bytes, _secrets[key], SignatureForm.Canonical, signature.AsSpan(1));
        signature[0] = (byte)(BlockHeader.SignatureHeader + recoveryId);
        return signature;
    }

    /// <summary>Keys of a transaction's signatures as the pending queue holds them.</summary>
    public byte[] TagsOf(SignedTransaction transaction)
    {
        if (transaction.Signatures.Count == 0)
        {
            return [];
        }

        var recovery = new Recovery();
        Hash256 digest = SignedTransaction.SigningDigest(ChainId, transaction.Body());
        foreach (byte[] signature in transaction.Signatures)
        {
            recovery.Add(digest, signature);
        }

        byte[] tags = new byte[34 * transaction.Signatures.Count];
        SigningKey?[] keys = recovery.Run();
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i]!.Value.CopyTo(tags.AsSpan((34 * i) + 1));
        }

        return tags;
    }

    private void Add(string name, long balance) =>
        _accounts.Add(new GenesisAccount(name, KeyFor("account-" + name), balance));

    /// <summary>Signs for every witness; a node that must hold back does not call it.</summary>
    private sealed class WitnessKeys(TestWorld world) : IProducerKeys
    {
        public bool CanSign(ulong producer) => producer >= 1 && producer <= (ulong)world.Candidates;

        public void Sign(ulong producer, in Hash256 digest, Span<byte> signature65)
        {
            world.SignDigest(world.BlockKey((uint)producer), digest).CopyTo(signature65);
            signature65[0] -= BlockHeader.SignatureHeader;
        }
    }
}
