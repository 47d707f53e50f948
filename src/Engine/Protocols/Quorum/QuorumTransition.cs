using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Quorum.Blocks;
using Tactus.Engine.State;

namespace Tactus.Engine.Protocols.Quorum;

/// <summary>Applies blocks to the unspent outputs of the engine's state. Everything is in the view, so there is nothing
/// to take back and nothing to save beside it.</summary>
public sealed class QuorumTransition : IBlockTransition
{
    /// <summary>Outputs written to one view at genesis.</summary>
    private const int OutputsPerChunk = 1 << 16;

    private readonly QuorumGenesis _genesis;
    private readonly BlockApplication _application;

    public QuorumTransition(QuorumGenesis genesis, QuorumParameters parameters)
    {
        _genesis = genesis;
        _application = new BlockApplication(parameters);
    }

    public StoredUnspentOutputs Unspent { get; } = new();

    public void InitializeState(IStateView view, Action flush)
    {
        Unspent.Begin(view);
        for (int i = 0; i < _genesis.OutputCount; i++)
        {
            if (!Unspent.TryAdd(_genesis.Output(i)))
            {
                throw new InvalidOperationException($"genesis output {i} comes twice");
            }

            if ((i + 1) % OutputsPerChunk == 0)
            {
                flush();
            }
        }

        Unspent.Finish();
    }

    public void ExpectKeys(BlockWork block, int firstTransaction, int count, IStateSession state)
    {
        // Outputs name the hash of a key, so keys are recovered.
    }

    public Verdict Begin(BlockWork block, object parentState, IStateView view, bool checkAuthority)
    {
        Unspent.Begin(view);
        return _application.Begin(block, (QuorumState)parentState, Unspent, Unspent, checkAuthority);
    }

    public Verdict Apply(BlockWork block, int firstTransaction, int count)
    {
        for (int i = firstTransaction; i < firstTransaction + count; i++)
        {
            Verdict verdict = _application.Apply(block, i);
            if (!verdict.Accepted)
            {
                return verdict;
            }
        }

        return Verdict.Ok;
    }

    public Verdict Finish(BlockWork block)
    {
        Verdict verdict = _application.Finish(block);
        if (verdict.Accepted)
        {
            Unspent.Finish();
        }

        return verdict;
    }

    public void Committed(BlockWork block)
    {
    }

    public void Abandoned(BlockWork block)
    {
    }

    public void Unwound(uint number, in Hash256 id)
    {
    }

    public void Finalized(uint number)
    {
    }

    public void Save(ByteWriter writer)
    {
    }

    public void Load(ref ByteReader reader)
    {
    }
}
