using Tactus.Engine.Primitives;

namespace Tactus.Engine.ForkTree;

/// <summary>A consensus system's order among blocks. Pure, and constant for a given state: a system whose preference
/// moves with votes picks its head itself (<see cref="BlockTree{TState}.SetHead"/>) and returns 0 from
/// <see cref="Compare"/>.</summary>
/// <typeparam name="TState">Consensus state after a block.</typeparam>
public interface IForkPreference<in TState>
{
    /// <summary>Positive where x is strictly preferred to y. Only strict preference moves the head: of equals the first
    /// validated stays.</summary>
    int Compare(TState x, TState y);

    /// <summary>Among equally preferred blocks that are not validated yet: positive where x is to be tried first, by id
    /// alone.</summary>
    int BreakTie(in Hash256 x, in Hash256 y);
}

/// <summary>Bytes of a consensus state, for saving a fork tree.</summary>
/// <typeparam name="TState">Consensus state after a block.</typeparam>
public interface IForkStateCodec<TState>
{
    void Write(ByteWriter writer, TState state);

    /// <summary>Reads one state; failures stick to the reader.</summary>
    TState Read(ref ByteReader reader);
}
