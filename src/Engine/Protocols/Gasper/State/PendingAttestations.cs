using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper.Blocks;
using Tactus.Engine.Protocols.Gasper.Ssz;

namespace Tactus.Engine.Protocols.Gasper.State;

/// <summary>The attestations of an epoch as the state lists them, with the roots that were already computed.</summary>
public sealed class PendingAttestations
{
    private readonly List<PendingAttestation> _items;
    private readonly ChunkedList<Hash256> _roots;

    public PendingAttestations()
    {
        _items = [];
        _roots = new();
    }

    private PendingAttestations(PendingAttestations other)
    {
        _items = [.. other._items];
        _roots = other._roots.Clone();
    }

    public IReadOnlyList<PendingAttestation> Items => _items;

    public void Add(PendingAttestation attestation) => _items.Add(attestation);

    public PendingAttestations Clone() => new(this);

    public Hash256 Root(GasperContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        ulong limit = checked(context.Preset.MaxAttestations * context.Preset.SlotsPerEpoch);
        SszHasher hasher = context.Hasher;
        for (int i = _roots.Count; i < _items.Count; i++)
        {
            _roots.Add(context.Schemas.PendingAttestation.Root(_items[i].Encoded.Span, hasher));
        }

        return hasher.MixInLength(_roots.Root(hasher, limit), (ulong)_items.Count);
    }
}
