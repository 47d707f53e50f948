using System.Numerics;
using System.Security.Cryptography;
using Tactus.Engine.Devnet;
using Tactus.Engine.Protocols.Antelope;
using Tactus.Engine.Protocols.Antelope.Consensus;
using Tactus.Engine.Protocols.Antelope.Devnet;
using Tactus.Engine.Protocols.Antelope.Execution;
using Tactus.Kernels;

namespace Tactus.Bench.Pipeline;

/// <summary>The chain that is measured: a devnet's limits, eosio as the only producer, accounts of which some can sign.</summary>
internal sealed class BenchChain
{
    private readonly int _stride;
    private readonly byte[] _keys;
    private readonly DevnetKeys _producer = new(new DevnetParameters());

    /// <param name="accounts">User accounts.</param>
    /// <param name="keys">64-byte keys of those that send, spread evenly over the accounts.</param>
    public BenchChain(int accounts, byte[] keys)
    {
        Accounts = accounts;
        _keys = keys;
        _stride = accounts / (keys.Length / 64);
    }

    public int Accounts { get; }

    public DevnetKeys ProducerKeys => _producer;

    public static BigInteger SenderSecret(int sender) => FastSigner.SecretOf("sender", sender);

    /// <summary>Account index of a sender.</summary>
    public int AccountOf(int sender) => sender * _stride;

    /// <summary>33-byte key of a sender.</summary>
    public void SenderKey(int sender, Span<byte> key33)
    {
        key33[0] = (byte)(2 | (_keys[(64 * sender) + 63] & 1));
        _keys.AsSpan(64 * sender, 32).CopyTo(key33[1..]);
    }

    public AntelopeProtocol CreateProtocol(KernelSet kernels)
    {
        var state = new AntelopeGenesis
        {
            Config = DevnetChain.Config,
            SystemKey = DevnetKeys.PublicKeyOf(_producer.System),
            UserCount = Accounts,
            UserKeys = UserKey,
            BalanceEach = 1_000_000,
        };
        return new AntelopeProtocol(kernels, DevnetChain.GenesisOf(_producer), state, new ExecutorOptions())
        {
            Watermarks = new Watermarks(new MemoryWatermarkStore()),
        };
    }

    // Accounts that never send have a key that nobody knows.
    private void UserKey(int account, Span<byte> key33)
    {
        if (account % _stride == 0 && account / _stride < _keys.Length / 64)
        {
            SenderKey(account / _stride, key33);
            return;
        }

        key33[0] = 2;
        SHA256.HashData(BitConverter.GetBytes(account), key33[1..]);
    }
}
