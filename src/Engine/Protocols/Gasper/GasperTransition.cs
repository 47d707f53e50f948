using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper.Production;
using Tactus.Engine.Protocols.Gasper.State;
using Tactus.Engine.State;

namespace Tactus.Engine.Protocols.Gasper;

/// <summary>Puts into the store what a block changed: the transition itself ran in the header check, on the state that
/// blocks hold. What lies in the store is what queries and the state hash see, and what is undone with a
/// block.</summary>
public sealed class GasperTransition(GasperState genesis, AttestationPool pool) : IBlockTransition
{
    /// <summary>Validators whose genesis records go into the store at once.</summary>
    private const int FlushValidators = 65_536;

    private GasperState? _parent;
    private IStateView? _view;

    /// <summary>Votes that wait for a block of this node.</summary>
    public AttestationPool Pool => pool;

    public void InitializeState(IStateView view, Action flush)
    {
        BeaconState state = genesis.Copy();
        for (int i = 0; i < state.Validators.Count; i++)
        {
            ValidatorRecords.WriteNew(view, state, i);
            if (i % FlushValidators == FlushValidators - 1)
            {
                flush();
            }
        }

        ValidatorRecords.WriteSummary(view, genesis);
    }

    public void ExpectKeys(BlockWork block, int firstTransaction, int count, IStateSession state)
    {
    }

    public Verdict Begin(BlockWork block, object parentState, IStateView view, bool checkAuthority)
    {
        _parent = (GasperState)parentState;
        _view = view;
        return Verdict.Ok;
    }

    /// <summary>A beacon block has no transactions.</summary>
    public Verdict Apply(BlockWork block, int firstTransaction, int count) => Verdict.Ok;

    public Verdict Finish(BlockWork block)
    {
        var after = (GasperState)block.ConsensusState!;
        ValidatorRecords.WriteChanges(_view!, _parent!.Copy(), after.Copy());
        ValidatorRecords.WriteSummary(_view!, after);
        return Verdict.Ok;
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
