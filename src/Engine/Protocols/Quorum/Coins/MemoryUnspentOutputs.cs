using System.Runtime.InteropServices;
using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols.Quorum.Coins;

/// <summary>The set in memory: cloneable, for members that judge proposals, for simulations, and the oracle of the
/// stored one.</summary>
public sealed class MemoryUnspentOutputs : IUnspentOutputs, ISpentOutputs
{
    private readonly Dictionary<Hash256, UnspentOutput> _outputs = [];
    private readonly Dictionary<Hash256, SpentOutput> _spent = [];

    public Hash256 UnspentHash { get; private set; }

    public int Count => _outputs.Count;

    /// <summary>All outputs, in no particular order.</summary>
    public IReadOnlyCollection<UnspentOutput> Outputs => _outputs.Values;

    public MemoryUnspentOutputs Clone()
    {
        var clone = new MemoryUnspentOutputs { UnspentHash = UnspentHash };
        foreach (KeyValuePair<Hash256, UnspentOutput> pair in _outputs)
        {
            clone._outputs.Add(pair.Key, pair.Value);
        }

        foreach (KeyValuePair<Hash256, SpentOutput> pair in _spent)
        {
            clone._spent.Add(pair.Key, pair.Value);
        }

        return clone;
    }

    public bool TryGet(in Hash256 id, out UnspentOutput output) => _outputs.TryGetValue(id, out output);

    public bool TryAdd(in UnspentOutput output)
    {
        if (!_outputs.TryAdd(output.Id, output))
        {
            return false;
        }

        UnspentHash = Xor(UnspentHash, output.SnapshotHash);
        return true;
    }

    public void Spend(in UnspentOutput output, ulong seq)
    {
        _outputs.Remove(output.Id);
        _spent[output.Id] = new SpentOutput(output.Seq, seq);
        UnspentHash = Xor(UnspentHash, output.SnapshotHash);
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
