using Tactus.Engine.Devnet;
using Tactus.Engine.Protocols.Antelope.Consensus;
using Tactus.Engine.Protocols.Antelope.Execution;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Kernels;

namespace Tactus.Engine.Protocols.Antelope.Devnet;

/// <summary>The chain of a devnet: genesis, accounts and limits from its parameters.</summary>
public static class DevnetChain
{
    /// <summary>Limits of a devnet: room for a million transfers in a block, so that the machine is the
    /// limit.</summary>
    public static ChainConfig Config { get; } = new()
    {
        MaxBlockNetUsage = 512UL * 1024 * 1024,
        MaxBlockCpuUsageUs = 200_000_000,
        MinTransactionCpuUsageUs = 100,
        MaxTransactionLifetimeSec = 3_600,
    };

    public static GenesisState GenesisOf(DevnetKeys keys) => new()
    {
        InitialTimestampUs = DevnetGenesis.UnixUs,
        InitialKey = DevnetKeys.PublicKeyOf(keys.System),
        InitialConfiguration = Config,
    };

    /// <summary>The protocol with its initial state.</summary>
    public static AntelopeProtocol Create(
        DevnetParameters parameters, DevnetKeys keys, KernelSet kernels, Watermarks? watermarks = null)
    {
        var producers = new (Name, PublicKey)[parameters.Producers];
        for (int i = 0; i < producers.Length; i++)
        {
            producers[i] = (DevnetKeys.ProducerName(i), keys.ProducerKey(i));
        }

        var state = new AntelopeGenesis
        {
            Config = Config,
            SystemKey = DevnetKeys.PublicKeyOf(keys.System),
            Producers = producers,
            UserCount = parameters.Accounts,
            UserKeys = (index, key33) => DevnetKeys.PublicKeyOf(keys.UserSecret(index), key33),
            BalanceEach = 1_000_000,
        };
        return new AntelopeProtocol(kernels, GenesisOf(keys), state, new ExecutorOptions())
        {
            Watermarks = watermarks ?? new Watermarks(new MemoryWatermarkStore()),
        };
    }
}
