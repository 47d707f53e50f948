using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Keys;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Kernels;
using Tactus.Kernels.Merkle;
using Tactus.Kernels.Secp256k1;

namespace Tactus.Engine.Protocols.Antelope.Wire;

/// <summary>The Decode stage for Antelope: one pass over a block's bytes into the lanes of its <see cref="BlockWork"/>,
/// with every hash that the later stages need. Accepts exactly the blocks that <see cref="SignedBlock.TryRead"/> and
/// unpacking each transaction accept, save that it also refuses transaction extensions and a total inflated size beyond
/// <see cref="InflatedBytesMax"/>.</summary>
/// <remarks>
/// Allocates nothing per transaction: buffers are kept from block to block. The exceptions are forms that no block on a
/// chain has (integers with padding), which go through the object forms. Not safe for concurrent use: one per decoding
/// thread. R1 and WebAuthn signatures carry their type and range in the lanes and take the slow path. A K1 signature
/// whose form alone is wrong carries a verdict; the block is still decoded, since light validation does not look at
/// signatures.</remarks>
public sealed partial class BlockLaneDecoder : IBlockDecoder
{
    /// <summary>Most bytes that the compressed transactions of one block may inflate to together.</summary>
    public const int InflatedBytesMax = 256 * 1024 * 1024;

    private const int TransactionsMax = WireLimits.ElementsMax < PipelineLimits.TransactionsMax
        ? WireLimits.ElementsMax
        : PipelineLimits.TransactionsMax;

    private readonly KernelSet _kernels;
    private readonly TransactionHashing _hashing;
    private readonly ByteWriter _inflated = new();
    private readonly ByteWriter _inflatedContextFreeData = new();
    private readonly ByteWriter _shortest = new();
    private readonly ByteWriter _shortestSignatures = new();
    private readonly ByteWriter _shortestContextFreeData = new();

    /// <param name="kernels">SHA-256 for the digests.</param>
    /// <param name="chainId">Part of every signing digest.</param>
    public BlockLaneDecoder(KernelSet kernels, in Hash256 chainId)
    {
        _kernels = kernels;
        _hashing = new TransactionHashing(kernels, in chainId);
    }

    /// <summary>Compares the root over the receipts with the header's.</summary>
    public Verdict CheckRoot(BlockWork work)
    {
        BlockHeader header = ((SignedHeader)work.Header!).Header;
        Span<byte> bytes = stackalloc byte[Hash256.Size];
        MerkleTree.RootInPlace(_kernels.Sha256, TransactionRoot.ShapeOf(header), work.Leaves, bytes);
        var root = new Hash256(bytes);
        return root == header.TransactionRoot
            ? Verdict.Ok
            : Verdict.Reject(
                RejectReason.WrongRoot, $"the {work.LeafCount} receipts give the root {root}, the header says {header.TransactionRoot}");
    }

    /// <summary>Decodes the bytes that <paramref name="work"/> was loaded with. After a rejection the lanes are
    /// meaningless.</summary>
    /// <returns>Accepted, or the reason with the byte offset; for faults inside a compressed transaction, where it
    /// begins.</returns>
    public Verdict Decode(BlockWork work)
    {
        ReadOnlySpan<byte> bytes = work.Bytes;
        var reader = new ByteReader(bytes);
        var header = BlockHeader.Read(ref reader);
        int headerEnd = reader.Position;
        bool padded = reader.Padded;
        var signature = KeySignature.Read(ref reader);
        int count = reader.ReadCount(TransactionsMax, TransactionReceipt.BytesMin, "transactions");
        if (reader.Failed)
        {
            return Verdict.Malformed(in reader);
        }

        Hash256 digest = padded ? header.Digest() : new Hash256(SHA256.HashData(bytes[..headerEnd]));
        work.Number = header.Number;
        work.Id = BlockHeader.IdOf(digest, header.Number);
        work.PreviousId = header.Previous;
        work.Slot = header.Slot;
        work.Producer = header.Producer.Value;
        work.ReserveLeaves(count);
        _hashing.Start();
        for (int i = 0; i < count; i++)
        {
            Verdict verdict = Receipt(ref reader, work);
            if (!verdict.Accepted)
            {
                return verdict with { Detail = $"transaction {i}: {verdict.Detail}" };
            }
        }

        _hashing.Flush(work);
        int extensionsAt = reader.Position;
        IReadOnlyList<Extension> extensions = Extension.ReadAll(ref reader, ExtensionPlace.Block);
        if (reader.Failed)
        {
            return Verdict.Malformed(in reader);
        }

        if (reader.Remaining != 0)
        {
            return Verdict.Reject(
                RejectReason.TrailingBytes, $"{reader.Remaining} bytes follow the block", reader.Position);
        }

        if (!TryAdditionalSignatures(extensions, out IReadOnlyList<KeySignature> additional, out string? problem))
        {
            return Verdict.Reject(RejectReason.BadExtension, problem!, extensionsAt);
        }

        work.Header = new SignedHeader(header, digest, signature, additional);
        return Verdict.Ok;
    }

