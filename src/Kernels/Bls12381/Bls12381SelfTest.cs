namespace Tactus.Kernels.Bls12381;

/// <summary>
/// What a kernel is asked at start: a published signature, good and spoilt, singly and in a batch. A few milliseconds.
/// </summary>
internal static class Bls12381SelfTest
{
    // ethereum/consensus-specs, tests/generators/bls: sign_case for this key and message
    private const string Key =
        "a491d1b0ecd9bb917989f0e74f0dea0422eac4a873e5e2644f368dffb9a6e20fd6e10c1b77654d067c0618f6e5a7f79a";

    private const string Signature =
        "882730e5d03f6b42c3abc26d3372625034e1d871b65a8a6b900a56dae22da98abbe1b68f85e49fe7652a55ec3d0591c2"
        + "0767677e33e5cbb1207315c41a9ac03be39c2e7668edc043d6cb1d9fd93033caa8a1c5b0e84bedaeb6c64972503a43eb";

    private const byte MessageByte = 0x56;
    private const int MessageBytes = 32;

    // one more than eight, so that wide kernels meet a full and a partial round
    private const int Batch = 9;

    /// <summary>Null when the kernel gives the expected answers, else what differed.</summary>
    public static string? Run(IBlsKernel kernel)
    {
        byte[] signature = Convert.FromHexString(Signature);
        byte[] message = new byte[MessageBytes];
        Array.Fill(message, MessageByte);
        if (kernel.DecompressKey(Convert.FromHexString(Key), out BlsPublicKey key) != BlsVerdict.Valid)
        {
            return "decompress refuses a good key";
        }

        if (kernel.Verify(key, message, signature) != BlsVerdict.Valid)
        {
            return "verify refuses a published signature";
        }

        if (kernel.FastAggregateVerify([key, key], message, signature) != BlsVerdict.Mismatch)
        {
            return "fast aggregate verify accepts a signature of one key for two";
        }

        return BatchAnswers(kernel, key, message, signature);
    }

    private static string? BatchAnswers(IBlsKernel kernel, BlsPublicKey key, byte[] message, byte[] signature)
    {
        var keys = new BlsPublicKey[Batch];
        byte[] messages = new byte[Batch * MessageBytes];
        byte[] signatures = new byte[Batch * IBlsKernel.SignatureBytes];
        ulong[] weights = new ulong[Batch];
        for (int i = 0; i < Batch; i++)
        {
            keys[i] = key;
            message.CopyTo(messages, i * MessageBytes);
            signature.CopyTo(signatures, i * IBlsKernel.SignatureBytes);
            weights[i] = 0x9e3779b97f4a7c15UL * (ulong)(i + 1);
        }

        if (kernel.VerifyBatch(keys, messages, MessageBytes, signatures, weights) != BlsVerdict.Valid)
        {
            return "verify batch refuses a published signature";
        }

        messages[^1] ^= 1;
        return kernel.VerifyBatch(keys, messages, MessageBytes, signatures, weights) == BlsVerdict.Mismatch
            ? null
            : "verify batch accepts a signature of another message";
    }
}
