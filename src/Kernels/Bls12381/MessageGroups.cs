namespace Tactus.Kernels.Bls12381;

/// <summary>Numbers equal messages alike, in order of first appearance.</summary>
internal static class MessageGroups
{
    /// <summary>groups[i] = number of the group of message i; returns the count of groups.</summary>
    /// <param name="messages">Equal-length messages end to end.</param>
    /// <param name="messageBytes">Bytes of one.</param>
    /// <param name="groups">One number per message.</param>
    /// <param name="firsts">For each group its first message; as long as <paramref name="groups"/>.</param>
    /// <param name="table">Scratch of <see cref="TableLength"/> entries.</param>
    public static int Find(
        ReadOnlySpan<byte> messages, int messageBytes, Span<int> groups, Span<int> firsts, Span<int> table)
    {
        // open addressing by a hash that is seeded per process, so no sender can choose collisions
        table.Clear();
        int count = 0;
        for (int i = 0; i < groups.Length; i++)
        {
            ReadOnlySpan<byte> message = messages.Slice(i * messageBytes, messageBytes);
            var hash = default(HashCode);
            hash.AddBytes(message);
            int slot = hash.ToHashCode() & (table.Length - 1);
            while (table[slot] != 0
                && !messages.Slice(firsts[table[slot] - 1] * messageBytes, messageBytes).SequenceEqual(message))
            {
                slot = (slot + 1) & (table.Length - 1);
            }

            if (table[slot] == 0)
            {
                firsts[count++] = i;
                table[slot] = count;
            }

            groups[i] = table[slot] - 1;
        }

        return count;
    }

    /// <summary>Entries of the table for so many messages: a power of two, at most half full.</summary>
    public static int TableLength(int messages) =>
        (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)(2 * messages) + 1);
}
