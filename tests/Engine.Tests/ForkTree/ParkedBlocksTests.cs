using Tactus.Engine.ForkTree;
using Tactus.Engine.Primitives;

namespace Tactus.Engine.Tests.ForkTree;

public class ParkedBlocksTests
{
    [Fact]
    public void Children_come_out_in_the_order_they_came_in()
    {
        var parked = new ParkedBlocks<int>();
        Assert.True(parked.Park(Id(1), Id(100), 5, 10, 1));
        Assert.True(parked.Park(Id(2), Id(100), 5, 10, 2));
        Assert.True(parked.Park(Id(3), Id(2), 6, 10, 3));
        Assert.False(parked.Park(Id(2), Id(100), 5, 10, 2));
        Assert.Equal(30, parked.Bytes);
        Assert.Equal([1, 2], parked.TakeChildren(Id(100)));
        Assert.Empty(parked.TakeChildren(Id(100)));
        Assert.Equal([3], parked.TakeChildren(Id(2)));
        Assert.Equal(0, parked.Count);
        Assert.Equal(0, parked.Bytes);
        Assert.Equal(0, parked.Evicted);
    }

    [Fact]
    public void A_flood_stays_within_both_bounds()
    {
        var parked = new ParkedBlocks<int>(blocksMax: 10, bytesMax: 500);
        for (int i = 0; i < 1000; i++)
        {
            Assert.True(parked.Park(Id(i), Id(i / 3 + 5000), (uint)i, i % 100, i));
            Assert.True(parked.Count <= 10);
            Assert.True(parked.Bytes <= 500);
        }

        Assert.Equal(1000, parked.Count + parked.Evicted);
        Assert.True(parked.Contains(Id(999)));
        Assert.False(parked.Contains(Id(0)));
        Assert.False(parked.Park(Id(2000), Id(1), 1, 501, 0));
        Assert.Equal(1001, parked.Count + parked.Evicted);
    }

    [Fact]
    public void Finality_drops_what_it_passed()
    {
        var parked = new ParkedBlocks<int>();
        for (int i = 0; i < 10; i++)
        {
            parked.Park(Id(i), Id(i + 100), (uint)i, 1, i);
        }

        Assert.Equal(5, parked.DropUpTo(4));
        Assert.Equal(5, parked.Count);
        Assert.Equal(5, parked.Bytes);
        Assert.False(parked.Contains(Id(4)));
        Assert.True(parked.Contains(Id(5)));
    }

    private static Hash256 Id(int value) => new(BitConverter.GetBytes(value));
}
