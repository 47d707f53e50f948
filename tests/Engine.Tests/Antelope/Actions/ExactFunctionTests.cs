using System.Buffers.Binary;
using System.Security.Cryptography;
using Tactus.Engine.Protocols.Antelope.Voting;

namespace Tactus.Engine.Tests.Antelope.Actions;

/// <summary>Against values computed with 80 decimal digits and rounded to the nearest double (Python's decimal
/// module).</summary>
public sealed class ExactFunctionTests
{
    [Theory]
    [InlineData(1, 0x3ff036f6d4e323d3)]
    [InlineData(26, 0x3ff6a09e667f3bcd)]
    [InlineData(51, 0x3fff9386f81c791c)]
    [InlineData(52, 0x4000000000000000)]
    [InlineData(53, 0x400036f6d4e323d3)]
    [InlineData(1350, 0x418f287da2f7f5a8)]
    [InlineData(1379, 0x4196ee598fadfd5d)]
    [InlineData(1400, 0x419e56a6a7c51c5f)]
    [InlineData(2600, 0x4310000000000000)]
    public void Two_to_the_weeks_is_the_nearest_double(int weeks, long bits) =>
        Assert.Equal(bits, BitConverter.DoubleToInt64Bits(ExactFunctions.Exp2(weeks / 52.0)));

    [Fact]
    public void Two_to_the_weeks_is_right_for_the_next_fifty_years()
    {
        byte[] all = new byte[4000 * sizeof(double)];
        for (int week = 1; week <= 4000; week++)
        {
            double value = ExactFunctions.Exp2(week / 52.0);
            BinaryPrimitives.WriteDoubleLittleEndian(all.AsSpan((week - 1) * sizeof(double)), value);
        }

        Assert.Equal(
            "ce2d2c9af33a28f286edc4e9347d8cdfcfe9f0af581bb9d16bfd7cb2f5890d87",
            Convert.ToHexStringLower(SHA256.HashData(all)));
    }

    [Theory]
    [InlineData(1, 0x3f66703583cc1d00)]
    [InlineData(2, 0x3f866079b0bff020)]
    [InlineData(10, 0x3fd0000000000000)]
    [InlineData(15, 0x3fe0000000000000)]
    [InlineData(21, 0x3fe96791823aad2f)]
    [InlineData(29, 0x3fefe98fca7c33e3)]
    [InlineData(30, 0x3ff0000000000000)]
    public void The_inverse_factor_is_the_contract_s_formula(int producers, long bits) =>
        Assert.Equal(bits, BitConverter.DoubleToInt64Bits(VoteWeight.Inverse(1, producers)));

    [Fact]
    public void All_thirty_inverse_factors_are_right()
    {
        byte[] all = new byte[30 * sizeof(double)];
        for (int n = 1; n <= 30; n++)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(all.AsSpan((n - 1) * sizeof(double)), VoteWeight.Inverse(1, n));
        }

        Assert.Equal(
            "0ff74b4fc4f40903f68dcf20d478ea66d5d64144ee68559ae588caeacab3209a",
            Convert.ToHexStringLower(SHA256.HashData(all)));
        Assert.Equal(0, VoteWeight.Inverse(1000, 0));
    }

    [Fact]
    public void The_exponent_is_whole_weeks_since_2000()
    {
        const long Epoch = 946_684_800;
        Assert.Equal(1000 * ExactFunctions.Exp2(1379 / 52.0), VoteWeight.TimeDecay(1000, Epoch + (1379 * 604_800L)));
        double expected = 1000 * ExactFunctions.Exp2(1379 / 52.0);
        Assert.Equal(expected, VoteWeight.TimeDecay(1000, Epoch + (1380 * 604_800L) - 1));
        Assert.Equal(1000, VoteWeight.TimeDecay(1000, Epoch + 604_799));
        Assert.Throws<ArgumentOutOfRangeException>(() => ExactFunctions.Exp2(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ExactFunctions.Exp2(double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => ExactFunctions.Sin(2.5));
    }
}
