using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Quorum.Blocks;
using Tactus.Engine.Protocols.Quorum.Coins;
using Tactus.Engine.Signatures;
using Tactus.Kernels;
using Tactus.Kernels.Secp256k1;

namespace Tactus.Engine.Protocols.Quorum.Rounds;

/// <summary>A block that was found valid on its parent.</summary>
/// <param name="Bytes">Its bytes, with or without a certificate.</param>
/// <param name="Header">Header and seal.</param>
/// <param name="State">State after it.</param>
/// <param name="Ledger">Unspent outputs after it.</param>
public sealed record JudgedBlock(byte[] Bytes, SealedHeader Header, QuorumState State, MemoryUnspentOutputs Ledger);

/// <summary>Judges blocks against a parent in memory, as members do with proposals before they sign.</summary>
public sealed class BlockJudge
{
    private readonly QuorumConsensus _consensus;
    private readonly BlockLaneDecoder _decoder;
    private readonly SignatureChecker _signatures;
    private readonly BlockWork _work = new();
    private readonly BlockApplication _application;

    public BlockJudge(KernelSet kernels, QuorumConsensus consensus, QuorumParameters parameters)
    {
        _consensus = consensus;
        _decoder = new BlockLaneDecoder(kernels, parameters);
        _signatures = new SignatureChecker(kernels);
        _application = new BlockApplication(parameters);
    }

    /// <summary>Reads a block's header and seal, or null where it is malformed.</summary>
    public SealedHeader? Read(ReadOnlySpan<byte> bytes, out Hash256 id, out Verdict verdict)
    {
        id = default;
        if (bytes.Length > PipelineLimits.BlockBytesMax)
        {
            verdict = Verdict.Reject(RejectReason.TooLarge, $"block of {bytes.Length} bytes");
            return null;
        }

        _work.Load(bytes);
        verdict = _decoder.Decode(_work);
        id = _work.Id;
        return verdict.Accepted ? (SealedHeader)_work.Header! : null;
    }

    /// <summary>Checks everything about a block.</summary>
    /// <param name="bytes">The block.</param>
    /// <param name="parent">State of its parent.</param>
    /// <param name="ledger">Unspent outputs after the parent; not changed.</param>
    /// <param name="needsCertificate">False for a proposal.</param>
    /// <param name="judged">The result where it is valid.</param>
    public Verdict Judge(
        ReadOnlySpan<byte> bytes,
        QuorumState parent,
        MemoryUnspentOutputs ledger,
        bool needsCertificate,
        out JudgedBlock? judged)
    {
        judged = null;
        SealedHeader? header = Read(bytes, out Hash256 id, out Verdict verdict);
        if (header is null)
        {
            return verdict;
        }

        verdict = _consensus.Next(parent, header, id, trustSignature: false, out QuorumState? next);
        verdict = verdict.Accepted && needsCertificate ? _consensus.CheckCertificate(header, id, next!.Epoch) : verdict;
        verdict = verdict.Accepted ? _decoder.CheckRoot(_work) : verdict;
        MemoryUnspentOutputs after = ledger.Clone();
        verdict = verdict.Accepted ? Apply(parent, after) : verdict;
        if (verdict.Accepted)
        {
            judged = new JudgedBlock(bytes.ToArray(), header, next!, after);
        }

        return verdict;
    }

    private Verdict Apply(QuorumState parent, MemoryUnspentOutputs after)
    {
        _signatures.Check(_work, 0, _work.Signatures.Count);
        for (int i = 0; i < _work.Signatures.Count; i++)
        {
            if (_work.Signatures.Verdicts[i] != SignatureVerdict.Valid)
            {
                return Verdict.Reject(RejectReason.BadSignature, $"signature {i}: {_work.Signatures.Verdicts[i]}", i);
            }
        }

        Verdict verdict = _application.Begin(_work, parent, after, after, checkOwners: true);
        for (int i = 0; i < _work.Transactions.Count && verdict.Accepted; i++)
        {
            verdict = _application.Apply(_work, i);
        }

        return verdict.Accepted ? _application.Finish(_work) : verdict;
    }
}
