using Tactus.Engine.Protocols.Antelope.Types;

namespace Tactus.Engine.Tests.Antelope.Wire;

public class AssetTests
{
    [Theory]
    [InlineData("1.0000 EOS", 10_000, 4, "EOS")]
    [InlineData("-0.05 TLOS", -5, 2, "TLOS")]
    [InlineData("7 ABCDEFG", 7, 0, "ABCDEFG")]
    [InlineData("0.000000000000000001 X", 1, 18, "X")]
    [InlineData("4611686018427387903 MAX", Asset.AmountMax, 0, "MAX")]
    public void ReadsAndPrints(string text, long amount, int decimals, string letters)
    {
        Asset asset = Asset.Parse(text);
        Assert.Equal(amount, asset.Amount);
        Assert.Equal(decimals, asset.Symbol.Decimals);
        Assert.Equal(letters, Symbol.CodeText(asset.Symbol.Code));
        Assert.Equal(text, asset.ToString());
        Assert.True(asset.IsValid);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1.0000")]
    [InlineData("1. EOS")]
    [InlineData(" EOS")]
    [InlineData("1 eos")]
    [InlineData("1 TOOLONGX")]
    [InlineData("1 ")]
    [InlineData("1 E S")]
    [InlineData("4611686018427387904 MAX")]
    [InlineData("0.0000000000000000001 X")]
    [InlineData("1 ÅB")]
    public void RefusesWhatIsNoAsset(string text) => Assert.Throws<FormatException>(() => Asset.Parse(text));

    [Fact]
    public void SymbolOfEosIsTheKnownNumber()
    {
        // symbol(SY(4,EOS)) of every token contract
        Assert.Equal(1_397_703_940UL, Symbol.Parse("4,EOS").Value);
        Assert.Equal("4,EOS", new Symbol(1_397_703_940).ToString());
        Assert.False(new Symbol(19 | ((ulong)'A' << 8)).IsValid);
        Assert.False(new Symbol(4 | ((ulong)'A' << 24)).IsValid);
        Assert.False(new Symbol(4).IsValid);
    }
}
