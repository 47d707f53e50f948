using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Graphene.Types;
using Tactus.Kernels;
using Tactus.Kernels.Merkle;
using Tactus.Kernels.Secp256k1;
using Tactus.Kernels.Sha256;

namespace Tactus.Engine.Protocols.Graphene.Wire;

/// <summary>Decodes Graphene blocks into lanes: block = signed header, then processed transactions; a processed
/// transaction is its body, its signatures and its operation results [C]. Hashes go through the batch
/// kernels.</summary>
public sealed class BlockLaneDecoder : IBlockDecoder
{
    /// <summary>Smallest processed transaction: a body with one operation, no signature, one void result.</summary>
    private const int TransactionBytesMin = 24;

    private readonly KernelSet _kernels;
    private readonly Hash256 _chainId;
    private byte[] _signed = [];
    private byte[] _bodyHashes = [];
    private MessageRange[] _ranges = [];
    private MessageRange[] _signedRanges = [];

    public BlockLaneDecoder(KernelSet kernels, in Hash256 chainId)
    {
        _kernels = kernels;
        _chainId = chainId;
    }

    public Verdict Decode(BlockWork block)
    {
        var reader = new ByteReader(block.Bytes);
        BlockHeader header = BlockHeader.Read(ref reader);
        int headerBytes = reader.Position;
        ReadOnlySpan<byte> signature = reader.ReadSpan(BlockHeader.SignatureSize);
        int signedBytes = reader.Position;
        int count = reader.ReadCount(WireLimits.TransactionsMax, TransactionBytesMin, "transactions");
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadTransaction(block, ref reader, i);
        }

        if (!reader.Failed && reader.Remaining > 0)
        {
            return Verdict.Reject(
                RejectReason.TrailingBytes, $"{reader.Remaining} bytes follow the block", reader.Position);
        }

        if (reader.Padded)
        {
            // [C] ids are hashes of the serialized form, which has one spelling of every number.
            reader.Fail("a variable-length integer is not in its shortest form", 0);
        }

        if (reader.Failed)
        {
            return Verdict.Malformed(in reader);
        }

