using System.Security.Cryptography;
using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Kernels;
using Tactus.Kernels.Merkle;
using Tactus.Kernels.Secp256k1;
using Tactus.Kernels.Sha256;

namespace Tactus.Engine.Protocols.VmDposw.Wire;

/// <summary>The Decode stage: one pass over a block's bytes (<see cref="VmBlockHeader"/>) into lanes; ids and leaves in
/// one batch. Allocates nothing per transaction. Not for concurrent use.</summary>
/// <param name="kernels">SHA-256.</param>
/// <param name="chainId">Part of every signing digest.</param>
public sealed class VmBlockDecoder(KernelSet kernels, in Hash256 chainId) : IBlockDecoder
{
    /// <summary>The tree over the leaves: an odd last node is carried up unchanged; zeros without leaves.</summary>
    public const MerkleShape Shape = MerkleShape.AntelopeSavanna;

    private readonly Hash256 _chainId = chainId;
    private readonly ByteWriter _signed = new(64 * 1024);
    private MessageRange[] _ids = new MessageRange[256];
    private MessageRange[] _leaves = new MessageRange[256];

    public Verdict Decode(BlockWork block)
    {
        var reader = new ByteReader(block.Bytes);
        VmBlockHeader header = VmBlockHeader.Read(ref reader);
        int headerBytes = reader.Position;
        byte recoveryId = reader.ReadByte();
        int signatureAt = reader.Position;
        reader.Skip(64);
        int count = reader.ReadCount(
            PipelineLimits.TransactionsMax, 1 + VmTransaction.BodyBytesMin + VmTransaction.SignatureBytes, "transactions");
        if (reader.Failed)
        {
            return Verdict.Malformed(in reader);
        }

        Grow(count);
        _signed.Clear();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadTransaction(block, i, ref reader);
        }

        if (reader.Failed)
        {
            return Verdict.Malformed(in reader);
        }

        if (reader.Padded)
        {
            return Verdict.Reject(RejectReason.Malformed, "a count or length is not in its shortest form");
        }

        if (reader.Remaining > 0)
        {
            return Verdict.Reject(
                RejectReason.TrailingBytes, $"{reader.Remaining} bytes follow the last transaction", reader.Position);
        }

        Span<byte> id = stackalloc byte[Hash256.Size];
        SHA256.HashData(block.Bytes[..headerBytes], id);
        block.Id = new Hash256(id);
        block.Number = header.Number;
        block.PreviousId = header.Previous;
        block.Slot = header.Slot;
        block.Producer = header.Machine;
        block.Header = new SignedVmHeader(header, recoveryId, block.Memory.Slice(signatureAt, 64));
        Hash(block, count);
        return Verdict.Ok;
    }

    public Verdict CheckRoot(BlockWork block)
    {
        VmBlockHeader header = ((SignedVmHeader)block.Header!).Header;
        Span<byte> bytes = stackalloc byte[Hash256.Size];
        MerkleTree.RootInPlace(kernels.Sha256, Shape, block.Leaves, bytes);
        var root = new Hash256(bytes);
        return root == header.TransactionRoot
            ? Verdict.Ok
            : Verdict.Reject(
                RejectReason.WrongRoot,
                $"the {block.LeafCount} transactions give the root {root}, the header says {header.TransactionRoot}");
    }

    /// <summary>What an account signs; also the transaction's id.</summary>
    public static Hash256 IdOf(in Hash256 chainId, ReadOnlySpan<byte> body)
    {
        Span<byte> message = stackalloc byte[Hash256.Size + VmTransaction.BodyBytesMax];
        chainId.CopyTo(message);
        body.CopyTo(message[Hash256.Size..]);
        Span<byte> id = stackalloc byte[Hash256.Size];
        SHA256.HashData(message[..(Hash256.Size + body.Length)], id);
        return new Hash256(id);
    }

    private void ReadTransaction(BlockWork block, int index, ref ByteReader reader)
    {
        int length = reader.ReadCount(VmTransaction.BodyBytesMax + VmTransaction.SignatureBytes, 1, "transaction");
        int start = reader.Position;
        VmTransaction.Read(ref reader);
        int bodyBytes = reader.Position - start;
        if (!reader.Failed && bodyBytes + VmTransaction.SignatureBytes != length)
        {
            reader.Fail("the transaction's length is not that of its kind", start);
        }

        byte recoveryId = reader.ReadByte();
        ReadOnlySpan<byte> signature = reader.ReadSpan(64);
        if (reader.Failed)
        {
            return;
        }

        ref TransactionLane transaction = ref block.Transactions.Add();
        transaction.BodyOffset = start;
        transaction.BodyLength = bodyBytes;
        transaction.PackedBytes = length;
        transaction.FirstSignature = block.Signatures.Add(index, 0, signature, recoveryId);
        transaction.SignatureCount = 1;
        if (!CanonicalForm.IsLowS(signature))
        {
            block.Signatures.Verdicts[transaction.FirstSignature] = SignatureVerdict.OutOfRange;
        }

        _ids[index] = new MessageRange(_signed.Length, Hash256.Size + bodyBytes);
        _signed.WriteHash256(_chainId);
        _signed.WriteSpan(reader.Buffer.Slice(start, bodyBytes));
        _leaves[index] = new MessageRange(start, length);
    }

    private void Hash(BlockWork block, int count)
    {
        Span<byte> leaves = block.ReserveLeaves(count);
        if (count == 0)
        {
            return;
        }

        ISha256Kernel sha256 = kernels.Sha256.For(count);
        sha256.HashMixed(block.Bytes, _leaves.AsSpan(0, count), leaves);

        // One signature per transaction, so the digests of the lanes are the ids.
        sha256.HashMixed(_signed.Written, _ids.AsSpan(0, count), block.Signatures.Digests.AsSpan(0, count * Hash256.Size));
        for (int i = 0; i < count; i++)
        {
            block.Transactions[i].Id = new Hash256(block.Signatures.DigestOf(i));
        }
    }

    private void Grow(int count)
    {
        if (_ids.Length < count)
        {
            Array.Resize(ref _ids, count);
            Array.Resize(ref _leaves, count);
        }
    }
}
