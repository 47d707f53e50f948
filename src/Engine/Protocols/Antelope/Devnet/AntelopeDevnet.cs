using Tactus.Engine.Devnet;
using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Production;
using Tactus.Engine.Protocols.Antelope.Consensus;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Engine.State;
using Tactus.Engine.Storage;
using Tactus.Kernels;

namespace Tactus.Engine.Protocols.Antelope.Devnet;

/// <summary>The Antelope devnet: eosio makes the first blocks and hands over to the producers that block 2
/// proposes.</summary>
public sealed class AntelopeDevnet : IDevnet
{
    /// <summary>Blocks read back to learn who signed last: twice the longest round, 125 producers of 12
    /// blocks.</summary>
    private const ulong WatermarkBlocksMax = 2 * 125 * 12;

    /// <summary>System accounts, producers and records that exist once: a margin, nothing depends on it.</summary>
    private const int SystemRecords = 1024;

    private readonly DevnetParameters _parameters;
    private readonly AntelopeProtocol _protocol;
    private readonly TransferLoad _load;

    /// <exception cref="DevnetException">More producers than a schedule takes.</exception>
    public AntelopeDevnet(DevnetParameters parameters, KernelSet kernels)
    {
        if (parameters.Producers > ProducerSchedule.ProducersMax)
        {
            throw new DevnetException(
                $"--producers {parameters.Producers}: 1 to {ProducerSchedule.ProducersMax} fit a schedule");
        }

        _parameters = parameters;
        var keys = new DevnetKeys(parameters);
        Keys = keys;
        _protocol = DevnetChain.Create(parameters, keys, kernels);
        _load = new TransferLoad(parameters, keys, _protocol.ChainId);
    }

    public IProtocol Protocol => _protocol;

    public IProducerKeys Keys { get; }

    public long RecordsExpected => _parameters.Accounts + SystemRecords;

    public string Describe() =>
        $"{_parameters.Producers} producers, {_parameters.Accounts} accounts, "
        + $"{_parameters.TransactionsPerSecond} transfers/s, "
        + $"seed {_parameters.Seed}, chain {_protocol.ChainId.ToShortString()}";

    /// <summary>Claims what the log shows that each producer signed. Nothing else was released: a block of this process
    /// goes through its own pipeline first.</summary>
    public void Resume(ChainStore store)
    {
        BlockLog log = store.Log;
        if (log.IsEmpty)
        {
            return;
        }

        byte[] buffer = [];
        var seen = new HashSet<Name>();
        ulong oldest = log.Head >= WatermarkBlocksMax ? log.Head - WatermarkBlocksMax + 1 : 0;
        for (ulong number = log.Head; number >= Math.Max(log.First, oldest); number--)
        {
            if (log.TryRead(number, ref buffer, out int length, out _))
            {
                var reader = new ByteReader(buffer.AsSpan(0, length));
                BlockHeader header = BlockHeader.Read(ref reader);
                if (seen.Add(header.Producer))
                {
                    _protocol.Watermarks.Claim(header.Producer, header.Number, header.Slot);
                }
            }
        }
    }

    public void Fill(PendingTransactions pending, Chain chain) =>
        _load.Fill(pending, (HeaderState)chain.Head.State.ConsensusState);

    public string Status(Chain chain) =>
        $"{new Name(((HeaderState)chain.Head.State.ConsensusState).Header.Producer.Value),-11} lib "
        + $"-{chain.Head.Number - chain.Root.Number}";
}
