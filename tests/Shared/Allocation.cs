namespace Tactus.TestSupport;

/// <summary>Bytes that a piece of code allocates on the calling thread.</summary>
internal static class Allocation
{
    /// <summary>Rounds that are enough for one of them to see no garbage collection.</summary>
    private const int Rounds = 5;

    /// <summary>The least that one of several rounds allocates. A collection that another test causes charges this
    /// thread with the unused rest of its allocation context (up to 8 KiB, seen as 8144 bytes), so one round proves
    /// nothing; what the code allocates itself is in every round.</summary>
    public static long LeastOf(Action round)
    {
        long least = long.MaxValue;
        for (int i = 0; i < Rounds && least > 0; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            round();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