        block.Number = header.Number;
        block.Id = BlockHeader.IdOf(block.Bytes[..signedBytes], header.Number);
        block.PreviousId = header.Previous;
        block.Slot = header.TimeSec;
        block.Producer = header.Witness;
        block.Header = new SignedHeader
        {
            Header = header,
            Digest = BlockHeader.DigestOf(block.Bytes[..headerBytes]),
            Signature = signature.ToArray(),
        };
        Hash(block);
        return Verdict.Ok;
    }

    public Verdict CheckRoot(BlockWork block)
    {
        // [C] no transactions: 20 zero bytes.
        Hash256 root = default;
        if (block.LeafCount > 0)
        {
            Span<byte> bytes = stackalloc byte[BlockHeader.IdSize];
            MerkleTree.RootInPlace(_kernels.Sha256, MerkleShape.Graphene, block.Leaves, bytes);
            root = new Hash256(bytes);
        }

        Hash256 expected = ((SignedHeader)block.Header!).Header.MerkleRoot;
        return root == expected
            ? Verdict.Ok
            : Verdict.Reject(
                RejectReason.WrongRoot,
                $"the transactions give the root {root.ToShortString(BlockHeader.IdSize)}, "
                + $"the header says {expected.ToShortString(BlockHeader.IdSize)}");
    }

    /// <summary>Where the operation results of a decoded transaction begin, in the block's bytes.</summary>
    public static ReadOnlySpan<byte> ResultsOf(BlockWork block, in TransactionLane lane) =>
        block.Bytes.Slice(lane.BodyOffset + lane.PackedBytes - lane.PrunableBytes, lane.PrunableBytes);

    private static void ReadTransaction(BlockWork block, ref ByteReader reader, int index)
    {
        int start = reader.Position;
        int operations = SkipBody(ref reader);
        ref TransactionLane lane = ref block.Transactions.Add();
        lane.BodyOffset = start;
        lane.BodyLength = reader.Position - start;
        lane.FirstSignature = block.Signatures.Count;
        lane.SignatureCount = reader.ReadCount(WireLimits.SignaturesMax, BlockHeader.SignatureSize, "signatures");
        for (int i = 0; i < lane.SignatureCount; i++)
        {
            AddSignature(block.Signatures, reader.ReadSpan(BlockHeader.SignatureSize), index);
        }

        int resultsAt = reader.Position;
        int results = reader.ReadCount(WireLimits.OperationsMax, 1, "operation results");
        if (results != operations && !reader.Failed)
        {
            reader.Fail($"{operations} operations have {results} results", resultsAt);
        }

        for (int i = 0; i < results && !reader.Failed; i++)
        {
            OperationResult.Skip(ref reader);
        }

        lane.PackedBytes = reader.Position - start;
        lane.PrunableBytes = reader.Position - resultsAt;
    }

    /// <summary>Passes over a transaction body; returns the number of its operations.</summary>
    internal static int SkipBody(ref ByteReader reader)
    {
        reader.Skip(2 + 4 + 4);
        int at = reader.Position;
        int operations = reader.ReadCount(WireLimits.OperationsMax, 10, "operations");
        if (operations == 0 && !reader.Failed)
        {
            reader.Fail("a transaction without operations", at);
        }

        for (int i = 0; i < operations && !reader.Failed; i++)
        {
            Operation.Skip(ref reader);
        }

        WireForm.ReadNoExtensions(ref reader);
        return operations;
    }

    private static void AddSignature(SignatureLanes lanes, ReadOnlySpan<byte> signature, int transaction)
    {
        if (signature.Length != BlockHeader.SignatureSize)
        {
            return;
        }

        byte header = signature[0];
        int i = lanes.Add(transaction, type: 0, signature[1..], (byte)((header - 27) & 3));

        // [C] fc recovers from header bytes 27..34 and accepts only canonical signatures.
        if (header is < 27 or > 34 || !CanonicalForm.IsCanonical(signature[1..]))
        {
            lanes.Verdicts[i] = SignatureVerdict.OutOfRange;
        }
    }

    /// <summary>Fills ids, signature digests and Merkle leaves, each with one batch.</summary>
    private void Hash(BlockWork block)
    {
        int count = block.Transactions.Count;
        Span<byte> leaves = block.ReserveLeaves(count);
        if (count == 0)
        {
            return;
        }

        int signedBytes = 0;
        for (int i = 0; i < count; i++)
        {
            signedBytes += Hash256.Size + block.Transactions[i].BodyLength;
        }

        Grow(count, signedBytes);
        int at = 0;
        for (int i = 0; i < count; i++)
        {
            ref TransactionLane lane = ref block.Transactions[i];
            int length = Hash256.Size + lane.BodyLength;
            _chainId.CopyTo(_signed.AsSpan(at));
            block.BodyOf(in lane).CopyTo(_signed.AsSpan(at + Hash256.Size));
            _signedRanges[i] = new MessageRange(at, length);
            _ranges[i] = new MessageRange(at + Hash256.Size, lane.BodyLength);
            at += length;
        }

        ISha256Kernel kernel = _kernels.Sha256.For(count);
        Span<byte> hashes = _bodyHashes.AsSpan(0, count * Hash256.Size);
        kernel.HashMixed(_signed, _ranges.AsSpan(0, count), hashes);
        for (int i = 0; i < count; i++)
        {
            block.Transactions[i].Id = new Hash256(hashes.Slice(i * Hash256.Size, BlockHeader.IdSize));
        }

        kernel.HashMixed(_signed, _signedRanges.AsSpan(0, count), hashes);
        for (int i = 0; i < count; i++)
        {
            ref TransactionLane lane = ref block.Transactions[i];
            for (int s = 0; s < lane.SignatureCount; s++)
            {
                hashes.Slice(i * Hash256.Size, Hash256.Size).CopyTo(block.Signatures.DigestOf(lane.FirstSignature + s));
            }

            _ranges[i] = new MessageRange(lane.BodyOffset, lane.PackedBytes);
        }

        // [C] leaf = sha256(processed transaction): the results are in it.
        kernel.HashMixed(block.Bytes, _ranges.AsSpan(0, count), leaves);
    }

    private void Grow(int count, int signedBytes)
    {
        if (_ranges.Length < count)
        {
            int size = Math.Max(count, 2 * _ranges.Length);
            _ranges = new MessageRange[size];
            _signedRanges = new MessageRange[size];
            _bodyHashes = new byte[size * Hash256.Size];
        }

        if (_signed.Length < signedBytes)
        {
            _signed = new byte[Math.Max(signedBytes, 2 * _signed.Length)];
        }
    }
}
