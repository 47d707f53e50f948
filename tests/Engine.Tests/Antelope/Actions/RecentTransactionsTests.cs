using System.Security.Cryptography;
using Tactus.Engine.Ledger;
using Tactus.Engine.Primitives;

namespace Tactus.Engine.Tests.Antelope.Actions;

public sealed class RecentTransactionsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Random_blocks_undone_and_finalized_equal_a_set(int seed)
    {
        var random = new Random(seed);
        var recent = new RecentTransactions();
        var blocks = new List<(uint Number, List<(Hash256 Id, uint Expiration)> Added)>();
        var known = new HashSet<Hash256>();
        uint number = 0;
        uint final = 0;
        for (int step = 0; step < 400; step++)
        {
            if (random.Next(4) == 0 && blocks.Count > 0 && blocks[^1].Number > final)
            {
                recent.Undo(blocks[^1].Number);
                blocks[^1].Added.ForEach(item => known.Remove(item.Id));
                blocks.RemoveAt(blocks.Count - 1);
                number--;
                continue;
            }

            number++;
            var added = new List<(Hash256, uint)>();
            for (int i = random.Next(300); i > 0; i--)
            {
                // Few distinct low bits, so that probing runs long.
                byte[] id = SHA256.HashData(BitConverter.GetBytes(random.Next()));
                id[0] = (byte)random.Next(4);
                id[1] = 0;
                var hash = new Hash256(id);
                uint expiration = (number * 3) + (uint)random.Next(100);
                if (!recent.Contains(hash, expiration) && known.Add(hash))
                {
                    recent.Add(hash, expiration);
                    added.Add((hash, expiration));
                }
            }

            if (random.Next(10) == 0)
            {
                recent.AbortBlock();
                added.ForEach(item => known.Remove(item.Item1));
                number--;
                continue;
            }

            recent.EndBlock(number);
            blocks.Add((number, added));
            if (random.Next(20) == 0 && number > 5)
            {
                final = Math.Max(final, number - 5);
                recent.Finalize(final, final * 3);
            }

            foreach ((uint _, List<(Hash256 Id, uint Expiration)> items) in blocks)
            {
                foreach ((Hash256 id, uint expiration) in items)
                {
                    // What expired before final time may be forgotten; everything else is known.
                    Assert.True(expiration < final * 3 || recent.Contains(id, expiration));
                }
            }

            Assert.False(recent.Contains(new Hash256(SHA256.HashData(BitConverter.GetBytes(step))), number * 3));
        }

        Assert.True(recent.Count > 0);
        var saved = new ByteWriter();
        recent.Save(saved);
        var loaded = new RecentTransactions();
        var reader = new ByteReader(saved.Written);
        loaded.Load(ref reader);
        Assert.False(reader.Failed);
        Assert.Equal(recent.Count, loaded.Count);
        var again = new ByteWriter();
        loaded.Save(again);
        Assert.Equal(saved.ToArray(), again.ToArray());
    }

    [Fact]
    public void Nothing_is_left_once_all_expired_and_the_limit_is_named()
    {
        var recent = new RecentTransactions(transactionsMax: 3);
        for (byte i = 1; i <= 3; i++)
        {
            Assert.False(recent.IsFull);
            recent.Add(new Hash256([i]), 100u * i);
        }

        Assert.True(recent.IsFull);
        recent.EndBlock(1);
        recent.Finalize(1, 100);
        Assert.Equal(3, recent.Count); // the bucket of second 100 still runs
        recent.Finalize(1, 400);
        Assert.Equal(0, recent.Count);
        Assert.Throws<InvalidOperationException>(() => recent.Undo(1));
    }
}
