using System.Buffers.Binary;
using Tactus.Engine.Devnet;
using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Production;
using Tactus.Engine.Protocols;
using Tactus.Engine.Protocols.Gasper;
using Tactus.Engine.Protocols.Gasper.Blocks;
using Tactus.Engine.Protocols.Gasper.Devnet;
using Tactus.Engine.Protocols.Gasper.ForkChoice;
using Tactus.Engine.Protocols.Gasper.State;
using Tactus.Engine.Protocols.Gasper.Transition;
using Tactus.Engine.State;
using Tactus.Engine.Storage;
using Tactus.Engine.Tests.Gasper.Vectors;
using Tactus.Engine.Time;

namespace Tactus.Engine.Tests.Gasper;

/// <summary>A devnet's node over a disk: opens what is there.</summary>
internal sealed class GasperNode : IDisposable
{
    private readonly MemoryStateStore _state = new();
    private readonly BlockWork _work = new();
    private readonly ManualClock _clock = new();
    private readonly DevnetParameters _parameters;
    private readonly BlockPipeline _pipeline;
    private readonly IBlockBuilder _builder;
    private readonly BlockView _view;

    public GasperNode(IDisk disk, DevnetParameters parameters, Protocols.Gasper.Blocks.Checkpoint? trusted = null)
    {
        _parameters = parameters;
        Devnet = new GasperDevnet(parameters, VectorSet.Kernels, Hash256.FromHex(new string('5', 64)), trusted);
        IProtocol protocol = Devnet.Protocol;
        Store = ChainStore.Open(disk, new MemoryCheckpoints(_state, disk));
        IBlockTransition transition = protocol.CreateTransition(VectorSet.Kernels);
        Chain = ChainOpening.Open(protocol, VectorSet.Kernels, Store, transition);
        var options = new PipelineOptions { SignatureThreads = 0 };
        using (var again = new BlockPipeline(Chain, VectorSet.Kernels, _clock, options with { CheckClock = false }))
        {
            ChainOpening.Reapply(again);
        }

        _pipeline = new BlockPipeline(Chain, VectorSet.Kernels, _clock, options);
        At(Chain.Head.Slot);
        VoteAll(Chain.Head.Slot);
        _builder = protocol.CreateBuilder(VectorSet.Kernels, transition, Devnet.Keys);
        _view = new BlockView(Store.State);
    }

    public GasperDevnet Devnet { get; }

    public ChainStore Store { get; }

    public Chain Chain { get; }

    public GasperState Head => (GasperState)Chain.Head.State.ConsensusState;

    public GasperContext Context => Head.Copy().Context;

    /// <summary>Goes on until a slot.</summary>
    /// <returns>Slots without a block.</returns>
    public int Run(int slots)
    {
        int empty = 0;
        for (long slot = Math.Max(Chain.Head.Slot, Chain.Consensus.SlotAt(_clock.UnixUs)) + 1; slot <= slots; slot++)
        {
            At(slot);
            Verdict verdict = _builder.Begin(Head, slot, _view);
            if (verdict.Reason == RejectReason.WrongProducer)
            {
                empty++;
            }
            else
            {
                verdict = verdict.Accepted ? _builder.Seal(out ReadOnlyMemory<byte> block) is { Accepted: false } v ? v : Process(block.Span) : verdict;
                Assert.True(verdict.Accepted, verdict.ToString());
            }

            VoteAll(slot);
        }

        return empty;
    }

    /// <summary>Lets slots up to one pass without a block, with votes.</summary>
    public void Skip(int toSlot)
    {
        for (long slot = Chain.Head.Slot + 1; slot <= toSlot; slot++)
        {
            At(slot);
            VoteAll(slot);
        }
    }

    /// <summary>Moves the clock to a slot, or into it.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="intoUs">Microseconds after its start.</param>
    public void At(long slot, long intoUs = 0)
    {
        _clock.UnixUs = Chain.Consensus.SlotStartUs(slot) + intoUs;
        _pipeline.Tick();
    }

