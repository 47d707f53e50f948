using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.VmDposw.Machines;
using Tactus.Engine.Protocols.VmDposw.Rounds;
using Tactus.Engine.Protocols.VmDposw.Wire;
using Tactus.Kernels;
using Tactus.Kernels.Secp256k1;

namespace Tactus.Engine.Protocols.VmDposw.Consensus;

/// <summary>VM-DPoSW behind the engine's contract: states are <see cref="ClusterState"/>, slots count from 1 at
/// genesis.</summary>
public sealed class VmDposwConsensus : IConsensus
{
    private readonly KernelSet _kernels;
    private readonly VmDposwParameters _parameters;
    private readonly RoundClock _clock;
    private readonly HeaderRules _rules;

    /// <exception cref="ArgumentException">The parameters cannot be used.</exception>
    public VmDposwConsensus(KernelSet kernels, VmDposwParameters parameters)
    {
        if (parameters.Check() is { } problem)
        {
            throw new ArgumentException(problem, nameof(parameters));
        }

        _kernels = kernels;
        _parameters = parameters;
        _clock = parameters.CreateClock();
        _rules = new HeaderRules(parameters, _clock);
    }

    public long SlotUs => _clock.SlotUs;

    public long SlotAt(long unixUs) => _clock.SlotAt(unixUs);

    public long SlotStartUs(long slot) => _clock.SlotStartUs(slot);

    public Verdict CheckHeader(BlockWork block, object parentState, bool trustSignature)
    {
        var parent = (ClusterState)parentState;
        var signed = (SignedVmHeader)block.Header!;
        Verdict verdict = _rules.Check(signed.Header, block.Id, parent, out ClusterState? next);
        if (verdict.Accepted && !trustSignature)
        {
            verdict = CheckSignature(signed, block.Id, parent);
        }

        block.ConsensusState = verdict.Accepted ? next : null;
        return verdict;
    }

    /// <summary>Id of the VM whose window a slot lies in; 0, which is no VM, in a gap.</summary>
    public ulong ProducerAt(object state, long slot) =>
        ((ClusterState)state).TryMachineAt(slot, _clock, _parameters, out _, out _, out uint machine) ? machine : 0;

    public uint FinalizedNumber(object state) => ((ClusterState)state).Finalized;

    /// <summary>[N] The document is silent: the later confirmed round, which makes finality safe, then more filled
    /// windows, then more work, then the lower hash.</summary>
    public int Prefer(object x, object y)
    {
        var a = (ClusterState)x;
        var b = (ClusterState)y;
        int order = a.ConfirmedRound.CompareTo(b.ConfirmedRound);
        order = order != 0 ? order : a.FilledWindows.CompareTo(b.FilledWindows);
        order = order != 0 ? order : a.Work.CompareTo(b.Work);
        return order != 0 ? order : b.Id.CompareTo(a.Id);
    }

    public int BreakTie(in Hash256 x, in Hash256 y) => y.CompareTo(x);

    public void Save(object state, ByteWriter writer) => ClusterStateCodec.Write(writer, (ClusterState)state);

    public object Load(ref ByteReader reader) => ClusterStateCodec.Read(ref reader);

    /// <summary>[N] Each block carries an ordinary ECDSA signature: the keys K_j are public once revealed, so this is
    /// what protects the past (V11).</summary>
    private Verdict CheckSignature(SignedVmHeader signed, in Hash256 id, ClusterState parent)
    {
        VmBlockHeader header = signed.Header;
        ReadOnlySpan<byte> signature = signed.Signature.Span;
        if (!CanonicalForm.IsLowS(signature))
        {
            return Verdict.Reject(
                RejectReason.BadBlockSignature, $"block {header.Number}: s of the VM's signature is above n/2");
        }

        Span<byte> point = stackalloc byte[64];
        SignatureVerdict found = default;
        _kernels.Secp256k1.For(1).Recover(
            id.Bytes, signature, [signed.RecoveryId], point, new Span<SignatureVerdict>(ref found));
        ClusterDelegate vm = ClusterState.Find(parent.ClusterOf(header.Round), header.Machine)!;
        return found == SignatureVerdict.Valid && SignKey.OfPoint(point) == vm.Key
            ? Verdict.Ok
            : Verdict.Reject(RejectReason.BadBlockSignature, $"block {header.Number} is not signed by VM{vm.Machine}");
    }
}
