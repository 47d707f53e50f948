using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper;
using Tactus.Engine.Protocols.Gasper.Blocks;
using Tactus.Engine.Protocols.Gasper.ForkChoice;
using Tactus.Engine.Storage;

namespace Tactus.Host.Devnet;

/// <summary>Whether the chain that a folder holds goes through a trusted checkpoint. What lies above the chain's root
/// was checked when its blocks were taken up; the checkpoint may lie below it, in the log.</summary>
internal static class LoggedCheckpoint
{
    public static Verdict Check(Chain chain, in Checkpoint trusted)
    {
        var head = (GasperState)chain.Head.State.ConsensusState;
        if (head.Epoch < trusted.Epoch)
        {
            return Verdict.Ok;
        }

        Hash256? found = NewestUpTo(chain, head.Preset.StartSlot(trusted.Epoch));
        if (found != trusted.Root)
        {
            return Verdict.Reject(
                RejectReason.BadLink,
                $"the chain has block {found} as checkpoint of epoch {trusted.Epoch}, not the trusted {trusted.Root}: "
                + "it is another "
                + "chain, or the checkpoint is wrong");
        }

        // The checkpoint's state is gone; the head's validators give the period as they are now.
        return WeakSubjectivity.CheckAge(head.Copy(), trusted, head.Epoch);
    }

    /// <summary>Id of the newest logged block at or before a slot: slots grow with heights, so halving finds
    /// it.</summary>
    private static Hash256? NewestUpTo(Chain chain, ulong slot)
    {
        BlockLog log = chain.Store!.Log;
        var work = new BlockWork();
        var decoder = new GasperBlockDecoder(((GasperState)chain.Head.State.ConsensusState).Copy().Context);
        byte[] buffer = [];
        Hash256? found = chain.Protocol.Genesis.Id;
        for ((ulong low, ulong high) = (1, chain.Head.Number); low <= high;)
        {
            ulong middle = (low + high) / 2;
            if (!log.TryRead(middle, ref buffer, out int length, out _))
            {
                return null;
            }

            work.Load(buffer.AsSpan(0, length));
            Verdict verdict = decoder.Decode(work);
            if (!verdict.Accepted)
            {
                return null;
            }

            if ((ulong)work.Slot <= slot)
            {
                found = work.Id;
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return found;
    }
}