    /// <summary>The votes of every validator for the head, not given to anybody.</summary>
    public IReadOnlyList<byte[]> Votes(long slot) => Devnet.Vote(Chain, slot);

    public void VoteAll(long slot)
    {
        foreach (byte[] vote in Votes(slot))
        {
            Verdict verdict = Vote(vote);
            Assert.True(verdict.Accepted, verdict.ToString());
        }
    }

    /// <summary>Takes votes that must be right.</summary>
    public void TakeVotes(IReadOnlyList<byte[]> votes)
    {
        Assert.NotEmpty(votes);
        Assert.All(votes, vote => Assert.Equal(Verdict.Ok, Vote(vote)));
    }

    /// <summary>Takes blocks that must be right.</summary>
    public void Take(params ReadOnlySpan<byte[]> blocks)
    {
        foreach (byte[] block in blocks)
        {
            Verdict verdict = Process(block);
            Assert.True(verdict.Accepted, verdict.ToString());
        }
    }

    /// <summary>A vote with the indices of those who gave it.</summary>
    public IndexedAttestation Indexed(byte[] vote)
    {
        Attestation attestation = Attestation.Decode(Context.Schemas, vote.AsMemory(1));
        Assert.True(Head.At(attestation.Data.Slot, out BeaconState? state).Accepted);
        Span<int> signers = stackalloc int[64];
        int count = Operations.AttestingIndices(state!, attestation, signers);
        return new IndexedAttestation(
            signers[..count].ToArray().Select(i => (ulong)i).ToArray(), attestation.Data, attestation.Signature);
    }

    public Verdict Vote(ReadOnlySpan<byte> vote) => _pipeline.Vote(vote);

    public ForkChoiceStore Fork => ((GasperForkChoice)Chain.ForkChoice!).Store;

    public WaitingVotes Waiting => ((GasperForkChoice)Chain.ForkChoice!).Waiting;

    /// <summary>The block of a slot on the head, not processed; the clock stands at its slot then.</summary>
    public ReadOnlyMemory<byte> Build(long slot)
    {
        At(slot);
        Assert.True(_builder.Begin(Head, slot, _view).Accepted);
        Verdict verdict = _builder.Seal(out ReadOnlyMemory<byte> block);
        Assert.True(verdict.Accepted, verdict.ToString());
        return block;
    }

    /// <summary>The same block with another state root, signed again.</summary>
    public byte[] WithStateRoot(SignedBeaconBlock signed, Hash256 root)
    {
        BeaconBlock m = signed.Message;
        var block = new BeaconBlock
        {
            Slot = m.Slot,
            ProposerIndex = m.ProposerIndex,
            ParentRoot = m.ParentRoot,
            StateRoot = root,
            Body = m.Body,
        };
        Assert.True(Head.At(m.Slot, out BeaconState? state).Accepted);
        byte[] signature = new byte[96];

        // Keys of another devnet of the same seed: these have signed for the slot already.
        var keys = new GasperDevnetKeys(_parameters.Seed, _parameters.Producers, 0, 0);
        Hash256 signingRoot = Protocols.Gasper.Production.ValidatorDuties.BlockRoot(state!, block);
        Assert.True(keys.SignBlock((int)m.ProposerIndex, m.Slot, signingRoot, signature).Accepted);
        return GasperBlockDecoder.Frame(Head.Height + 1, new SignedBeaconBlock(block, signature));
    }

    public byte[] Logged(uint number)
    {
        byte[] buffer = [];
        Assert.True(Store.Log.TryRead(number, ref buffer, out int length, out _));
        Assert.Equal(number, BinaryPrimitives.ReadUInt32LittleEndian(buffer));
        return buffer[..length];
    }

    public Verdict Process(ReadOnlySpan<byte> block) => _pipeline.Process(_work, block);

    public Hash256 StateHash() => ((IStateStore)_state).ComputeStateHash();

    public void Dispose()
    {
        _view.Dispose();
        _pipeline.Dispose();
        Store.Dispose();
        _state.Dispose();
    }
}
