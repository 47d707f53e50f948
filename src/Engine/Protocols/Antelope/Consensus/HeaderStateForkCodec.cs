using Tactus.Engine.ForkTree;
using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols.Antelope.Consensus;

/// <summary>Header states in a saved fork tree: the packed form of nodeos, and before it what that form leaves
/// out.</summary>
public sealed class HeaderStateForkCodec : IForkStateCodec<HeaderState>
{
    public static HeaderStateForkCodec Instance { get; } = new();

    public void Write(ByteWriter writer, HeaderState state)
    {
        writer.WriteUInt32(state.SavannaGenesis);
        state.Write(writer);
    }

    public HeaderState Read(ref ByteReader reader)
    {
        uint savannaGenesis = reader.ReadUInt32();
        HeaderState state = HeaderState.Read(ref reader);
        return state.SavannaGenesis == savannaGenesis ? state : state.WithSavannaGenesis(savannaGenesis);
    }
}
