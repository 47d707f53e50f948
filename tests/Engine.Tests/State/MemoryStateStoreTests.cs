using System.Numerics;
using System.Security.Cryptography;
using Tactus.Engine.Primitives;
using Tactus.Engine.State;
using Tactus.Kernels;

namespace Tactus.Engine.Tests.State;

public sealed class MemoryStateStoreTests
{
    [Fact]
    public void State_hash_is_the_documented_sum()
    {
        using var store = new MemoryStateStore();
        var writes = new BlockWrites();
        StateKey[] keys = [StateKey.Of(1, 5, 9), StateKey.Of(2, 5, 9), StateKey.Of(1, 6)];
        BigInteger sum = 0;
        Array.Sort(keys, (x, y) => StatePartitions.Of(x).CompareTo(StatePartitions.Of(y)));
        foreach (StateKey key in keys)
        {
            var cell = StateCell.Of(key.Owner * 3);
            writes.Add(key, cell, present: true, wasPresent: false);
            sum += Digest([0, .. KeyBytes(key), .. (ReadOnlySpan<byte>)cell]);
            writes.AddBlob(key, [1, 2, 3], present: true, wasPresent: false);
            sum += Digest([1, .. KeyBytes(key), 1, 2, 3]);
        }

        store.Commit(writes);
        byte[] last = new byte[48];
        (sum % BigInteger.Pow(2, 256)).ToByteArray(isUnsigned: true).CopyTo(last, 0);
        last[32] = 3;
        last[40] = 3;
        Assert.Equal(new Hash256(SHA256.HashData(last)), ((IStateStore)store).ComputeStateHash());

        static BigInteger Digest(byte[] message) => new(SHA256.HashData(message), isUnsigned: true);

        static byte[] KeyBytes(StateKey key) => [.. BitConverter.GetBytes(key.Owner), .. BitConverter.GetBytes(key.Table)];
    }

    [Fact]
    public void State_hash_does_not_depend_on_order_history_or_kernels_and_sees_every_byte()
    {
        using var forward = new MemoryStateStore();
        using var backward = new MemoryStateStore(5_000);
        IStateStore f = forward;
        IStateStore b = backward;
        for (int i = 0; i < 1_000; i++)
        {
            Put(forward, StateKey.Of(1, (ulong)i), StateCell.Of((long)i));
            Put(backward, StateKey.Of(1, (ulong)(999 - i)), StateCell.Of(999L - i));
            Put(backward, StateKey.Of(2, (ulong)i), default);
        }

        Assert.NotEqual(f.ComputeStateHash(), b.ComputeStateHash());
        for (int i = 0; i < 1_000; i++)
        {
            Remove(backward, StateKey.Of(2, (ulong)i));
        }

        Hash256 hash = f.ComputeStateHash();
        Assert.Equal(hash, b.ComputeStateHash());
        Assert.Equal(hash, f.ComputeStateHash(KernelRegistry.Default.Choose()));
        for (int bit = 0; bit < StateCell.Size * 8; bit++)
        {
            var cell = StateCell.Of(7L);
            StateCell.BytesOf(ref cell)[bit / 8] ^= (byte)(1 << (bit % 8));
            Put(backward, StateKey.Of(1, 7), cell);
            Assert.NotEqual(hash, b.ComputeStateHash());
        }
    }

    [Fact]
    public void Readers_beside_a_writer_never_see_a_torn_record()
    {
        using var store = new MemoryStateStore();
        var key = StateKey.Of(1, 1);
        Put(store, key, Filled(1));
        bool stop = false;
        long torn = 0;
        var reader = new Thread(() =>
        {
            using IStateSession session = store.OpenSession();
            while (!Volatile.Read(ref stop))
            {
                if (!session.TryRead(key, out StateCell cell) || ((ReadOnlySpan<byte>)cell).ContainsAnyExcept(cell[0]))
                {
                    torn++;
                }
            }
        });
        reader.Start();
        for (int i = 0; i < 20_000; i++)
        {
            Put(store, key, Filled((byte)i));
            Put(store, StateKey.Of(2, (ulong)i), default); // growth moves the table meanwhile
        }

        Volatile.Write(ref stop, true);
        reader.Join();
        Assert.Equal(0, torn);

        static StateCell Filled(byte value)
        {
            StateCell cell = default;
            StateCell.BytesOf(ref cell).Fill(value);
            return cell;
        }
    }

    [Fact]
    public void Keys_spread_over_partitions()
    {
        int[] counts = new int[StatePartitions.Count];
        for (int i = 0; i < 64_000; i++)
        {
            counts[StatePartitions.Of(StateKey.Of(3, (ulong)i << 4, 0x44))]++;
        }

        Assert.All(counts, count => Assert.InRange(count, 800, 1_200));
    }

    [Fact]
    public void Write_sets_take_any_order_and_short_outputs_are_named()
    {
        StateKey low = Enumerable.Range(0, 1_000).Select(i => StateKey.Of(1, (ulong)i)).First(k => StatePartitions.Of(k) == 3);
        StateKey high = Enumerable.Range(0, 1_000).Select(i => StateKey.Of(1, (ulong)i)).First(k => StatePartitions.Of(k) == 9);
        var writes = new BlockWrites();
        writes.Add(high, default, present: true, wasPresent: false);
        writes.Add(low, default, present: true, wasPresent: false);
        Assert.Equal((2, low, high), (writes.CellCount, writes[3].Cells[0].Key, writes[9].Cells[0].Key));
        using var store = new MemoryStateStore();
        using IStateSession session = store.OpenSession();
        Assert.Throws<ArgumentException>(() => session.ReadMany([low, high], new StateCell[1], new bool[2]));
    }

    private static void Put(MemoryStateStore store, in StateKey key, in StateCell cell) => Write(store, key, cell, present: true);

    private static void Remove(MemoryStateStore store, in StateKey key) => Write(store, key, default, present: false);

    private static void Write(MemoryStateStore store, in StateKey key, in StateCell cell, bool present)
    {
        var writes = new BlockWrites();
        writes.Add(key, cell, present, wasPresent: !present);
        store.Commit(writes);
    }
}
