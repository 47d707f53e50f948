using Tactus.Engine.Pipeline;
using Tactus.Engine.Production;
using Tactus.Engine.Protocols;
using Tactus.Engine.State;

namespace Tactus.Engine.Devnet;

/// <summary>What a protocol brings to run a local chain whose blocks depend on a seed alone: genesis, keys of every
/// producer, and the load.</summary>
public interface IDevnet
{
    IProtocol Protocol { get; }

    /// <summary>Keys of everybody who makes blocks.</summary>
    IProducerKeys Keys { get; }

    /// <summary>Accounts or outputs expected in the state, which size the store's index.</summary>
    long RecordsExpected { get; }

    /// <summary>One line about the chain: "21 producers, 1000 accounts, 100 transfers/s".</summary>
    string Describe();

    /// <summary>Takes up what a resumed chain's log shows, for instance who signed last.</summary>
    void Resume(ChainStore store);

    /// <summary>Adds the transactions for the block after the head: a function of parameters and head alone.</summary>
    void Fill(PendingTransactions pending, Chain chain);

    /// <summary>What this chain's voters say of the head in a slot, as messages apart from blocks; asked once per slot,
    /// after its block or where it stays empty, and for the head's slot when the devnet starts.</summary>
    IReadOnlyList<byte[]> Vote(Chain chain, long slot) => [];

    /// <summary>What matters in this system after a block, for the end of its line: "lib -12", "epoch 3 justified
    /// 2".</summary>
    string Status(Chain chain);
}
