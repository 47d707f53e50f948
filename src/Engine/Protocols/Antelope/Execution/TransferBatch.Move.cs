using System.Collections.Concurrent;
using Tactus.Engine.Ledger;
using Tactus.Engine.Pipeline;
using Tactus.Engine.Protocols.Antelope.Authority;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Engine.State;

namespace Tactus.Engine.Protocols.Antelope.Execution;

internal sealed partial class TransferBatch
{
    /// <summary>Moves the amounts and counts sequences, partition by partition; one more part notes the ids.</summary>
    private sealed class MoveJob(TransferBatch batch) : ParallelJob
    {
        public const int Parts = 1 + GroupCount;

        /// <summary>Halves whose records are found together.</summary>
        private const int FoundTogether = 256;

        /// <summary>Ids whose places are fetched together.</summary>
        private const int IdsTogether = 64;

        private readonly ConcurrentBag<Scratch> _scratch = [];

        // Halves done of each group.
        private readonly int[] _done = new int[GroupCount];

        // Whether a transfer gave its receiver the first row of the token.
        private readonly bool[] _opened = new bool[TransfersMax];

        public void Begin() => Array.Clear(_done);

        /// <summary>Puts everything back after a part failed. The order does not matter: all steps are sums.</summary>
        public void TakeBack(BlockOverlay overlay)
        {
            for (int group = 0; group < GroupCount; group++)
            {
                int left = _done[group];
                for (int part = 0; part < batch.PartCount; part++)
                {
                    foreach (ushort half in batch.HalvesOf(part, group))
                    {
                        if (left-- <= 0)
                        {
                            break;
                        }

                        TakeBack(overlay, (part * PartTransfers) + (half >> 1), (half & ReceiverBit) != 0);
                    }
                }
            }
        }

        protected override void RunPart(int part)
        {
            if (part == 0)
            {
                NoteIds();
            }
            else
            {
                MoveGroup(part - 1);
            }
        }

        private void NoteIds()
        {
            RecentTransactions recent = batch._executor.Recent;
            for (int i = 0; i < batch._count; i++)
            {
                if (i % IdsTogether == 0)
                {
                    for (int ahead = i; ahead < Math.Min(i + IdsTogether, batch._count); ahead++)
                    {
                        ref TransactionLane later = ref batch._block.Transactions[batch._first + ahead];
                        recent.Prefetch(in later.Id, ExpirationOf(in later));
                    }
                }

                ref TransactionLane lane = ref batch._block.Transactions[batch._first + i];
                if (batch._failed)
                {
                    return;
                }

                if (!recent.TryAdd(in lane.Id, ExpirationOf(in lane)))
                {
                    batch.Stop(i);
                    return;
                }
            }
        }

        private uint ExpirationOf(in TransactionLane lane) =>
            new TransactionBody(batch._block.BodyOf(in lane)).ExpirationSec;

        private void MoveGroup(int group)
        {
            if (!batch._views.TryTake(out BlockView? view))
            {
                view = batch._viewsOf!.Share();
            }

            if (!_scratch.TryTake(out Scratch? scratch))
            {
                scratch = new Scratch();
            }

            bool succeeded = true;
            for (int part = 0; part < batch.PartCount && succeeded; part++)
            {
                ReadOnlySpan<ushort> halves = batch.HalvesOf(part, group);
                for (int at = 0; at < halves.Length && succeeded; at += FoundTogether)
                {
                    succeeded = !batch._failed
                        && Move(
                            view,
                            scratch,
                            group,
                            part * PartTransfers,
                            halves.Slice(at, Math.Min(FoundTogether, halves.Length - at)));
                }
            }

            _scratch.Add(scratch);
            batch._views.Add(view);
        }

