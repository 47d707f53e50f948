using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Production;
using Tactus.Engine.Protocols.Quorum.Ballots;
using Tactus.Engine.Protocols.Quorum.Blocks;
using Tactus.Engine.Protocols.Quorum.Coins;
using Tactus.Engine.Protocols.Quorum.Rounds;
using Tactus.Engine.State;
using Tactus.Kernels;

namespace Tactus.Engine.Protocols.Quorum;

/// <summary>Builds a block and certifies it with the keys of all members, which a local chain has in one place. Members
/// that are apart agree over the broadcast set instead and use <see cref="SealProposal"/>.</summary>
public sealed class QuorumBlockBuilder : IBlockBuilder
{
    /// <summary>Room for header, count and certificate beside the transactions.</summary>
    private const int SealBytesMax = 16 * 1024;

    private readonly KernelSet _kernels;
    private readonly QuorumParameters _parameters;
    private readonly IProducerKeys? _keys;
    private readonly SignedNumbers _signed;
    private readonly StoredUnspentOutputs _unspent = new();
    private readonly ByteWriter _transactions = new(64 * 1024);
    private readonly ByteWriter _leaves = new(32 * 1024);
    private readonly ByteWriter _block = new(64 * 1024);
    private readonly ByteWriter _outputs = new();
    private byte[] _scratch = [];
    private byte[] _hashes = [];
    private CoinAddress[] _signers = new CoinAddress[16];
    private IStateView? _view;
    private QuorumState? _parent;
    private Hash256 _unspentBefore;
    private ulong _timeSec;
    private UInt128 _fees;

    /// <param name="kernels">Kernels.</param>
    /// <param name="parameters">Parameters.</param>
    /// <param name="keys">Keys of the members, or null where blocks are only proposed.</param>
    /// <param name="signed">What the members signed before.</param>
    public QuorumBlockBuilder(KernelSet kernels, QuorumParameters parameters, IProducerKeys? keys, SignedNumbers signed)
    {
        _kernels = kernels;
        _parameters = parameters;
        _keys = keys;
        _signed = signed;
    }

    public int Bytes => _transactions.Length;

    public int TransactionCount { get; private set; }

    public Verdict Begin(object parentState, long slot, IStateView view)
    {
        var parent = (QuorumState)parentState;
        ulong timeSec = (ulong)(slot * _parameters.SlotSec);
        if (timeSec <= parent.TimeSec)
        {
            return Verdict.Reject(RejectReason.BadSlot, $"slot {slot} is not after block {parent.Number}");
        }

        _parent = parent;
        _view = view;
        _timeSec = timeSec;
        _fees = 0;
        TransactionCount = 0;
        _transactions.Clear();
        _leaves.Clear();
        _unspent.Begin(view);
        _unspentBefore = _unspent.UnspentHash;
        return Verdict.Ok;
    }

    public Verdict Add(PendingTransaction transaction)
    {
        QuorumState parent = _parent ?? throw new InvalidOperationException("no block was begun");
        ReadOnlySpan<byte> packed = transaction.Packed.Span;
        if (_transactions.Length + packed.Length + SealBytesMax > PipelineLimits.BlockBytesMax)
        {
            return Verdict.Reject(
                RejectReason.LimitExceeded, $"the block holds its {PipelineLimits.BlockBytesMax} bytes");
        }

        var reader = new ByteReader(packed);
        CoinTransaction view = CoinTransaction.Read(ref reader);
        if (reader.Failed)
        {
            return Verdict.Malformed(in reader);
        }

        Verdict verdict = reader.Remaining > 0
            ? Verdict.Reject(
                RejectReason.TrailingBytes, $"{reader.Remaining} bytes follow the transaction", reader.Position)
            : view.CheckForm();
        if (!verdict.Accepted)
        {
            return verdict;
        }

        var place = new BlockPlace(parent.Number + 1UL, _timeSec, parent.TimeSec);
        int mark = _view!.Mark();
        Hash256 before = _unspent.UnspentHash;
        verdict = TransactionRules.Apply(
            view,
            place,
            HashesOf(view, transaction.Id, place),
            SignersOf(view, transaction.KeyTags.Span),
            _unspent,
            out ulong fee);
        verdict = verdict.Accepted ? CheckFee(view, fee) : verdict;
        if (verdict.Accepted && _fees + fee > ulong.MaxValue)
        {
            verdict = Verdict.Reject(RejectReason.LimitExceeded, "the block's coin hours exceed 64 bits");
        }

        if (!verdict.Accepted)
        {
            _unspent.RollbackTo(mark, before);
            return verdict;
        }

        _fees += fee;
        _transactions.WriteSpan(packed);
        _leaves.WriteHash256(transaction.Id);
        TransactionCount++;
        return Verdict.Ok;
    }

