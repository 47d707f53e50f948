// A plain transfer's bytes hold what is hashed of its action side by side: head = account 8 | name 8 | count 1 | actor
// 8 | permission 8, tail = length 1 | data | length of the return value, 0, which in the transaction is the empty list
// of extensions. Both are hashed in place. A receipt: receiver 8 | act_digest 32 | global 8 | recv 8 | count 1 | actor
// 8 | sequence 8 | code | abi.
using System.Buffers.Binary;
using System.Collections.Concurrent;
using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Kernels.Sha256;

namespace Tactus.Engine.Protocols.Antelope.Execution;

internal sealed partial class TransferBatch
{
    /// <summary>Hashes the receipts: three for each transfer, to the token, the sender and the receiver.</summary>
    private sealed class HashJob(TransferBatch batch) : ParallelJob
    {
        private const int ReceiptsPerTransfer = AntelopeExecutor.ReceiptsPerTransfer;
        private const int HeadAt = 15;
        private const int HeadBytes = 33;
        private const int ReceiptBytesMax = 73 + 5 + 5;

        private readonly ConcurrentBag<Scratch> _scratch = [];
        private Memory<byte> _leaves;
        private ulong _tokenReceived;
        private ulong _global;

        /// <param name="leaves">Receives the digests.</param>
        /// <param name="tokenReceived">The token account's receive sequence before the first transfer.</param>
        /// <param name="global">The global sequence before it.</param>
        public void Begin(Memory<byte> leaves, ulong tokenReceived, ulong global)
        {
            _leaves = leaves;
            _tokenReceived = tokenReceived;
            _global = global;
        }

        protected override void RunPart(int part)
        {
            if (!_scratch.TryTake(out Scratch? scratch))
            {
                scratch = new Scratch();
            }

            (int first, int end) = batch.RangeOf(part);
            ReadOnlySpan<byte> actions = HashActions(scratch, first, end);
            int bytes = WriteReceipts(scratch.Receipts, actions, first, end, out int receiptBytes);
            int receipts = (end - first) * ReceiptsPerTransfer;
            batch._kernels.Sha256.For(receipts).HashEqual(
                scratch.Receipts.AsSpan(0, bytes),
                receiptBytes,
                _leaves.Span.Slice(first * ReceiptsPerTransfer * Hash256.Size, receipts * Hash256.Size));
            _scratch.Add(scratch);
        }

        private ReadOnlySpan<byte> HashActions(Scratch scratch, int first, int end)
        {
            BlockWork block = batch._block;
            bool inTwo = batch._executor.Receipts.HashesReturnValues;
            int ranges = 0;
            for (int i = first; i < end; i++)
            {
                ref TransactionLane lane = ref block.Transactions[batch._first + i];
                int head = lane.BodyOffset + HeadAt;
                int bodyEnd = lane.BodyOffset + lane.BodyLength;
                if (inTwo)
                {
                    scratch.Ranges[ranges++] = new MessageRange(head, HeadBytes);
                    scratch.Ranges[ranges++] = new MessageRange(head + HeadBytes, bodyEnd - head - HeadBytes);
                }
                else
                {
                    scratch.Ranges[ranges++] = new MessageRange(head, bodyEnd - 1 - head);
                }
            }

            Span<byte> digests = scratch.Digests.AsSpan(0, ranges * Hash256.Size);
            ISha256Kernel sha256 = batch._kernels.Sha256.For(ranges);
            sha256.HashMixed(block.Bytes, scratch.Ranges.AsSpan(0, ranges), digests);
            if (!inTwo)
            {
                return digests;
            }

            Span<byte> actions = digests[..(digests.Length / 2)];
            sha256.HashPairs(digests, actions);
            return actions;
        }

        private int WriteReceipts(
            Span<byte> receipts, ReadOnlySpan<byte> actions, int first, int end, out int receiptBytes)
        {
            Span<byte> code = stackalloc byte[10];
            code = code[..WriteCode(code)];
            receiptBytes = 73 + code.Length;
            int at = 0;
            for (int i = first; i < end; i++)
            {
                ref readonly PlainTransfer transfer = ref batch._transfers[i];
                ref readonly Sequences sequences = ref batch._sequences[i];
                ReadOnlySpan<byte> action = actions.Slice((i - first) * Hash256.Size, Hash256.Size);
                ulong global = _global + ((ulong)i * ReceiptsPerTransfer);
                for (uint r = 1; r <= ReceiptsPerTransfer; r++)
                {
                    Span<byte> bytes = receipts.Slice(at, receiptBytes);
                    ulong receiver = r == 1 ? WellKnown.Token.Value : r == 2 ? transfer.From : transfer.To;
                    ulong received = r == 1 ? _tokenReceived + (ulong)i + 1 : r == 2 ? sequences.SenderReceived : sequences.ReceiverReceived;
                    BinaryPrimitives.WriteUInt64LittleEndian(bytes, receiver);
                    action.CopyTo(bytes[8..]);
                    BinaryPrimitives.WriteUInt64LittleEndian(bytes[40..], global + r);
                    BinaryPrimitives.WriteUInt64LittleEndian(bytes[48..], received);
                    bytes[56] = 1;
                    BinaryPrimitives.WriteUInt64LittleEndian(bytes[57..], transfer.From);
                    BinaryPrimitives.WriteUInt64LittleEndian(bytes[65..], sequences.Authorized + r);
                    code.CopyTo(bytes[73..]);
                    at += receiptBytes;
                }
            }

            return at;
        }

        // Two variable-length integers.
        private int WriteCode(Span<byte> bytes)
        {
            (uint code, uint abi) = batch._executor.TokenCode;
            int at = 0;
            foreach (uint number in stackalloc uint[] { code, abi })
            {
                uint rest = number;
                for (; rest >= 0x80; rest >>= 7)
                {
                    bytes[at++] = (byte)(rest | 0x80);
                }

                bytes[at++] = (byte)rest;
            }

            return at;
        }

        private sealed class Scratch
        {
            public MessageRange[] Ranges { get; } = new MessageRange[PartTransfers * 2];

            public byte[] Digests { get; } = new byte[PartTransfers * 2 * Hash256.Size];

            public byte[] Receipts { get; } = new byte[PartTransfers * ReceiptsPerTransfer * ReceiptBytesMax];
        }
    }
}
