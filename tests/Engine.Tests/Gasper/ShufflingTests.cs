using System.Text;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper;
using Tactus.Engine.Protocols.Gasper.Ssz;
using Tactus.Engine.Protocols.Gasper.Transition;
using Tactus.Engine.Tests.Gasper.Vectors;
using Tactus.TestSupport;
using Xunit.Abstractions;

namespace Tactus.Engine.Tests.Gasper;

/// <summary>The swap-or-not shuffle against the published mappings, and the list form against the index form.</summary>
public sealed class ShufflingTests(ITestOutputHelper output)
{
    [DataTheory]
    [InlineData("minimal", 10)]
    [InlineData("mainnet", 90)]
    public void Published_mappings_hold_for_lists_and_single_indices(string preset, int rounds)
    {
        SszHasher hasher = VectorSet.Context(preset).Hasher;
        Assert.Equal(rounds, VectorSet.Context(preset).Preset.ShuffleRoundCount);
        int count = 0;
        foreach (VectorCase c in VectorSet.Cases($"shuffling/{preset}"))
        {
            // Parsed by hand: 600 mappings of up to 9999 numbers are most of the bytes of the set.
            string text = Encoding.ASCII.GetString(c.Bytes("mapping.yaml"));
            var seed = new Hash256(
                Convert.FromHexString(text.AsSpan(text.IndexOf("0x", StringComparison.Ordinal) + 2, 64)));
            int[] mapping = Numbers(
                text[(text.IndexOf('[', StringComparison.Ordinal) + 1)..text.IndexOf(']', StringComparison.Ordinal)]);
            int[] list = [.. Enumerable.Range(0, mapping.Length)];
            Shuffling.ShuffleList(list, seed, rounds, hasher);
            Assert.True(mapping.AsSpan().SequenceEqual(list), c.Name);
            for (int i = 0; i < mapping.Length; i += 1 + (mapping.Length / 3))
            {
                Assert.Equal(mapping[i], Shuffling.ShuffledIndex(i, mapping.Length, seed, rounds, hasher));
            }

            count++;
        }

        output.WriteLine($"shuffling/{preset}: {count} cases");
        Assert.Equal(300, count);
    }

    [Fact]
    public void Lists_of_every_short_length_agree_with_single_indices()
    {
        // Lengths around the 8 and 16 lanes of the vector paths, and around a digest of 256 positions.
        SszHasher hasher = VectorSet.Context("minimal").Hasher;
        for (int length = 1; length < 300; length += length < 80 ? 1 : 37)
        {
            Hash256 seed = Seeds.RootOf((ulong)length);
            int[] list = [.. Enumerable.Range(0, length)];
            Shuffling.ShuffleList(list, seed, 10, hasher);
            for (int i = 0; i < length; i++)
            {
                Assert.Equal(list[i], Shuffling.ShuffledIndex(i, length, seed, 10, hasher));
            }
        }
    }

    private static int[] Numbers(string text) =>
        [.. text.Split([',', ' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];
}
