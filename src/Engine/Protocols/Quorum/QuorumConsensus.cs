using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Quorum.Ballots;
using Tactus.Engine.Protocols.Quorum.Blocks;
using Tactus.Engine.Protocols.Quorum.Coins;
using Tactus.Kernels;

namespace Tactus.Engine.Protocols.Quorum;

/// <summary>The rules by which any node accepts a block: it extends its parent and carries the signatures of every
/// member of the quorum in force [D]. States are <see cref="QuorumState"/>; slots count from 1970.</summary>
public sealed class QuorumConsensus : IConsensus
{
    private readonly KernelSet _kernels;
    private readonly QuorumParameters _parameters;

    public QuorumConsensus(KernelSet kernels, QuorumParameters parameters)
    {
        _kernels = kernels;
        _parameters = parameters;
    }

    public long SlotUs => _parameters.SlotSec * 1_000_000L;

    public long SlotAt(long unixUs) => unixUs / SlotUs;

    public long SlotStartUs(long slot) => slot * SlotUs;

    public Verdict CheckHeader(BlockWork block, object parentState, bool trustSignature)
    {
        var parent = (QuorumState)parentState;
        var header = (SealedHeader)block.Header!;
        Verdict verdict = Next(parent, header, block.Id, trustSignature, out QuorumState? next);
        verdict = verdict.Accepted && !trustSignature ? CheckCertificate(header, block.Id, next!.Epoch) : verdict;
        block.ConsensusState = verdict.Accepted ? next : null;
        block.Producer = verdict.Accepted ? ProducerAt(next!, block.Slot) : 0;
        return verdict;
    }

    /// <summary>What a header says against its parent, without its certificate: what a member checks in a
    /// proposal.</summary>
    public Verdict Next(
        QuorumState parent, SealedHeader header, in Hash256 id, bool trustSignature, out QuorumState? next)
    {
        next = null;
        CoinHeader coin = header.Coin;
        if (coin.PreviousHash != parent.Id || coin.Seq != parent.Number + 1UL)
        {
            return Verdict.Reject(
                RejectReason.BadLink,
                $"block {coin.Seq} on {coin.PreviousHash.ToShortString()} does not follow block {parent.Number}");
        }

        if (coin.Version != 0)
        {
            return Verdict.Reject(RejectReason.WrongVersion, $"version {coin.Version}; 0 is known");
        }

        if (coin.TimeSec <= parent.TimeSec)
        {
            return Verdict.Reject(
                RejectReason.BadSlot, $"time {coin.TimeSec} is not above the parent's {parent.TimeSec}");
        }

        Epoch epoch = parent.Epoch;
        ulong mandate = parent.MandateCoins;
        if (header.Seal.Opening is { } opening)
        {
            Verdict verdict = opening.Check(
                _kernels, parent, coin.TimeSec, _parameters, trustSignature, out Epoch? opened, out mandate);
            if (!verdict.Accepted)
            {
                return verdict;
            }

            epoch = opened!;
        }

        if (header.Seal.Epoch != epoch.Number)
        {
            return Verdict.Reject(
                RejectReason.BadSchedule,
                $"the seal is of epoch {header.Seal.Epoch}, epoch {epoch.Number} is in force");
        }

        next = new QuorumState
        {
            Number = parent.Number + 1,
            Id = id,
            TimeSec = coin.TimeSec,
            Epoch = epoch,
            MandateCoins = mandate,
            BurnedHours = parent.BurnedHours + coin.Fee,
        };
        return Verdict.Ok;
    }

    /// <summary>One signature of every member [D: "unanimously"].</summary>
    public Verdict CheckCertificate(SealedHeader header, in Hash256 id, Epoch epoch)
    {
        int count = epoch.Members.Count;
        if (header.Seal.SignatureCount != count)
        {
            return Verdict.Reject(
                RejectReason.BadBlockSignature,
                $"the certificate has {header.Seal.SignatureCount} signatures; all {count} members must sign");
        }

        Hash256 digest = MemberSignatures.BlockDigest(epoch.Number, header.Coin.Seq, id);
        byte[] digests = new byte[count * Hash256.Size];
        var keys = new MemberKey[count];
        for (int i = 0; i < count; i++)
        {
            digest.CopyTo(digests.AsSpan(i * Hash256.Size));
            keys[i] = epoch.Members[i];
        }

        int bad = MemberSignatures.FirstBad(_kernels, digests, header.Seal.Signatures, keys);
        return bad < 0
            ? Verdict.Ok
            : Verdict.Reject(
                RejectReason.BadBlockSignature, $"signature {bad} of the certificate is not by {keys[bad]}", bad);
    }

    /// <summary>Members propose in turn [N: the document names no proposer].</summary>
    public ulong ProducerAt(object state, long slot)
    {
        Epoch epoch = ((QuorumState)state).Epoch;
        return epoch.Members[(int)(slot % epoch.Members.Count)].Id;
    }

    /// <summary>The parent: a certified block is decided, but where a whole quorum certifies two blocks for the last
    /// number both are dropped [N: tail rule], so the engine must be able to take the last one back.</summary>
    public uint FinalizedNumber(object state)
    {
        uint number = ((QuorumState)state).Number;
        return number == 0 ? 0 : number - 1;
    }

    /// <summary>Later epoch, then the opening that more coins voted for, then the longer chain, then the higher burn of
    /// coin hours [D: fork score, as a tie-break only].</summary>
    public int Prefer(object x, object y)
    {
        var a = (QuorumState)x;
        var b = (QuorumState)y;
        int c = a.Epoch.Number.CompareTo(b.Epoch.Number);
        c = c != 0 ? c : a.MandateCoins.CompareTo(b.MandateCoins);
        c = c != 0 ? c : a.Number.CompareTo(b.Number);
        return c != 0 ? c : a.BurnedHours.CompareTo(b.BurnedHours);
    }

    /// <summary>Larger hash first, as Obelisk breaks ties [C].</summary>
    public int BreakTie(in Hash256 x, in Hash256 y) => x.CompareTo(y);

    public void Save(object state, ByteWriter writer) => ((QuorumState)state).Write(writer);

    public object Load(ref ByteReader reader) => QuorumState.Read(ref reader);
}
