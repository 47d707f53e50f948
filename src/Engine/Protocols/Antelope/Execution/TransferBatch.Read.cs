using System.Runtime.CompilerServices;
using Tactus.Engine.Pipeline;
using Tactus.Engine.Protocols.Antelope.Actions;
using Tactus.Engine.Protocols.Antelope.Authority;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Engine.State;

namespace Tactus.Engine.Protocols.Antelope.Execution;

internal sealed partial class TransferBatch
{
    // Half of a transfer: its number in the part, and which half.
    private const int ReceiverBit = 1;

    private readonly ulong[] _senderHashes = new ulong[TransfersMax];
    private readonly ulong[] _receiverHashes = new ulong[TransfersMax];

    // Halves of transfers by part and group, in order.
    private readonly ushort[] _halves = new ushort[PartsMax * GroupCount * PartTransfers * 2];
    private readonly int[] _halfCounts = new int[PartsMax * GroupCount];

    private ReadOnlySpan<ushort> HalvesOf(int part, int group)
    {
        int list = (part * GroupCount) + group;
        return _halves.AsSpan(list * PartTransfers * 2, _halfCounts[list]);
    }

    /// <summary>Reads the transfers and checks all that does not need the state.</summary>
    private sealed class ReadJob(TransferBatch batch) : ParallelJob
    {
        private readonly ulong[] _cpuUs = new ulong[PartsMax];
        private readonly ulong[] _netBytes = new ulong[PartsMax];
        private ulong _symbol;

        /// <summary>False where the first transfer already is of another form, or of another token than the core
        /// one.</summary>
        public bool TryBegin(BlockView view)
        {
            ref TransactionLane lane = ref batch._block.Transactions[batch._first];
            if (lane.IdOnly || !PlainTransfer.TryRead(batch._block.BodyOf(in lane), out PlainTransfer transfer))
            {
                return false;
            }

            _symbol = transfer.Symbol;
            return TokenStat.TryGet(view, _symbol >> 8, out TokenStat stat)
                && stat.IsCore
                && stat.Symbol == _symbol
                && AccountCells.Exists(view, WellKnown.Token.Value);
        }

        /// <summary>What the batch uses.</summary>
        public (ulong CpuUs, ulong NetBytes) Sums()
        {
            (ulong cpuUs, ulong netBytes) = (0, 0);
            for (int part = 0; part < batch.PartCount; part++)
            {
                cpuUs += _cpuUs[part];
                netBytes += _netBytes[part];
            }

            return (cpuUs, netBytes);
        }

        protected override void RunPart(int part)
        {
            Array.Clear(batch._halfCounts, part * GroupCount, GroupCount);
            (ulong cpuUs, ulong netBytes) = (0, 0);
            (int first, int end) = batch.RangeOf(part);
            for (int i = first; i < end; i++)
            {
                if (batch._failed)
                {
                    return;
                }

                if (!TryRead(i, ref cpuUs, ref netBytes))
                {
                    batch.Stop(i);
                    return;
                }

                ref readonly PlainTransfer transfer = ref batch._transfers[i];
                Note(part, batch._senderHashes[i] = AccountCells.KeyOf(transfer.From).Hash64, (i - first) << 1);
                Note(
                    part,
                    batch._receiverHashes[i] = AccountCells.KeyOf(transfer.To).Hash64,
                    ((i - first) << 1) | ReceiverBit);
            }

            _cpuUs[part] = cpuUs;
            _netBytes[part] = netBytes;
        }

        private bool TryRead(int index, ref ulong cpuUs, ref ulong netBytes)
        {
            BlockWork block = batch._block;
            ref TransactionLane lane = ref block.Transactions[batch._first + index];
            ref PlainTransfer transfer = ref batch._transfers[index];
            ReadOnlySpan<byte> bytes = block.BodyOf(in lane);
            if (lane.IdOnly
                || lane.BodyInflated
                || !PlainTransfer.TryRead(bytes, out transfer)
                || transfer.Symbol != _symbol
                || transfer.Amount is <= 0 or > Asset.AmountMax
                || (lane.SignatureCount != 1 && batch._executor.Scope.Block.ChecksTransactions))
            {
                return false;
            }

            var input = new TransactionInput(bytes, lane.Id, default, lane.PackedBytes, lane.PrunableBytes);
            var expected = new TransactionResult((TransactionStatus)lane.Status, lane.CpuUsageUs, lane.NetUsageWords);
            var body = new TransactionBody(bytes);
            if (!batch._executor.CheckHeader(
                in input, in body, expected, checkRecent: false, out ulong netWords).Accepted
                || !batch._executor.IsCpuInRange(in body, lane.CpuUsageUs, out _))
            {
                return false;
            }

            cpuUs += lane.CpuUsageUs;
            netBytes += netWords * NetBilling.WordBytes;
            return true;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Note(int part, ulong hash, int half)
        {
            int list = (part * GroupCount) + (int)(hash >> (64 - GroupBits));
            batch._halves[(list * PartTransfers * 2) + batch._halfCounts[list]++] = (ushort)half;
        }
    }
}
