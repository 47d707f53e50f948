using Tactus.Engine.Pipeline.Stages;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols;
using Tactus.Engine.Signatures;
using Tactus.Engine.Time;
using Tactus.Kernels;

namespace Tactus.Engine.Pipeline;

/// <summary>The path of a block, from bytes to committed state. <see cref="Check"/> and <see cref="Complete"/> may run on two
/// threads, each in block order: then block n + 1 is checked while block n is applied.</summary>
public sealed class BlockPipeline : IDisposable
{
    private readonly IClock _clock;
    private readonly Chain _chain;
    private readonly BlockWorkers _workers;
    private readonly Stage01Receive _receive;
    private readonly Stage02Decode _decode;
    private readonly Stage03HeaderGate _headerGate;
    private readonly Stage04Signatures _signatures;
    private readonly Stage05Merkle _merkle;
    private readonly Stage06ForkChoice _forkChoice;
    private readonly Stage09Propagate _propagate;
    private readonly PipelineOptions _options;

    public BlockPipeline(Chain chain, KernelSet kernels, IClock clock, PipelineOptions options, IBlockRelay? relay = null)
    {
        _chain = chain;
        _clock = clock;
        _options = options;
        IBlockDecoder decoder = chain.Protocol.CreateDecoder(kernels);
        var checker = new SignatureChecker(kernels, chain.Protocol.SlowSignatures, options.Admitted);
        _workers = new BlockWorkers(checker, clock, options.SignatureThreads, chain.ExpectKeys);
        chain.Transition?.Use(_workers);
        chain.Store?.Use(_workers);
        _receive = new Stage01Receive(options, clock);
        _decode = new Stage02Decode(decoder);
        _headerGate = new Stage03HeaderGate(chain, options, clock);
        _signatures = new Stage04Signatures(options, _workers);
        _merkle = new Stage05Merkle(decoder);
        var commit = new Stage08Commit(chain, clock, beside: options.SignatureThreads > 0);
        var apply = new Stage07Apply(chain, options, _signatures, chain.Protocol.CreateDecoder(kernels), commit, clock);
        _forkChoice = new Stage06ForkChoice(chain, options, clock, _signatures, apply, commit);
        _propagate = new Stage09Propagate(relay);
    }

    public Chain Chain => _chain;

    /// <summary>The whole path for one block. The parked blocks that waited for it are the caller's to offer next:
    /// <see cref="Chain.TakeParked"/>.</summary>
    public Verdict Process(BlockWork block, ReadOnlySpan<byte> bytes)
    {
        Verdict verdict = Check(block, bytes);
        return verdict.Accepted ? Complete(block) : verdict;
    }

    /// <summary>The first half: what can be said without applying anything.</summary>
    public Verdict Check(BlockWork block, ReadOnlySpan<byte> bytes)
    {
        long startNs = _clock.MonotonicNs;
        Verdict verdict = Timed(block, Stage.Receive, startNs, _receive.Run(block, bytes));
        verdict = verdict.Accepted ? Timed(block, Stage.Decode, _clock.MonotonicNs, _decode.Run(block)) : verdict;
        verdict = verdict.Accepted ? Timed(block, Stage.HeaderGate, _clock.MonotonicNs, _headerGate.Run(block)) : verdict;
        if (verdict.Accepted)
        {
            _propagate.Early(block);
            _signatures.Start(block);
            verdict = _options.Mode == ValidationMode.Headers
                ? verdict
                : Timed(block, Stage.Merkle, _clock.MonotonicNs, _merkle.Run(block));
            if (!verdict.Accepted)
            {
                Abandon(block);
            }
        }

        block.Verdict = verdict;
        block.Clock.ElapsedNs = _clock.MonotonicNs - startNs;
        return verdict;
    }

    /// <summary>The second half: head, state, finality.</summary>
    public Verdict Complete(BlockWork block)
    {
        long startNs = _clock.MonotonicNs;
        block.Verdict = _forkChoice.Run(block);
        _propagate.Late(block);
        block.Clock.ElapsedNs += _clock.MonotonicNs - startNs;
        return block.Verdict;
    }

    /// <summary>A vote that came apart from blocks. It moves the head with the next block or <see cref="Tick"/>. For the thread
    /// that calls <see cref="Complete"/>.</summary>
    public Verdict Vote(ReadOnlySpan<byte> vote)
    {
        if (_chain.ForkChoice is not { } forkChoice)
        {
            return Verdict.Reject(RejectReason.Malformed, $"{_chain.Protocol.Name} has no votes apart from blocks");
        }

        forkChoice.OnTick(_clock.UnixUs);
        return forkChoice.OnVote(vote);
    }

    /// <summary>Lets time and votes move the head: at the start of each slot, and before anything is built or signed. For the
    /// thread that calls <see cref="Complete"/>.</summary>
    public void Tick() => _forkChoice.Tick();

    /// <summary>Gives up a block that passed <see cref="Check"/> and will not be completed: it may be offered again later.</summary>
    public void Abandon(BlockWork block)
    {
        _signatures.Drain(block);
        _chain.Withdraw(block);
    }

    public void Dispose()
    {
        _chain.Transition?.Use(SerialRunner.Instance);
        _chain.Store?.Use(SerialRunner.Instance);
        _workers.Dispose();
    }

    private Verdict Timed(BlockWork block, Stage stage, long startNs, Verdict verdict)
    {
        block.Clock.Add(stage, _clock.MonotonicNs - startNs);
        return verdict;
    }
}
