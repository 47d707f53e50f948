namespace Tactus.Engine.State;

/// <summary>Checks of arguments that every store makes.</summary>
internal static class StateArguments
{
    public static void CheckReadMany(ReadOnlySpan<StateKey> keys, Span<StateCell> cells, Span<bool> present)
    {
        if (cells.Length < keys.Length || present.Length < keys.Length)
        {
            throw new ArgumentException(
                $"{keys.Length} keys need as many outputs; there are {cells.Length} cells and {present.Length} flags",
                nameof(cells));
        }
    }

    public static void CheckBlob(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > StateLimits.BlobBytesMax)
        {
            throw new ArgumentException(
                $"a blob of {bytes.Length} bytes is larger than the {StateLimits.BlobBytesMax} bytes allowed; split it",
                nameof(bytes));
        }
    }
}
