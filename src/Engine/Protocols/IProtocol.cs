using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Production;
using Tactus.Engine.Signatures;
using Tactus.Engine.State;
using Tactus.Kernels;

namespace Tactus.Engine.Protocols;

/// <summary>One consensus system: its block format, its rules and its state transition. Everything it brings is
/// deterministic; clocks, disks and networks stay outside.</summary>
public interface IProtocol
{
    /// <summary>Name on the command line: "antelope", "graphene", ...</summary>
    string Name { get; }

    /// <summary>What tells this chain from others of the system.</summary>
    Hash256 ChainId { get; }

    IConsensus Consensus { get; }

    /// <summary>Decodes blocks; may keep buffers, so each pipeline has its own.</summary>
    IBlockDecoder CreateDecoder(KernelSet kernels);

    /// <summary>Decodes transactions that come alone, for the pending queue; null where the system has none.</summary>
    ITransactionDecoder? CreateTransactionDecoder(KernelSet kernels) => null;

    /// <summary>Applies blocks; keeps what a chain needs beside its records, so each chain has its own.</summary>
    IBlockTransition CreateTransition(KernelSet kernels);

    /// <summary>Chooses the head of a chain from its votes; null where the states of blocks decide
    /// (<see cref="IConsensus.Prefer"/>).</summary>
    /// <param name="root">The block that the chain starts from.</param>
    /// <param name="transition">The chain's; null where blocks are not executed.</param>
    IForkChoice? CreateForkChoice(GenesisBlock root, IBlockTransition? transition) => null;

    /// <summary>Builds blocks on top of a chain that runs this protocol.</summary>
    IBlockBuilder CreateBuilder(KernelSet kernels, IBlockTransition transition, IProducerKeys keys);

    /// <summary>Checks signatures that are not plain secp256k1, or null where the system has none.</summary>
    ISlowSignatures? SlowSignatures { get; }

    /// <summary>The block that the chain starts from.</summary>
    GenesisBlock Genesis { get; }
}

/// <summary>The block that a chain starts from and the consensus state after it.</summary>
/// <param name="Number">Its number (1 in Antelope, 0 elsewhere).</param>
/// <param name="Id">Its id, which the first produced block links to.</param>
/// <param name="Slot">Its slot.</param>
/// <param name="Bytes">Its serialized form, empty where the system has no genesis block.</param>
/// <param name="ConsensusState">State after it.</param>
public sealed record GenesisBlock(
    uint Number, Hash256 Id, long Slot, ReadOnlyMemory<byte> Bytes, object ConsensusState);

/// <summary>Turns block bytes into lanes and checks the block's own commitments to its transactions.</summary>
public interface IBlockDecoder
{
    /// <summary>One pass over the bytes: identity, header, transactions, signatures with digests, Merkle
    /// leaves.</summary>
    Verdict Decode(BlockWork block);

    /// <summary>Compares the root of the block's leaves with the header. Overwrites the leaves.</summary>
    Verdict CheckRoot(BlockWork block);
}

/// <summary>The rules of a system as pure functions over immutable states: given headers they return decisions. No I/O,
/// no clock.</summary>
public interface IConsensus
{
    /// <summary>Length of a slot in microseconds.</summary>
    long SlotUs { get; }

    /// <summary>The slot that a wall time falls into, in the protocol's own count.</summary>
    long SlotAt(long unixUs);

    /// <summary>When a slot begins, in Unix microseconds.</summary>
    long SlotStartUs(long slot);

    /// <summary>What the header alone can tell against its parent's state: link, slot, scheduled producer, version,
    /// producer signature. On success sets <see cref="BlockWork.ConsensusState"/>.</summary>
    /// <param name="trustSignature">Skip the producer signature (replay of blocks that are already final).</param>
    Verdict CheckHeader(BlockWork block, object parentState, bool trustSignature);

    /// <summary>The first slot after <paramref name="slot"/> that a block on top of a state may have. Not every slot
    /// need be one: a system may skip some after costly work, or count slots in seconds because it can change their
    /// length.</summary>
    long NextSlot(object state, long slot) => slot + 1;

    /// <summary>Who may produce a slot on top of a state.</summary>
    ulong ProducerAt(object state, long slot);

    /// <summary>Number of the last block that can never be unwound, as this state knows it.</summary>
    uint FinalizedNumber(object state);

    /// <summary>Positive when the block after which the state is <paramref name="x"/> is the better head. Zero keeps
    /// the one that was validated first. Systems with an <see cref="IForkChoice"/> return zero.</summary>
    int Prefer(object x, object y);

    /// <summary>Among equally good blocks that are not applied yet: positive where <paramref name="x"/> is tried
    /// first.</summary>
    int BreakTie(in Hash256 x, in Hash256 y);

    void Save(object state, ByteWriter writer);

    object Load(ref ByteReader reader);
}

/// <summary>Applies one block at a time to a view. Called in order: Begin, Apply for each run of transactions, Finish;
/// then Committed, or Abandoned when anything was rejected.</summary>
public interface IBlockTransition
{
    /// <summary>Writes the state that the genesis block stands for into an empty view.</summary>
    /// <param name="view">Receives the records.</param>
    /// <param name="flush">Commits what the view holds and empties it: called between chunks, so that a state of
    /// millions of accounts never passes through one view. The rest is committed by the caller.</param>
    void InitializeState(IStateView view, Action flush);

    /// <summary>Names the keys that the signers' authorities of transactions [first, first + count) hold now, so that
    /// signatures can be checked in batches against them. A hint: changes no verdict. Several threads may call it at
    /// once for different ranges, each with a session of its own, beside everything else.</summary>
    void ExpectKeys(BlockWork block, int firstTransaction, int count, IStateSession state);

    /// <summary>Names the threads that may be used inside the calls below. Results never depend on how many there
    /// are.</summary>
    void Use(IParallelRunner runner)
    {
        // A transition that works serially needs none.
    }

    /// <summary>Starts a block on an empty view of its parent's state.</summary>
    /// <param name="block">The decoded block; its consensus state is set.</param>
    /// <param name="parentState">Consensus state of the parent.</param>
    /// <param name="view">Receives the block's writes.</param>
    /// <param name="checkAuthority">False in light validation: signatures and authorities are trusted.</param>
    Verdict Begin(BlockWork block, object parentState, IStateView view, bool checkAuthority);

    /// <summary>Applies transactions [first, first + count), whose signatures are checked.</summary>
    Verdict Apply(BlockWork block, int firstTransaction, int count);

    /// <summary>End of the block: compares what execution gives with what the header says. Where consensus depends on
    /// execution (elections, keys), replaces <see cref="BlockWork.ConsensusState"/>, which the header check set, by
    /// what is now known.</summary>
    Verdict Finish(BlockWork block);

    /// <summary>The consensus state of the block on which the store stands: what headers say, or what the records hold
    /// where consensus depends on execution.</summary>
    object HeadState(IStateSession state, object headerState) => headerState;

    /// <summary>The block's writes are in the store.</summary>
    void Committed(BlockWork block);

    /// <summary>The block was not accepted; whatever the transition keeps goes back to before Begin.</summary>
    void Abandoned(BlockWork block);

    /// <summary>A committed block was unwound (fork switch): the newest one first.</summary>
    void Unwound(uint number, in Hash256 id);

    /// <summary>Blocks up to this number will never be unwound.</summary>
    void Finalized(uint number);

    /// <summary>Saves what the transition keeps beside the state's records.</summary>
    void Save(ByteWriter writer);

    void Load(ref ByteReader reader);
}
