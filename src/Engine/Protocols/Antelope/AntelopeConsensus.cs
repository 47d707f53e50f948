using System.Collections.Concurrent;
using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Consensus;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Engine.Protocols.Antelope.Wire;
using Tactus.Kernels;

namespace Tactus.Engine.Protocols.Antelope;

/// <summary>Antelope's consensus behind the engine's contract: states are <see cref="HeaderState"/>, slots are half
/// seconds since 2000.</summary>
public sealed class AntelopeConsensus : IConsensus
{
    private readonly KernelSet _kernels;
    private readonly SlowKeyRecovery? _slow;
    private readonly ConcurrentBag<BlockSignatureBatch> _batches = [];

    public AntelopeConsensus(KernelSet kernels, SlowKeyRecovery? slow = null)
    {
        _kernels = kernels;
        _slow = slow;
    }

    public long SlotUs => SlotTime.IntervalMs * 1000L;

    public long SlotAt(long unixUs) => SlotTime.FromUnixMs(unixUs / 1000);

    public long SlotStartUs(long slot) => SlotTime.ToUnixMs((uint)slot) * 1000;

    public Verdict CheckHeader(BlockWork block, object parentState, bool trustSignature)
    {
        var parent = (HeaderState)parentState;
        var signed = (SignedHeader)block.Header!;
        Verdict verdict = parent.Next(
            signed.Header, signed.Digest, signed.Signature, signed.Additional, out HeaderState? next);
        if (verdict.Accepted && !trustSignature)
        {
            // One block at a time here; replay of headers alone gathers states and checks them in one batch.
            BlockSignatureBatch batch = _batches.TryTake(out BlockSignatureBatch? free)
                ? free
                : new BlockSignatureBatch(_kernels, _slow);
            batch.Add(next!);
            verdict = batch.Check(out _);
            _batches.Add(batch);
        }

        block.ConsensusState = verdict.Accepted ? next : null;
        return verdict;
    }

    public ulong ProducerAt(object state, long slot) => ((HeaderState)state).Scheduled((uint)slot).Producer.Value;

    public uint FinalizedNumber(object state) => ((HeaderState)state).Irreversible;

    public int Prefer(object x, object y) => HeaderPreference.Instance.Compare((HeaderState)x, (HeaderState)y);

    public int BreakTie(in Hash256 x, in Hash256 y) => HeaderPreference.Instance.BreakTie(x, y);

    public void Save(object state, ByteWriter writer) =>
        HeaderStateForkCodec.Instance.Write(writer, (HeaderState)state);

    public object Load(ref ByteReader reader) => HeaderStateForkCodec.Instance.Read(ref reader);
}