    public Verdict Seal(out ReadOnlyMemory<byte> block)
    {
        block = default;
        QuorumState parent = _parent ?? throw new InvalidOperationException("no block was begun");
        _parent = null;
        CoinHeader header = Header(parent, null);
        Hash256 id = header.Hash();
        Hash256 digest = MemberSignatures.BlockDigest(parent.Epoch.Number, header.Seq, id);
        byte[] certificate = new byte[parent.Epoch.Members.Count * MemberSignatures.Size];
        Span<byte> signature = stackalloc byte[MemberSignatures.Size];
        for (int i = 0; i < parent.Epoch.Members.Count; i++)
        {
            MemberKey member = parent.Epoch.Members[i];
            if (_keys is null || !_keys.CanSign(member.Id))
            {
                return Verdict.Reject(
                    RejectReason.WrongProducer,
                    $"the key of member {member} is not here; a certificate needs all {parent.Epoch.Members.Count}");
            }

            Verdict verdict = _signed.Claim(member, parent.Epoch.Number, header.Seq, id);
            if (!verdict.Accepted)
            {
                return verdict;
            }

            _keys.Sign(member.Id, digest, signature);
            Span<byte> place = certificate.AsSpan(i * MemberSignatures.Size, MemberSignatures.Size);
            signature[1..].CopyTo(place);
            place[64] = signature[0];
        }

        Write(header, new BlockSeal(parent.Epoch.Number, null, certificate));
        block = _block.WrittenMemory;
        return Verdict.Ok;
    }

    /// <summary>Finishes the block without a certificate: a proposal to the other members.</summary>
    /// <param name="epoch">Epoch that the block is of.</param>
    /// <param name="opening">What opens the epoch, or null.</param>
    public byte[] SealProposal(uint epoch, Opening? opening)
    {
        QuorumState parent = _parent ?? throw new InvalidOperationException("no block was begun");
        _parent = null;
        Write(Header(parent, opening), new BlockSeal(epoch, opening, []));
        return _block.ToArray();
    }

    public void Abandon() => _parent = null;

    private CoinHeader Header(QuorumState parent, Opening? opening)
    {
        if (opening is not null)
        {
            _leaves.WriteHash256(opening.Leaf());
        }

        Hash256 root = BlockLaneDecoder.Root(_kernels, _leaves.WrittenForUpdate);
        return new CoinHeader(0, _timeSec, parent.Number + 1UL, checked((ulong)_fees), parent.Id, root, _unspentBefore);
    }

    private void Write(in CoinHeader header, BlockSeal seal)
    {
        _block.Clear();
        header.Write(_block);
        _block.WriteUInt32((uint)TransactionCount);
        _block.WriteSpan(_transactions.Written);
        seal.Write(_block);
    }

    /// <summary>The fee that nodes ask for; not a rule of validity [C].</summary>
    private Verdict CheckFee(CoinTransaction transaction, ulong fee)
    {
        ulong hoursOut = 0;
        for (int i = 0; i < transaction.OutputCount; i++)
        {
            hoursOut += CoinTransaction.HoursOf(transaction.Output(i));
        }

        ulong least = CoinHours.FeeMin(fee + hoursOut, _parameters.BurnFactor);
        return fee >= least
            ? Verdict.Ok
            : Verdict.Reject(
                RejectReason.ActionFailed, $"the transaction burns {fee} coin hours; nodes ask for {least}");
    }

    private ReadOnlySpan<byte> HashesOf(CoinTransaction transaction, in Hash256 id, in BlockPlace place)
    {
        _outputs.Clear();
        for (int i = 0; i < transaction.OutputCount; i++)
        {
            UnspentOutput.WriteSnapshot(
                id, transaction.Output(i), place.TimeSec, place.Seq, _outputs.Reserve(UnspentOutput.SnapshotSize));
        }

        int bytes = transaction.OutputCount * 64;
        _hashes = _hashes.Length < bytes ? new byte[bytes * 2] : _hashes;
        OutputHashes.Compute(_kernels, _outputs.Written, ref _scratch, _hashes);
        return _hashes.AsSpan(0, bytes);
    }

    /// <summary>The addresses of the keys that were found when the transaction entered the queue: 34-byte
    /// tags.</summary>
    private ReadOnlySpan<CoinAddress> SignersOf(CoinTransaction transaction, ReadOnlySpan<byte> tags)
    {
        int count = transaction.InputCount;
        if (tags.Length != count * SignatureLanes.KeyTagSize)
        {
            throw new ArgumentException($"{tags.Length} bytes of key tags for {count} inputs", nameof(tags));
        }

        _signers = _signers.Length < count ? new CoinAddress[count * 2] : _signers;
        for (int i = 0; i < count; i++)
        {
            _signers[i] = CoinAddress.OfKey(tags.Slice((i * SignatureLanes.KeyTagSize) + 1, CoinAddress.KeySize));
        }

        return _signers.AsSpan(0, count);
    }
}
