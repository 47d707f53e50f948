namespace Tactus.Engine.State;

/// <summary>The state is cut into 64 partitions by key hash. A thread that owns a partition may read, write and commit its
/// records without a lock; stores, overlays and block writes all use this one cut.</summary>
public static class StatePartitions
{
    /// <summary>Number of partitions: enough that 16 threads share them within 10 % of evenly.</summary>
    public const int Count = 64;

    private const int Bits = 6;

    /// <summary>Partition of a key, 0..63.</summary>
    public static int Of(in StateKey key) => Of(key.Hash64);

    internal static int Of(ulong hash64) => (int)(hash64 >> (64 - Bits));
}
