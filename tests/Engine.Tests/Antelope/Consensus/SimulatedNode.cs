using Tactus.Engine.ForkTree;
using Tactus.Engine.Protocols.Antelope.Consensus;
using Tactus.Engine.Protocols.Antelope.Types;

namespace Tactus.Engine.Tests.Antelope.Consensus;

/// <summary>A node reduced to consensus: headers in any order go in; it parks, adds, moves its head and its
/// root.</summary>
internal sealed class SimulatedNode
{
    private readonly ParkedBlocks<BlockHeader> _parked = new();

    public SimulatedNode(HeaderState root)
    {
        Tree = new BlockTree<HeaderState>(
            root.Id, root.Header.Previous, root.Number, root.Slot, root, HeaderPreference.Instance);
    }

    public BlockTree<HeaderState> Tree { get; set; }

    public HeaderState Head => Tree.Head.State;

    public int ParkedCount => _parked.Count;

    /// <summary>The last move that was more than an extension: blocks unwound and applied.</summary>
    public (int Unwound, int Applied) LastSwitch { get; private set; }

    public void Receive(BlockHeader header)
    {
        var ready = new Queue<BlockHeader>([header]);
        while (ready.TryDequeue(out BlockHeader? next))
        {
            ForkNode<HeaderState>? parent = Tree.Find(next.Previous);
            if (parent is null)
            {
                if (next.Number > Tree.Root.Number)
                {
                    _parked.Park(next.Id(), next.Previous, next.Number, 1, next);
                }

                continue;
            }

            Assert.True(parent.State.Next(next, KeySignature.Empty, [], out HeaderState? state).Accepted);
            Tree.Add(state!.Id, next.Previous, state.Number, state.Slot, state, out _);
            foreach (BlockHeader child in _parked.TakeChildren(state.Id))
            {
                ready.Enqueue(child);
            }
        }

        MoveHead();
    }

    private void MoveHead()
    {
        uint finalBefore = Tree.Root.Number;
        while (Tree.Candidate != Tree.Head)
        {
            ForkNode<HeaderState> candidate = Tree.Candidate;
            SwitchPath<HeaderState> path = Tree.PathBetween(Tree.Head, candidate);
            foreach (ForkNode<HeaderState> node in path.Apply)
            {
                Tree.MarkValidated(node);
            }

            Assert.Equal(candidate, Tree.Head);
            if (path.Unwind.Count > 0)
            {
                LastSwitch = (path.Unwind.Count, path.Apply.Count);
            }
        }

        if (Head.Irreversible > Tree.Root.Number)
        {
            ForkNode<HeaderState>? final = Tree.AncestorAt(Tree.Head, Head.Irreversible);
            Assert.NotNull(final);
            Tree.AdvanceRoot(final, out _);
            _parked.DropUpTo(Tree.Root.Number);
        }

        Assert.True(Tree.Root.Number >= finalBefore);
        Assert.True(Tree.IsAncestor(Tree.Root, Tree.Head));
    }
}
