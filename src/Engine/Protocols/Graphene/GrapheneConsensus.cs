using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Graphene.Consensus;
using Tactus.Engine.Protocols.Graphene.Types;
using Tactus.Kernels;
using Tactus.Kernels.Secp256k1;

namespace Tactus.Engine.Protocols.Graphene;

/// <summary>BitShares' consensus behind the engine's contract: states are <see cref="WitnessState"/>.</summary>
/// <remarks>Delegates can change the block interval, so slots have no fixed number: the engine's slot is the block's
/// time in Unix seconds, and <see cref="NextSlot"/> says which seconds are slots.</remarks>
public sealed class GrapheneConsensus : IConsensus
{
    private readonly KernelSet _kernels;
    private readonly byte _intervalSec;

    public GrapheneConsensus(KernelSet kernels, byte intervalSec)
    {
        _kernels = kernels;
        _intervalSec = intervalSec;
    }

    /// <summary>Length at genesis.</summary>
    public long SlotUs => _intervalSec * 1_000_000L;

    public long SlotAt(long unixUs) => unixUs / 1_000_000;

    public long SlotStartUs(long slot) => slot * 1_000_000;

    public long NextSlot(object state, long slot)
    {
        var witnesses = (WitnessState)state;
        return Slots.TimeSec(witnesses, Slots.At(witnesses, slot) + 1);
    }

    /// <summary>Whoever is scheduled; <see cref="ulong.MaxValue"/> where the second is no slot.</summary>
    public ulong ProducerAt(object state, long slot)
    {
        var witnesses = (WitnessState)state;
        long k = Slots.At(witnesses, slot);
        return k > 0 && Slots.TimeSec(witnesses, k) == slot ? Slots.Witness(witnesses, k) : ulong.MaxValue;
    }

    /// <summary>On an executed parent everything is checked; on a provisional one link and time, and the rest when the
    /// block is applied. [C] The real system does the same: "if the parent's schedule is known".</summary>
    public Verdict CheckHeader(BlockWork block, object parentState, bool trustSignature)
    {
        var parent = (WitnessState)parentState;
        var signed = (SignedHeader)block.Header!;
        Verdict verdict = WitnessTransition.CheckLink(parent, signed.Header);
        verdict = verdict.Accepted && !trustSignature ? Recover(signed) : verdict;
        if (verdict.Accepted && parent.Executed)
        {
            verdict = WitnessTransition.CheckSlot(parent, signed.Header, out _);
            verdict = verdict.Accepted && !trustSignature
                ? WitnessTransition.CheckKey(parent, signed.Header.Witness, signed.Signer!.Value)
                : verdict;
        }

        block.ConsensusState = verdict.Accepted ? parent.Provisional(signed.Header, block.Id) : null;
        return verdict;
    }

    public uint FinalizedNumber(object state) => ((WitnessState)state).LastIrreversible;

    /// <summary>"The software always selects the blockchain with the highest witness participation rate." Among
    /// branches from one block, at one moment, that is the one with more blocks [C].</summary>
    public int Prefer(object x, object y) => ((WitnessState)x).Number.CompareTo(((WitnessState)y).Number);

    public int BreakTie(in Hash256 x, in Hash256 y) => y.CompareTo(x);

    public void Save(object state, ByteWriter writer) => WitnessStateCodec.Write((WitnessState)state, writer);

    public object Load(ref ByteReader reader) => WitnessStateCodec.Read(ref reader);

    /// <summary>Finds the key that made a header's signature, once.</summary>
    internal Verdict Recover(SignedHeader signed)
    {
        if (signed.Signer is not null)
        {
            return Verdict.Ok;
        }

        ReadOnlySpan<byte> signature = signed.Signature;
        if (signature[0] is < 27 or > 34 || !CanonicalForm.IsCanonical(signature[1..]))
        {
            return Verdict.Reject(RejectReason.BadBlockSignature, "the block's signature is not canonical");
        }

        Span<byte> point = stackalloc byte[64];
        SignatureVerdict found = default;
        _kernels.Secp256k1.For(1).Recover(
            signed.Digest.Bytes, signature[1..], [(byte)((signature[0] - 27) & 3)], point,
            new Span<SignatureVerdict>(ref found));
        if (found != SignatureVerdict.Valid)
        {
            return Verdict.Reject(RejectReason.BadBlockSignature, $"the block's signature names no key: {found}");
        }

        Span<byte> key = stackalloc byte[SigningKey.Size];
        key[0] = (byte)(2 | (point[63] & 1));
        point[..32].CopyTo(key[1..]);
        signed.Signer = new SigningKey(key);
        return Verdict.Ok;
    }
}