        private bool Move(BlockView view, Scratch scratch, int group, int first, ReadOnlySpan<ushort> halves)
        {
            for (int k = 0; k < halves.Length; k++)
            {
                int i = first + (halves[k] >> 1);
                bool receiver = (halves[k] & ReceiverBit) != 0;
                ref readonly PlainTransfer transfer = ref batch._transfers[i];
                scratch.Keys[k] = AccountCells.KeyOf(receiver ? transfer.To : transfer.From);
                scratch.Hashes[k] = receiver ? batch._receiverHashes[i] : batch._senderHashes[i];
            }

            view.Locate(scratch.Keys.AsSpan(0, halves.Length), scratch.Hashes, scratch.Places);
            for (int k = 0; k < halves.Length; k++)
            {
                int i = first + (halves[k] >> 1);
                ref OverlayTable<StateCell>.Entry entry = ref view.At(scratch.Places[k]);
                bool moved = (entry.Flags & Present) != 0
                    && ((halves[k] & ReceiverBit) != 0 ? Receive(i, ref entry) : Send(i, ref entry));
                if (!moved)
                {
                    batch.Stop(i);
                    return false;
                }

                _done[group]++;
            }

            return true;
        }

        private bool Send(int i, ref OverlayTable<StateCell>.Entry entry)
        {
            ref AccountRecord sender = ref AccountRecord.Of(ref entry.Value);
            long amount = batch._transfers[i].Amount;
            if (!sender.HasCoreBalance || sender.CoreBalance < amount || !IsAuthorized(i, ref sender))
            {
                return false;
            }

            ref Sequences sequences = ref batch._sequences[i];
            sequences.Authorized = sender.AuthorizationSequence;
            sequences.SenderReceived = sender.ReceiveSequence + 1;
            sender.AuthorizationSequence = sequences.Authorized + 3;
            sender.ReceiveSequence = sequences.SenderReceived;
            sender.CoreBalance -= amount;
            entry.Flags |= Written;
            return true;
        }

        // One signature, by the single key of an active permission without links (TransactionAuthority).
        private bool IsAuthorized(int i, ref readonly AccountRecord sender)
        {
            if (!batch._executor.Scope.Block.ChecksTransactions)
            {
                return true;
            }

            int signature = batch._block.Transactions[batch._first + i].FirstSignature;
            ReadOnlySpan<KeyTag> key = KeyTag.View(batch._block.Signatures.KeyTagOf(signature));
            return !sender.HasLinks && sender.ActiveKeyEquals(in key[0]);
        }

        private bool Receive(int i, ref OverlayTable<StateCell>.Entry entry)
        {
            ref AccountRecord receiver = ref AccountRecord.Of(ref entry.Value);
            _opened[i] = !receiver.HasCoreBalance;
            receiver.HasCoreBalance = true;
            receiver.CoreBalance += batch._transfers[i].Amount;
            ulong received = receiver.ReceiveSequence + 1;
            receiver.ReceiveSequence = received;
            batch._sequences[i].ReceiverReceived = received;
            entry.Flags |= Written;
            return true;
        }

        private void TakeBack(BlockOverlay overlay, int i, bool isReceiver)
        {
            ref readonly PlainTransfer transfer = ref batch._transfers[i];
            ulong hash = isReceiver ? batch._receiverHashes[i] : batch._senderHashes[i];
            OverlayTable<StateCell> table = overlay.Cells(StatePartitions.Of(hash));
            int at = table.Find(AccountCells.KeyOf(isReceiver ? transfer.To : transfer.From), hash);
            ref AccountRecord record = ref AccountRecord.Of(ref table[at].Value);
            record.ReceiveSequence--;
            if (!isReceiver)
            {
                record.AuthorizationSequence -= 3;
                record.CoreBalance += transfer.Amount;
                return;
            }

            record.CoreBalance -= transfer.Amount;
            if (_opened[i])
            {
                record.HasCoreBalance = false;
            }
        }

        private sealed class Scratch
        {
            public StateKey[] Keys { get; } = new StateKey[FoundTogether];

            public ulong[] Hashes { get; } = new ulong[FoundTogether];

            public CellPlace[] Places { get; } = new CellPlace[FoundTogether];
        }
    }
}
