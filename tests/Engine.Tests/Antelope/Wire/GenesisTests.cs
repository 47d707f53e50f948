using System.Text;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Keys;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Engine.Protocols.Antelope.Wire;
using Tactus.TestSupport;

namespace Tactus.Engine.Tests.Antelope.Wire;

public class GenesisTests
{
    [DataTheory]
    [InlineData("telos-mainnet")]
    [InlineData("telos-testnet")]
    public void FileHashesToTheChainId(string chain)
    {
        byte[] json = File.ReadAllBytes(TestData.PathOf("antelope", "genesis", chain + ".genesis.json"));
        string id = File.ReadAllText(TestData.PathOf("antelope", "genesis", chain + ".chain-id.txt")).Trim();
        Assert.True(GenesisJson.TryParse(json, out GenesisState? genesis, out string? error), error);
        Assert.Equal(id, genesis.ChainId().ToString());

        var writer = new ByteWriter();
        genesis.Write(writer);
        Assert.Equal(110, writer.Length);
        var reader = new ByteReader(writer.Written);
        Assert.Equal(genesis, GenesisState.Read(ref reader));
        Assert.Equal(0, reader.Remaining);
    }

    [DataFact]
    public void TelosMainnetBlockOneHasItsId()
    {
        byte[] json = File.ReadAllBytes(TestData.PathOf("antelope", "genesis", "telos-mainnet.genesis.json"));
        Assert.True(GenesisJson.TryParse(json, out GenesisState? genesis, out string? error), error);
        SignedBlock block = genesis.GenesisBlock();
        Assert.Equal(1u, block.Number);
        Assert.Equal("0000000147015756abd29d877958ff6af4c37fd8360d990890a8cc83d2e9e372", block.Id().ToString());
    }

    [Fact]
    public void DefaultsAreThoseOfADevelopmentChain()
    {
        // The schedule hash of leap's test chain, whose genesis is all defaults but its date and key
        // (expected/leap-v2-small).
        var genesis = new GenesisState
        {
            InitialTimestampUs = 1_577_836_800_000_000,
            InitialKey = KeyText.ParsePublicKey("EOS5P52UyPoYL7vMiSREPvqxh6WebuMAunCMK4w53J7Gu6zmk4qyN"),
        };
        Assert.Equal("90d8c7436017001e64891e8b6b7eb0060baeb350048eb52d2cdb594fdbc2617d", genesis.ChainId().ToString());
        Assert.Equal(
            "29807708239aa7de914d3ed61e9009ab2280bfbc50f1d9769f27f8341ef26198",
            genesis.InitialSchedule().Digest(authorityForm: false).ToString());
        Assert.Equal(1_262_304_000u, genesis.InitialSlot);
    }

    [Theory]
    [InlineData("{}", "initial_configuration is missing")]
    [InlineData("[]", "is missing")]
    [InlineData("{", "genesis:")]
    [InlineData("""{"initial_configuration":{},"initial_timestamp":"x"}""", "initial_timestamp 'x'")]
    [InlineData("""{"initial_configuration":{},"initial_timestamp":"2018-12-12T10:29:00.000","initial_key":"EOS1"}""", "public key")]
    public void BadFilesNameTheReason(string json, string reason)
    {
        Assert.False(GenesisJson.TryParse(Encoding.UTF8.GetBytes(json), out _, out string? error));
        Assert.Contains(reason, error, StringComparison.Ordinal);
    }
}