    private static bool TryAdditionalSignatures(
        IReadOnlyList<Extension> extensions, out IReadOnlyList<KeySignature> signatures, out string? problem)
    {
        signatures = [];
        problem = null;
        if (Extension.Find(extensions, Extension.AdditionalBlockSignatures) is not { } data)
        {
            return true;
        }

        var reader = new ByteReader(data);
        int count = reader.ReadCount(
            WireLimits.ElementsMax, 1 + KeySignature.CompactSize, "additional block signatures");
        var list = new KeySignature[count];
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            list[i] = KeySignature.Read(ref reader);
        }

        signatures = list;
        problem = reader.Failed ? $"additional block signatures, byte {reader.FailOffset}: {reader.FailReason}" : null;
        return problem is null;
    }

    private Verdict Receipt(ref ByteReader reader, BlockWork work)
    {
        int at = reader.Position;
        byte status = reader.ReadByte();
        if (status > (byte)TransactionStatus.Expired)
        {
            FailUnknown(ref reader, "transaction status", status, "(0..4)", at);
        }

        uint cpuUsageUs = reader.ReadUInt32();
        uint netUsageWords = reader.ReadVarUInt32();
        at = reader.Position;
        uint variant = reader.ReadVarUInt32();
        if (variant > 1)
        {
            FailUnknown(ref reader, "transaction variant", variant, "(0 = id, 1 = packed transaction)", at);
        }

        ref TransactionLane lane = ref work.Transactions.Add();
        lane.Status = status;
        lane.CpuUsageUs = cpuUsageUs;
        lane.NetUsageWords = netUsageWords;
        lane.FirstSignature = work.Signatures.Count;
        if (variant == 1)
        {
            return Packed(ref reader, work, ref lane, alone: false);
        }

        lane.IdOnly = true;
        lane.Id = reader.ReadHash256();
        if (reader.Failed)
        {
            return Verdict.Malformed(in reader);
        }

        _hashing.AddIdOnly(work, in lane);
        return Verdict.Ok;
    }

    /// <param name="reader">Stands at the signatures.</param>
    /// <param name="work">The block.</param>
    /// <param name="lane">The transaction's lane.</param>
    /// <param name="alone">A transaction outside a block: not compressed, and nothing follows it.</param>
    private Verdict Packed(ref ByteReader reader, BlockWork work, ref TransactionLane lane, bool alone)
    {
        int signaturesAt = reader.Position;

        // Padding that an earlier transaction had does not concern this one.
        var signatureReader = new ByteReader(reader.Buffer, signaturesAt);
        Verdict verdict = Signatures(ref signatureReader, work, ref lane);
        if (!verdict.Accepted)
        {
            return verdict;
        }

        ReadOnlySpan<byte> signatures = reader.Buffer[signaturesAt..signatureReader.Position];
        reader.Skip(signatures.Length);
        if (signatureReader.Padded)
        {
            signatures = Shortest(signatures, lane.SignatureCount);
        }

        int at = reader.Position;
        byte compression = reader.ReadByte();
        if (compression > (byte)TransactionCompression.Zlib)
        {
            FailUnknown(ref reader, "compression", compression, "(0 = none, 1 = zlib)", at);
        }

        ReadOnlySpan<byte> contextFreeData = reader.ReadBytes(WireLimits.BytesMax, "packed context-free data");
        int contextFreeDataAt = reader.Position - contextFreeData.Length;
        ReadOnlySpan<byte> trx = reader.ReadBytes(WireLimits.BytesMax, "packed transaction");
        int trxAt = reader.Position - trx.Length;
        if (reader.Failed)
        {
            return Verdict.Malformed(in reader);
        }

        if (alone && (reader.Remaining != 0 || compression != (byte)TransactionCompression.None))
        {
            return NotAlone(reader.Remaining, reader.Position, at);
        }

        lane.PackedBytes = trx.Length;
        lane.PrunableBytes = signatures.Length + contextFreeData.Length;
        bool compressed = compression == (byte)TransactionCompression.Zlib;
        verdict = Body(work, ref lane, trx, trxAt, compressed, out ReadOnlySpan<byte> body);
        if (!verdict.Accepted)
        {
            return verdict;
        }

        verdict = ContextFreeData(
            contextFreeData, contextFreeDataAt, compressed, out ReadOnlySpan<byte> plainContextFreeData);
        if (!verdict.Accepted)
        {
            return verdict;
        }

        var view = new TransactionHashing.PackedView(compression, contextFreeData, trx);
        _hashing.Add(work, in lane, body, plainContextFreeData, signatures, in view);
        return Verdict.Ok;
    }

    // Faults are put in words apart: a method that makes text pays for its frame at every call.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void FailUnknown(ref ByteReader reader, string what, uint value, string known, int at) =>
        reader.Fail($"{what} {value} is unknown {known}", at);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Verdict NotAlone(int remaining, int position, int compressionAt) => remaining != 0
        ? Verdict.Reject(RejectReason.TrailingBytes, $"{remaining} bytes follow the transaction", position)
        : Verdict.Reject(
            RejectReason.Malformed, "a compressed transaction cannot wait for a block: send it uncompressed",
            compressionAt);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Verdict TooManySignatures(int at) => Verdict.Reject(
        RejectReason.LimitExceeded, $"the block has more than {PipelineLimits.SignaturesMax} signatures", at);

    private static Verdict Signatures(ref ByteReader reader, BlockWork work, ref TransactionLane lane)
    {
        int at = reader.Position;
        int count = reader.ReadCount(WireLimits.ElementsMax, 1 + KeySignature.CompactSize, "signatures");
        if (count > PipelineLimits.SignaturesMax - work.Signatures.Count)
        {
            return TooManySignatures(at);
        }

        int transaction = work.Transactions.Count - 1;
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            at = reader.Position;
            uint type = reader.ReadVarUInt32();
            if (type > (uint)KeyType.WebAuthn)
            {
                FailUnknown(ref reader, "signature variant", type, "(0 = K1, 1 = R1, 2 = WebAuthn)", at);
            }

            int start = reader.Position;
            ReadOnlySpan<byte> compact = reader.ReadSpan(KeySignature.CompactSize);
            if (type == (uint)KeyType.WebAuthn)
            {
                reader.ReadBytes(WireLimits.BytesMax, "authenticator data");
                reader.ReadBytes(WireLimits.BytesMax, "client JSON");
            }

            if (reader.Failed)
            {
                break;
            }

            bool headerFits = CanonicalSignature.TryRecoveryId(compact[0], out byte recoveryId);
            int lanes = work.Signatures.Add(transaction, (byte)type, compact[1..], recoveryId);
            if (type != (uint)KeyType.K1)
            {
                work.Signatures.Ranges[lanes] = (start, reader.Position - start);
            }
            else if (!headerFits || !CanonicalSignature.IsCanonical(compact[1..]))
            {
                work.Signatures.Verdicts[lanes] = SignatureVerdict.OutOfRange;
            }
        }

        lane.SignatureCount = count;
        return reader.Failed ? Verdict.Malformed(in reader) : Verdict.Ok;
    }

    /// <summary>Finds the transaction in its packed bytes, inflated where needed, and gives it in shortest
    /// form.</summary>
    private Verdict Body(
        BlockWork work,
        ref TransactionLane lane,
        ReadOnlySpan<byte> trx,
        int trxAt,
        bool compressed,
        out ReadOnlySpan<byte> body)
    {
        body = trx;
        lane.BodyOffset = trxAt;
        if (compressed)
        {
            Verdict verdict = Inflate(trx, trxAt, _inflated, "packed transaction");
            if (!verdict.Accepted)
            {
                return verdict;
            }

            if (_inflated.Length > InflatedBytesMax - work.InflatedLength)
            {
                return Verdict.Reject(
                    RejectReason.LimitExceeded,
                    $"the block's compressed transactions inflate beyond the limit of {InflatedBytesMax} bytes",
                    trxAt);
            }

            body = _inflated.Written;
            lane.BodyInflated = true;
            lane.BodyOffset = work.InflatedLength;
            body.CopyTo(work.ReserveInflated(body.Length));
        }

        var reader = new ByteReader(body);
        bool extended = WireSkim.Transaction(ref reader);
        if (reader.Failed)
        {
            return Malformed(in reader, trxAt, compressed, "packed transaction");
        }

        if (extended)
        {
            // leap v5.0.3 transaction_context.cpp init_for_input_trx: no input transaction may carry any.
            return Verdict.Reject(RejectReason.BadExtension, "transaction extensions are not allowed", trxAt);
        }

        body = body[..reader.Position];
        lane.BodyLength = body.Length;
        if (reader.Padded)
        {
            _shortest.Clear();
            var again = new ByteReader(body);
            Transaction.Read(ref again).Write(_shortest);
            body = _shortest.Written;
        }

        return Verdict.Ok;
    }

    /// <summary>Unpacks context-free data to what the signing digest hashes: nothing where there is none.</summary>
    private Verdict ContextFreeData(ReadOnlySpan<byte> packed, int at, bool compressed, out ReadOnlySpan<byte> plain)
    {
        plain = packed;
        if (packed.IsEmpty)
        {
            return Verdict.Ok;
        }

        if (compressed)
        {
            Verdict verdict = Inflate(packed, at, _inflatedContextFreeData, "packed context-free data");
            if (!verdict.Accepted)
            {
                return verdict;
            }

            plain = _inflatedContextFreeData.Written;
        }

        var reader = new ByteReader(plain);
        int count = WireSkim.ContextFreeData(ref reader);
        if (reader.Failed)
        {
            return Malformed(in reader, at, compressed, "packed context-free data");
        }

        plain = count == 0 ? default : plain[..reader.Position];
        if (count > 0 && reader.Padded)
        {
            ShortestContextFreeData(plain, count);
            plain = _shortestContextFreeData.Written;
        }

        return Verdict.Ok;
    }

    private static Verdict Inflate(ReadOnlySpan<byte> packed, int at, ByteWriter output, string what)
    {
        output.Clear();
        InflateResult result = ZlibInflate.Run(packed, output, WireLimits.InflatedBytesMax);
        return result.Error is null
            ? Verdict.Ok
            : Verdict.Reject(
                result.TooLarge ? RejectReason.LimitExceeded : RejectReason.Malformed,
                $"{what}: {result.Error}",
                at + result.Consumed);
    }

    private static Verdict Malformed(in ByteReader reader, int at, bool compressed, string what) => Verdict.Reject(
        RejectReason.Malformed,
        compressed ? $"{what}, inflated byte {reader.FailOffset}: {reader.FailReason}" : $"{what}: {reader.FailReason}",
        compressed ? at : at + reader.FailOffset);

    private ReadOnlySpan<byte> Shortest(ReadOnlySpan<byte> signatures, int count)
    {
        _shortestSignatures.Clear();
        _shortestSignatures.WriteVarUInt32((uint)count);
        var reader = new ByteReader(signatures);
        reader.ReadVarUInt32();
        for (int i = 0; i < count; i++)
        {
            KeySignature.Read(ref reader).Write(_shortestSignatures);
        }

        return _shortestSignatures.Written;
    }

    private void ShortestContextFreeData(ReadOnlySpan<byte> plain, int count)
    {
        _shortestContextFreeData.Clear();
        _shortestContextFreeData.WriteVarUInt32((uint)count);
        var reader = new ByteReader(plain);
        reader.ReadVarUInt32();
        for (int i = 0; i < count; i++)
        {
            _shortestContextFreeData.WriteBytes(reader.ReadBytes(WireLimits.BytesMax, "context-free data item"));
        }
    }
}
