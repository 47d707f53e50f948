using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Engine.State;

namespace Tactus.Engine.Protocols.Antelope.Execution;

/// <summary>Records that exist once per chain.</summary>
public static class ChainState
{
    private static readonly StateKey ConfigKey = StateKey.Of(StateTables.Config, 0);
    private static readonly StateKey CountersKey = StateKey.Of(StateTables.Counters, 0);

    /// <exception cref="InvalidOperationException">The state has none: genesis was not applied.</exception>
    public static ChainConfig ReadConfig(IStateView view)
    {
        if (!view.TryGetBlob(ConfigKey, out ReadOnlySpan<byte> bytes))
        {
            throw new InvalidOperationException("the state has no chain configuration: apply the genesis first");
        }

        var reader = new ByteReader(bytes);
        return ChainConfig.Read(ref reader);
    }

    public static void WriteConfig(IStateView view, ChainConfig config)
    {
        var writer = new ByteWriter(128);
        config.Write(writer);
        view.PutBlob(ConfigKey, writer.Written);
    }

    /// <summary>Actions executed since genesis: the global sequence of the last one.</summary>
    public static ulong ReadGlobalSequence(IStateView view)
    {
        view.TryGet(CountersKey, out StateCell cell);
        return StateCell.As<ulong>(ref cell);
    }

    public static void WriteGlobalSequence(IStateView view, ulong sequence) =>
        view.Put(CountersKey, StateCell.Of(in sequence));

    /// <summary>How often an account's code and ABI were set.</summary>
    public static (uint Code, uint Abi) ReadCodeSequences(IStateView view, ulong account)
    {
        view.TryGet(StateKey.Of(StateTables.AccountCode, account), out StateCell cell);
        return StateCell.As<(uint, uint)>(ref cell);
    }

    public static void WriteCodeSequences(IStateView view, ulong account, uint code, uint abi) =>
        view.Put(StateKey.Of(StateTables.AccountCode, account), StateCell.Of((code, abi)));
}
