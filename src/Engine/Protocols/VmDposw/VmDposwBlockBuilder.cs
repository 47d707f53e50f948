using System.Security.Cryptography;
using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Production;
using Tactus.Engine.Protocols.VmDposw.Consensus;
using Tactus.Engine.Protocols.VmDposw.Ledger;
using Tactus.Engine.Protocols.VmDposw.Machines;
using Tactus.Engine.Protocols.VmDposw.Rounds;
using Tactus.Engine.Protocols.VmDposw.Wire;
using Tactus.Engine.Protocols.VmDposw.Work;
using Tactus.Engine.State;
using Tactus.Kernels;
using Tactus.Kernels.Merkle;

namespace Tactus.Engine.Protocols.VmDposw;

/// <summary>Builds the block of a slot: executes, mines with the hashes that the VM's power allows in a slot, signs. A
/// slot whose work is not found within them has no block; the search is without memory, so the next slot starts afresh
/// at no loss.</summary>
public sealed class VmDposwBlockBuilder : IBlockBuilder
{
    /// <summary>Room for header and signature beside the transactions.</summary>
    private const int HeaderBytesMax = 8 * 1024;

    private readonly KernelSet _kernels;
    private readonly VmDposwParameters _parameters;
    private readonly RoundClock _clock;
    private readonly VmLedger _ledger;
    private readonly IMachineKeys _keys;
    private readonly Dictionary<uint, SignedBlock> _signed = [];
    private readonly ByteWriter _transactions = new(64 * 1024);
    private readonly ByteWriter _leaves = new(64 * 1024);
    private readonly ByteWriter _block = new(64 * 1024);
    private ClusterState? _parent;
    private VmBlockHeader _header = new();
    private VmCategory _category;

    public VmDposwBlockBuilder(KernelSet kernels, VmDposwParameters parameters, IMachineKeys keys)
    {
        _kernels = kernels;
        _parameters = parameters;
        _clock = parameters.CreateClock();
        _ledger = new VmLedger(parameters);
        _keys = keys;
    }

    public int Bytes => _transactions.Length;

    public int TransactionCount => _ledger.Requests;

    public Verdict Begin(object parentState, long slot, IStateView view)
    {
        var parent = (ClusterState)parentState;
        if (slot <= parent.Slot || !parent.TryMachineAt(slot, _clock, _parameters, out uint round, out _, out uint machine))
        {
            return Verdict.Reject(RejectReason.NotDue, $"slot {slot} lies in no window after slot {parent.Slot}");
        }

        if (!_keys.CanSign(machine))
        {
            return Verdict.Reject(RejectReason.WrongProducer, $"slot {slot} belongs to VM{machine}, whose key is not here");
        }

        ClusterDelegate vm = ClusterState.Find(parent.ClusterOf(round), machine)!;
        if (_signed.TryGetValue(machine, out SignedBlock signed) && slot <= signed.Slot)
        {
            return Verdict.Reject(
                RejectReason.DoubleSign, $"VM{machine} signed a block of slot {signed.Slot}; it does not sign for slot {slot}");
        }

        if (signed.Round == round && (vm.KeyIndex, vm.Last) != (signed.KeyIndex, signed.Signature))
        {
            return Verdict.Reject(
                RejectReason.DoubleSign,
                $"VM{machine} made a block of round {round} on another branch; within a round it counts for one branch");
        }

        if (!_keys.TryReveal(machine, vm.KeyIndex + 1, out Hash256 key) || !KeyChain.Follows(key, vm.LastKey))
        {
            return Verdict.Reject(
                RejectReason.BadProof,
                $"VM{machine} has no key {vm.KeyIndex + 1} of its chain: its owner registers another commitment");
        }

        _parent = parent;
        _category = vm.Category;
        _header = new VmBlockHeader
        {
            Number = parent.Number + 1,
            Previous = parent.Id,
            Slot = slot,
            Round = round,
            Machine = machine,
            KeyIndex = vm.KeyIndex + 1,
            Difficulty = _parameters.Difficulty,
            Key = key,
            Signature = parent.SignatureFor(round, machine, key, _parameters),
        };
        _transactions.Clear();
        _leaves.Clear();
        _ledger.Begin(view, round, machine, (uint)(_clock.SlotStartUs(slot) / 1_000_000), checkAuthority: true);
        return Verdict.Ok;
    }

    public Verdict Add(PendingTransaction transaction)
    {
        ReadOnlySpan<byte> packed = transaction.Packed.Span;
        if (_transactions.Length + packed.Length + HeaderBytesMax > PipelineLimits.BlockBytesMax)
        {
            return Verdict.Reject(RejectReason.LimitExceeded, $"the block holds its {PipelineLimits.BlockBytesMax} bytes");
        }

        int bodyBytes = packed.Length - VmTransaction.SignatureBytes;
        if (bodyBytes < VmTransaction.BodyBytesMin
            || bodyBytes > VmTransaction.BodyBytesMax
            || transaction.KeyTags.Length < SignatureLanes.KeyTagSize)
        {
            return Verdict.Reject(
                RejectReason.Malformed, $"{packed.Length} bytes are no signed transaction, or its signer is unknown");
        }

        Verdict verdict = _ledger.Apply(packed[..bodyBytes], transaction.KeyTags.Span.Slice(1, SignKey.Size));
        if (verdict.Accepted)
        {
            _transactions.WriteBytes(packed);
            SHA256.HashData(packed, _leaves.Reserve(Hash256.Size));
        }

        return verdict;
    }

    public Verdict Seal(out ReadOnlyMemory<byte> block)
    {
        if (_parent is null)
        {
            throw new InvalidOperationException("no block was begun");
        }

        block = default;
        _parent = null;
        Span<byte> root = stackalloc byte[Hash256.Size];
        MerkleTree.Root(_kernels.Sha256, VmBlockDecoder.Shape, _leaves.Written, root);
        _header = _header with { TransactionRoot = new Hash256(root), Changes = _ledger.Finish() };
        _block.Clear();
        _header.WriteUnmined(_block);
        ulong hashesMax = HashesPerSlot(_parameters, _category);
        if (!LowDifficultyWork.TryFind(
            _kernels, _block.Written, _parameters.Difficulty, hashesMax, out ulong nonce, out Hash256 id))
        {
            return Verdict.Reject(
                RejectReason.NotDue, $"VM{_header.Machine} found no work in the {hashesMax} hashes of slot {_header.Slot}");
        }

        _signed[_header.Machine] = new SignedBlock(
            _header.Slot, _header.Round, _header.KeyIndex, _header.Signature);
        _block.WriteUInt64(nonce);
        _keys.Sign(_header.Machine, id, _block.Reserve(VmBlockHeader.SignatureBytes));
        _block.WriteVarUInt32((uint)_ledger.Requests);
        _block.WriteSpan(_transactions.Written);
        block = _block.WrittenMemory;
        return Verdict.Ok;
    }

    public void Abandon() => _parent = null;

    /// <summary>What a VM's power, in hashes per second, gives in a slot: at least one hash.</summary>
    public static ulong HashesPerSlot(VmDposwParameters parameters, VmCategory category) =>
        Math.Max(1, (ulong)((UInt128)(ulong)parameters.PowerOf[(int)category] * (ulong)parameters.SlotUs / 1_000_000));

    /// <summary>A VM's last block. What confirms a round is counted by rounds, so a VM that changes branches within its
    /// window would count on both: it waits for its next window.</summary>
    private readonly record struct SignedBlock(long Slot, uint Round, uint KeyIndex, Hash256 Signature);
}
