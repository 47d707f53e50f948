using Tactus.Engine.Primitives;
using Tactus.Engine.Signatures;
using Tactus.Kernels.Secp256k1;

namespace Tactus.Engine.Pipeline.Stages;

/// <summary>Signatures: cuts the block's signatures into chunks and has them checked while later stages run.</summary>
internal sealed class Stage04Signatures(PipelineOptions options, BlockWorkers workers)
{
    public void Start(BlockWork block)
    {
        // Small blocks are cut finer, so that all threads have a share; below the minimum batches lose more than that gives.
        int share = block.Signatures.Count / workers.ThreadCount;
        int onCpu = Math.Min(options.ChunkSignatures, Math.Max(PipelineLimits.ChunkSignaturesMin, share + 1));
        block.Chunks.Reset(block, Math.Max(onCpu, workers.DeviceChunk(block.Signatures.Count)));
        if (options.Mode == ValidationMode.Full)
        {
            workers.Start(block.Chunks);
        }
    }

    /// <summary>Returns when chunk <paramref name="chunk"/> is checked, with the first bad signature's reason if there is one.</summary>
    public Verdict Await(BlockWork block, int chunk)
    {
        if (options.Mode != ValidationMode.Full)
        {
            return Verdict.Ok;
        }

        workers.Wait(block.Chunks, chunk);
        SignatureLanes lanes = block.Signatures;
        int end = block.Chunks.FirstSignature(chunk + 1);
        for (int i = block.Chunks.FirstSignature(chunk); i < end; i++)
        {
            if (lanes.Verdicts[i] != SignatureVerdict.Valid)
            {
                return Verdict.Reject(
                    RejectReason.BadSignature,
                    $"signature {i} of transaction {lanes.TransactionIndexes[i]}: {Describe(lanes.Verdicts[i])}",
                    i);
            }
        }

        block.SignaturesChecked = end;
        return lanes.KeysMayRepeat ? Verdict.Ok : CheckDuplicateKeys(block, chunk);
    }

    /// <summary>Lets the workers finish with a block that was rejected, so that it can be reused.</summary>
    public void Drain(BlockWork block)
    {
        if (options.Mode == ValidationMode.Full)
        {
            workers.WaitAll(block.Chunks);
        }
    }

    private static string Describe(SignatureVerdict verdict) => verdict switch
    {
        SignatureVerdict.OutOfRange => "r, s or the recovery id is out of range, or the form is not canonical",
        SignatureVerdict.NoPoint => "r is not the x coordinate of a curve point",
        SignatureVerdict.Infinity => "it recovers to the point at infinity",
        SignatureVerdict.BadKey => "its key or form is not supported",
        _ => verdict.ToString(),
    };

    /// <summary>Two signatures of one transaction by the same key make it invalid unless the protocol allows it (leap v5.0.3 transaction.cpp, tx_duplicate_sig).</summary>
    private static Verdict CheckDuplicateKeys(BlockWork block, int chunk)
    {
        SignatureLanes lanes = block.Signatures;
        int end = block.Chunks.FirstTransaction(chunk + 1);
        for (int t = block.Chunks.FirstTransaction(chunk); t < end; t++)
        {
            ref TransactionLane transaction = ref block.Transactions[t];
            if (lanes.TryFindRepeatedKey(transaction.FirstSignature, transaction.SignatureCount, out int j, out int i))
            {
                return Verdict.Reject(RejectReason.DuplicateKey, $"transaction {t}: signatures {j} and {i} are by the same key", t);
            }
        }

        return Verdict.Ok;
    }
}
