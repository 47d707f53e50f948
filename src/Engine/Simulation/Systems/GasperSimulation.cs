using System.Security.Cryptography;
using Tactus.Engine.Devnet;
using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Production;
using Tactus.Engine.Protocols;
using Tactus.Engine.Protocols.Gasper;
using Tactus.Engine.Protocols.Gasper.Blocks;
using Tactus.Engine.Protocols.Gasper.Devnet;
using Tactus.Engine.Protocols.Gasper.Presets;
using Tactus.Engine.Protocols.Gasper.Production;
using Tactus.Engine.Protocols.Gasper.State;
using Tactus.Engine.State;
using Tactus.Kernels;
using Tactus.Kernels.Bls12381;
using Checkpoint = Tactus.Engine.Protocols.Gasper.Blocks.Checkpoint;

namespace Tactus.Engine.Simulation.Systems;

/// <summary>Gasper under simulation: the devnet's preset (8 slots of 12 s per epoch), every node with the same number
/// of validators. Votes travel as messages, a third of a slot after its start. The bounds are those of
/// gasper.md.</summary>
public sealed class GasperSimulation : ISimulatedProtocol
{
    /// <summary>Fewest validators: two for each slot's committee.</summary>
    private const int ValidatorsMin = 16;

    private const int SlotsPerEpoch = 8;

    private readonly GasperDevnetKeys _keys;
    private readonly Func<Checkpoint?, GasperProtocol> _create;
    private readonly GasperProtocol _protocol;
    private readonly GasperContext _context;
    private readonly IBlsKernel _bls;

    /// <param name="seed">Keys come from it.</param>
    /// <param name="nodes">Nodes.</param>
    /// <param name="kernels">Kernels; see <see cref="RememberingBls"/>.</param>
    /// <param name="validatorsPerNode">Validators of each; 0: as few as will do.</param>
    /// <param name="rules">Rules that a test takes away to show what they are for.</param>
    public GasperSimulation(
        long seed, int nodes, KernelSet kernels, int validatorsPerNode = 0, GasperRules? rules = null)
    {
        Nodes = nodes;
        rules ??= new GasperRules();
        int validators = nodes * (validatorsPerNode > 0 ? validatorsPerNode : (ValidatorsMin + nodes - 1) / nodes);
        _bls = kernels.Bls12381.For(1);
        _keys = new GasperDevnetKeys(seed, validators, offline: 0, offlineFromEpoch: 0);
        GasperPreset preset = PresetLoader.BuiltIn(GasperDevnet.PresetName);
        _context = new GasperContext(
            rules.ProposerBoost ? preset : preset with { ProposerScoreBoost = 0 }, kernels);
        var mix = new Hash256(SHA256.HashData(BitConverter.GetBytes(seed)));

        // The salt of batches keeps forgers from searching; in a simulation it must be the same in every run.
        BeaconState genesis = Protocols.Gasper.Transition.Genesis.FromKeys(
            _context, _keys.PublicKeys, DevnetGenesis.UnixSec, mix);
        _create = trusted => new GasperProtocol(kernels, genesis.Clone(), GasperDevnet.SlotMsDefault * 1000L, mix)
        {
            TrustedCheckpoint = trusted,
            FindDoubleVotes = rules.EquivocatorsDiscounted,
        };
        _protocol = _create(null);
    }

    public string Name => "gasper";

    public int Nodes { get; }

    public int SettleSlots => SlotsPerEpoch;

    /// <summary>Two epochs: everybody votes in one, and a link between checkpoints takes two.</summary>
    public int RoundSlots => 2 * SlotsPerEpoch;

    /// <summary>Below a third of the stake, which is even.</summary>
    public int FaultyMax => (Nodes - 1) / 3;

    public int DownMax => FaultyMax;

    /// <summary>L liars and half of the honest reach two thirds on each side.</summary>
    public int FaultyBreaking
    {
        get
        {
            int liars = 0;
            while ((((Nodes - liars) / 2) + liars) * 3 < 2 * Nodes)
            {
                liars++;
            }

            return liars;
        }
    }

    /// <summary>Proposers are drawn: who is silent for good, or has signed for slots of another branch, may have more
    /// slots than its share.</summary>
    public int GrowthPermille => 700;

    /// <summary>Five epochs: the rest of one, two full ones that justify and finalize the first, one for nodes that
    /// come back, and the distance of two that a healthy chain keeps.</summary>
    public int FinalityLagMax => 5 * SlotsPerEpoch;

    /// <summary>An epoch: in it every validator casts a new vote.</summary>
    public int TurnBlocks => SlotsPerEpoch;

    public bool CanWithhold => true;

    /// <summary>The start of the slot, when time moves the head, and the attestation deadline.</summary>
    public IReadOnlyList<int> MessagePhases => [0, 1000 / (int)GasperPreset.IntervalsPerSlot];

    public ISimulatedMember CreateMember(int node) =>
        new Member(this, node, _keys.WithOwnProtection(), BlockContents.Empty);

    /// <summary>Blocks of one slot on one head would be the same: the second instance signs its own with a
    /// graffito.</summary>
    public ISimulatedMember CreateTwin(int node) => new Member(
        this, node, _keys.WithOwnProtection(), new BlockContents { Graffiti = new Hash256(SHA256.HashData("twin"u8)) });

