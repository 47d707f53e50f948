using Tactus.Engine.Pipeline;
using Tactus.Engine.Signatures;

namespace Tactus.Engine.Tests.Signatures;

/// <summary>Keys that sign twice are found alike by comparing pairs and by hashing; keys that are none are never
/// known.</summary>
public sealed class RepeatedKeyTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(32)]
    [InlineData(33)]
    [InlineData(5_000)]
    public void Signatures_by_one_key_are_found_at_any_count(int count)
    {
        const int first = 3;
        var lanes = new SignatureLanes();
        for (int i = 0; i < first + count; i++)
        {
            lanes.Add(0, 0, new byte[64], 0);
            lanes.KeyTagOf(i).Clear();
            BitConverter.TryWriteBytes(lanes.KeyTagOf(i)[5..], i);
        }

        Assert.False(lanes.TryFindRepeatedKey(first, count, out _, out _));
        lanes.KeyTagOf(first + 0).CopyTo(lanes.KeyTagOf(first + count - 1));
        Assert.True(lanes.TryFindRepeatedKey(first, count, out int earlier, out int later));
        Assert.Equal((0, count - 1), (earlier, later));

        // One before the range does not count.
        Assert.False(lanes.TryFindRepeatedKey(first + 1, count - 1, out _, out _));
    }

    [Fact]
    public void A_key_with_x_zero_is_never_known()
    {
        byte[] key = new byte[33];
        key[0] = 2;
        Assert.False(new KnownKeys(64).TryGet(key, new byte[64], out _));
    }
}
