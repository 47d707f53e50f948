using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols.Quorum.Coins;

/// <summary>The set in memory, for members that judge proposals, for simulations, and the oracle of the stored one.
/// A clone shares everything with its original until one of them changes: a member keeps one for each block and makes
/// one for each proposal.</summary>
public sealed class MemoryUnspentOutputs : IUnspentOutputs, ISpentOutputs
{
    private ImmutableSortedDictionary<Hash256, UnspentOutput> _outputs =
        ImmutableSortedDictionary<Hash256, UnspentOutput>.Empty;

    private ImmutableSortedDictionary<Hash256, SpentOutput> _spent =
        ImmutableSortedDictionary<Hash256, SpentOutput>.Empty;

    public Hash256 UnspentHash { get; private set; }

    public VoteTerm Term { get; set; } = VoteTerm.First;

    public int Count => _outputs.Count;

    /// <summary>All outputs in the order of their ids.</summary>
    public IEnumerable<UnspentOutput> Outputs => _outputs.Values;

    public MemoryUnspentOutputs Clone() => new()
    {
        _outputs = _outputs,
        _spent = _spent,
        UnspentHash = UnspentHash,
        Term = Term,
    };

    public bool TryGet(in Hash256 id, out UnspentOutput output) => _outputs.TryGetValue(id, out output);

    public bool TryAdd(in UnspentOutput output)
    {
        if (_outputs.ContainsKey(output.Id))
        {
            return false;
        }

        _outputs = _outputs.Add(output.Id, output);
        UnspentHash = Xor(UnspentHash, output.SnapshotHash);
        return true;
    }

    public void Spend(in UnspentOutput output, ulong seq)
    {
        _outputs = _outputs.Remove(output.Id);
        _spent = _spent.SetItem(output.Id, new SpentOutput(output.Seq, seq));
        UnspentHash = Xor(UnspentHash, output.SnapshotHash);
        Term = Term.Moved(output);
    }

    public bool TryGetSpent(in Hash256 id, out SpentOutput spent) => _spent.TryGetValue(id, out spent);

    /// <summary>Exclusive or of two hashes.</summary>
    public static Hash256 Xor(in Hash256 x, in Hash256 y)
    {
        Span<ulong> a = stackalloc ulong[4];
        ReadOnlySpan<ulong> b = MemoryMarshal.Cast<byte, ulong>(y.Bytes);
        MemoryMarshal.Cast<byte, ulong>(x.Bytes).CopyTo(a);
        for (int i = 0; i < 4; i++)
        {
            a[i] ^= b[i];
        }

        return new Hash256(MemoryMarshal.AsBytes(a));
    }
}