    /// <summary>A node's validators: every one whose number leaves the node's when divided by their count. What they
    /// signed survives crashes, as a protection file does.</summary>
    private sealed class Member(GasperSimulation owner, int node, GasperDevnetKeys keys, BlockContents contents)
        : ISimulatedMember, IValidatorKeys
    {
        private Checkpoint? _trusted;

        /// <summary>Shared by all who trust nothing: it holds rules and decompressed keys, and nothing of a
        /// chain.</summary>
        public IProtocol CreateProtocol() => _trusted is null ? owner._protocol : owner._create(_trusted);

        public void Trust(ChainStore friend, long slot)
        {
            ulong epoch = owner._context.Preset.EpochOf((ulong)slot);
            Hash256 root = owner._protocol.Genesis.Id;
            byte[] buffer = [];
            for (ulong number = 1; number <= friend.Log.Head; number++)
            {
                // A frame is the height, then the block (GasperBlockDecoder).
                if (!friend.Log.TryRead(number, ref buffer, out int length, out _)
                    || SignedBeaconBlock.Decode(
                        owner._context.Schemas, buffer.AsMemory(sizeof(uint), length - sizeof(uint))).Message.Slot
                        > owner._context.Preset.StartSlot(epoch)
                    || !friend.Log.TryReadId((uint)number, out Hash256 id))
                {
                    break;
                }

                root = id;
            }

            _trusted = new Checkpoint(epoch, root);
        }

        public bool CanSign(ulong producer) =>
            producer < (ulong)keys.PublicKeys.Length && producer % (ulong)owner.Nodes == (ulong)node;

        public bool IsOnline(int validator, ulong epoch) => true;

        public void SignRandao(int validator, in Hash256 root, Span<byte> signature)
        {
            keys.SignRandao(validator, root, signature);
            Signed(validator, root, signature);
        }

        public Verdict SignBlock(int validator, ulong slot, in Hash256 root, Span<byte> signature)
        {
            Verdict verdict = keys.SignBlock(validator, slot, root, signature);
            return verdict.Accepted ? Signed(validator, root, signature) : verdict;
        }

        public Verdict SignVote(int validator, in AttestationData data, in Hash256 root, Span<byte> signature)
        {
            Verdict verdict = keys.SignVote(validator, data, root, signature);
            return verdict.Accepted ? Signed(validator, root, signature) : verdict;
        }

        public void Sign(ulong producer, in Hash256 digest, Span<byte> signature65) =>
            keys.Sign(producer, digest, signature65);

        /// <summary>Withholding: an empty pool has no votes to include.</summary>
        public IBlockBuilder CreateBuilder(IProtocol protocol, IBlockTransition transition, bool withhold) => withhold
            ? new GasperBlockBuilder(new AttestationPool(owner._context.Preset, owner._bls), this)
            {
                Contents = contents,
            }
            : new GasperBlockBuilder(((GasperTransition)transition).Pool, this) { Contents = contents };

        /// <summary>Spares the network the pairings for what a member itself signed.</summary>
        private Verdict Signed(int validator, in Hash256 root, ReadOnlySpan<byte> signature)
        {
            if (owner._bls is RememberingBls remembering
                && remembering.DecompressKey(keys.PublicKeys[validator], out BlsPublicKey key) == BlsVerdict.Valid)
            {
                remembering.Signed(key, root.Bytes, signature);
            }

            return Verdict.Ok;
        }

        public void Resume(ChainStore store)
        {
            // What this member signed is in its protection.
        }

        public IMemberMessages Join(Chain chain, IProtocol protocol, IBlockTransition transition) =>
            new Voting(new CommitteeVotes(owner._bls, this));

        /// <summary>A beacon block has no transactions.</summary>
        public void Fill(PendingTransactions pending, Chain chain)
        {
        }
    }

    /// <summary>A running node's duties apart from blocks.</summary>
    private sealed class Voting(CommitteeVotes votes) : IMemberMessages
    {
        public void Phase(MemberTurn turn, long slot, int phase)
        {
            turn.Pipeline.Tick();
            if (phase == 0)
            {
                return;
            }

            long now = turn.Chain.Consensus.SlotAt(turn.NowUs);
            var head = (GasperState)turn.Chain.Head.State.ConsensusState;
            if (now < (long)head.Slot || !votes.Sign(head, (ulong)now, out IReadOnlyList<Attestation> own).Accepted)
            {
                return;
            }

            foreach (Attestation vote in own)
            {
                byte[] message = GasperMessage.Of(vote);
                turn.Pipeline.Vote(message);
                turn.Vote(message);
            }
        }

        public void Decided(MemberTurn turn, BlockWork block)
        {
        }

        public void Received(MemberTurn turn, ReadOnlyMemory<byte> message)
        {
            Verdict verdict = turn.Pipeline.Vote(message.Span);
            if (verdict.Reason == RejectReason.Unlinkable)
            {
                turn.Ask(GasperMessage.BlockOf(message.Span));
            }
        }
    }
}

/// <summary>Rules against attacks that can be taken away, to see what happens without them.</summary>
public sealed record GasperRules
{
    /// <summary>The first timely block of a slot counts for 40 % of a committee until the next.</summary>
    public bool ProposerBoost { get; init; } = true;

    /// <summary>Who voted twice in an epoch counts no more.</summary>
    public bool EquivocatorsDiscounted { get; init; } = true;
}
