using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper.Blocks;
using Tactus.Engine.Protocols.Gasper.Signatures;
using Tactus.Engine.Protocols.Gasper.State;
using Tactus.Engine.Protocols.Gasper.Transition;
using Tactus.Kernels.Bls12381;

namespace Tactus.Engine.Protocols.Gasper;

/// <summary>Gasper behind the engine's contract. The state transition is the header check: a proposer, and all else
/// that a header could be checked against, is known only from the whole state, which is the consensus state.</summary>
public sealed class GasperConsensus : IConsensus
{
    /// <summary>Slots beyond this are refused, so that their times fit 63 bits of microseconds: 2^38 of 12 s are
    /// 100,000 years.</summary>
    public const ulong SlotMax = 1UL << 38;

    /// <summary>Longest slot: 30 s, for the same reason.</summary>
    public const long SlotUsMax = 30_000_000;

    private readonly GasperContext _context;
    private readonly IBlsKernel _bls;
    private readonly PublicKeyCache _keys;
    private readonly long _genesisUs;
    private readonly Hash256 _salt;

    /// <param name="context">Constants and hash kernels.</param>
    /// <param name="bls">Checks signatures.</param>
    /// <param name="genesisTimeSec">Start of slot 0.</param>
    /// <param name="slotUs">Length of a slot, 1 to <see cref="SlotUsMax"/>.</param>
    /// <param name="salt">Secret salt of batch weights (<see cref="BlsSignatureBatch"/>).</param>
    public GasperConsensus(GasperContext context, IBlsKernel bls, ulong genesisTimeSec, long slotUs, in Hash256 salt)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(slotUs, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(slotUs, SlotUsMax);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(genesisTimeSec, 1UL << 36);
        _context = context;
        _bls = bls;
        _keys = new PublicKeyCache(bls);
        _genesisUs = (long)genesisTimeSec * 1_000_000;
        _salt = salt;
        SlotUs = slotUs;
    }

    public long SlotUs { get; }

    public long SlotAt(long unixUs) => (long)Math.Floor((decimal)(unixUs - _genesisUs) / SlotUs);

    public long SlotStartUs(long slot) => _genesisUs + (slot * SlotUs);

    public Verdict CheckHeader(BlockWork block, object parentState, bool trustSignature)
    {
        var parent = (GasperState)parentState;
        if (block.Number != parent.Height + 1)
        {
            return Verdict.Reject(
                RejectReason.BadLink, $"the frame says block {block.Number}; its parent is block {parent.Height}");
        }

        ISignatureChecks signatures = trustSignature
            ? new DepositSignatures(_bls)
            : NewSignatureBatch();
        Verdict verdict = StateTransition.Apply(
            parent.Copy(), (SignedBeaconBlock)block.Header!, signatures, out BeaconState? after);
        block.ConsensusState = verdict.Accepted ? parent.Next(block.Id, after!) : null;
        return verdict;
    }

    /// <summary>Registry index of the proposer; <see cref="ulong.MaxValue"/>, which is nobody, where the state cannot
    /// get to the slot.</summary>
    public ulong ProducerAt(object state, long slot) =>
        ((GasperState)state).At((ulong)slot, out BeaconState? at).Accepted
            ? (ulong)Accessors.ProposerIndex(at!)
            : ulong.MaxValue;

    public uint FinalizedNumber(object state) => ((GasperState)state).FinalizedHeight;

    /// <summary>Zero: votes choose the head (<see cref="ForkChoice.GasperForkChoice"/>).</summary>
    public int Prefer(object x, object y) => 0;

    /// <summary>The higher root, as in get_head.</summary>
    public int BreakTie(in Hash256 x, in Hash256 y) => x.CompareTo(y);

    /// <summary>Checks of the signatures of one block or message.</summary>
    internal ISignatureChecks NewSignatureBatch() => new BlsSignatureBatch(_bls, _keys, _context, _salt);

    public void Save(object state, ByteWriter writer) => ((GasperState)state).Save(writer);

    public object Load(ref ByteReader reader) => GasperState.Load(_context, ref reader)!;
}
