namespace Tactus.Kernels.Bls12381;

/// <summary>Checks of lengths that every implementation shares.</summary>
internal static class BlsSpans
{
    public static void CheckKey(ReadOnlySpan<byte> compressed)
    {
        if (compressed.Length != IBlsKernel.KeyBytes)
        {
            throw new ArgumentException(
                $"a compressed key is {IBlsKernel.KeyBytes} bytes, not {compressed.Length}.", nameof(compressed));
        }
    }

    public static void CheckKeys(ReadOnlySpan<byte> compressed, int keys, int verdicts)
    {
        if (compressed.Length != (long)keys * IBlsKernel.KeyBytes || verdicts != keys)
        {
            throw new ArgumentException(
                $"{keys} keys need {(long)keys * IBlsKernel.KeyBytes} bytes and as many verdicts, "
                + $"not {compressed.Length} and {verdicts}.",
                nameof(compressed));
        }
    }

    public static void CheckSignature(ReadOnlySpan<byte> signature)
    {
        if (signature.Length != IBlsKernel.SignatureBytes)
        {
            throw new ArgumentException(
                $"a compressed signature is {IBlsKernel.SignatureBytes} bytes, "
                + $"not {signature.Length}.", nameof(signature));
        }
    }

    public static void CheckMessages(int keys, ReadOnlySpan<byte> messages, int messageBytes)
    {
        if (messageBytes < 0 || messages.Length != (long)keys * messageBytes)
        {
            throw new ArgumentException(
                $"{keys} messages of {messageBytes} bytes are {(long)keys * messageBytes} bytes, "
                + $"not {messages.Length}.",
                nameof(messages));
        }
    }

    public static void CheckBatch(int keys, ReadOnlySpan<byte> signatures, ReadOnlySpan<ulong> weights)
    {
        if (signatures.Length != (long)keys * IBlsKernel.SignatureBytes)
        {
            throw new ArgumentException(
                $"{keys} signatures are {(long)keys * IBlsKernel.SignatureBytes} bytes, not {signatures.Length}.",
                nameof(signatures));
        }

        if (weights.Length != keys)
        {
            throw new ArgumentException(
                $"{keys} signatures need as many weights, not {weights.Length}.", nameof(weights));
        }

        if (weights.Contains(0UL))
        {
            throw new ArgumentException("a weight is zero.", nameof(weights));
        }
    }
}
