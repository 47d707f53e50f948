using System.Security.Cryptography;
using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Production;
using Tactus.Engine.Protocols;
using Tactus.Engine.Protocols.Gasper;
using Tactus.Engine.Protocols.Gasper.Blocks;
using Tactus.Engine.Protocols.Gasper.Devnet;
using Tactus.Engine.Protocols.Gasper.Presets;
using Tactus.Engine.Protocols.Gasper.Production;
using Tactus.Engine.State;
using Tactus.Kernels;
using Tactus.Kernels.Bls12381;

namespace Tactus.Engine.Simulation.Systems;

/// <summary>Gasper under simulation: the devnet's preset (8 slots of 12 s per epoch), every node with the same number of
/// validators. Votes travel as messages, a third of a slot after its start. The bounds are those of gasper.md.</summary>
public sealed class GasperSimulation : ISimulatedProtocol
{
    /// <summary>Fewest validators: two for each slot's committee.</summary>
    private const int ValidatorsMin = 16;

    private const int SlotsPerEpoch = 8;

    private readonly GasperDevnetKeys _keys;
    private readonly GasperProtocol _protocol;
    private readonly IBlsKernel _bls;

    public GasperSimulation(long seed, int nodes, KernelSet kernels)
    {
        Nodes = nodes;
        int validators = nodes * ((ValidatorsMin + nodes - 1) / nodes);
        _bls = kernels.Bls12381.For(1);
        _keys = new GasperDevnetKeys(seed, validators, offline: 0, offlineFromEpoch: 0);
        var context = new GasperContext(PresetLoader.BuiltIn(GasperDevnet.PresetName), kernels);
        var mix = new Hash256(SHA256.HashData(BitConverter.GetBytes(seed)));

        // The salt of batches keeps forgers from searching; in a simulation it must be the same in every run.
        _protocol = new GasperProtocol(
            kernels,
            Protocols.Gasper.Transition.Genesis.FromKeys(context, _keys.PublicKeys, GasperDevnet.GenesisTimeSec, mix),
            GasperDevnet.SlotMsDefault * 1000L,
            mix);
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

    /// <summary>Proposers are drawn: who is silent for good, or has signed for slots of another branch, may have more slots than
    /// its share.</summary>
    public int GrowthPermille => 700;

    /// <summary>Five epochs: the rest of one, two full ones that justify and finalize the first, one for nodes that come back, and
    /// the distance of two that a healthy chain keeps.</summary>
    public int FinalityLagMax => 5 * SlotsPerEpoch;

    /// <summary>An epoch: in it every validator casts a new vote.</summary>
    public int TurnBlocks => SlotsPerEpoch;

    public bool CanWithhold => true;

    /// <summary>The start of the slot, when time moves the head, and the attestation deadline.</summary>
    public IReadOnlyList<int> MessagePhases => [0, 1000 / (int)GasperPreset.IntervalsPerSlot];

    public ISimulatedMember CreateMember(int node) => new Member(this, node, _keys.WithOwnProtection());

    /// <summary>A node's validators: every one whose number leaves the node's when divided by their count. What they signed
    /// survives crashes, as a protection file does.</summary>
    private sealed class Member(GasperSimulation owner, int node, GasperDevnetKeys keys) : ISimulatedMember, IValidatorKeys
    {
        /// <summary>Shared: it holds rules and decompressed keys, and nothing of a chain.</summary>
        public IProtocol CreateProtocol() => owner._protocol;

        public bool CanSign(ulong producer) =>
            producer < (ulong)keys.PublicKeys.Length && producer % (ulong)owner.Nodes == (ulong)node;

        public bool IsOnline(int validator, ulong epoch) => true;

        public void SignRandao(int validator, in Hash256 root, Span<byte> signature) => keys.SignRandao(validator, root, signature);

        public Verdict SignBlock(int validator, ulong slot, in Hash256 root, Span<byte> signature) =>
            keys.SignBlock(validator, slot, root, signature);

        public Verdict SignVote(int validator, in AttestationData data, in Hash256 root, Span<byte> signature) =>
            keys.SignVote(validator, data, root, signature);

        public void Sign(ulong producer, in Hash256 digest, Span<byte> signature65) => keys.Sign(producer, digest, signature65);

        /// <summary>Withholding: an empty pool has no votes to include.</summary>
        public IBlockBuilder CreateBuilder(IProtocol protocol, IBlockTransition transition, bool withhold) => withhold
            ? new GasperBlockBuilder(new AttestationPool(PresetLoader.BuiltIn(GasperDevnet.PresetName), owner._bls), this)
            : protocol.CreateBuilder(null!, transition, this);

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
