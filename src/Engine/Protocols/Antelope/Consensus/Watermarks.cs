using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Types;

namespace Tactus.Engine.Protocols.Antelope.Consensus;

/// <summary>The highest block number and slot that a producer ever signed.</summary>
public readonly record struct Watermark(Name Producer, uint Number, uint Slot);

/// <summary>Where watermarks outlive the process.</summary>
public interface IWatermarkStore
{
    /// <summary>All watermarks stored.</summary>
    IReadOnlyList<Watermark> Load();

    /// <summary>Stores one; returns only when it would survive a crash. Throws where it cannot, and then nothing is
    /// signed.</summary>
    void Save(Watermark watermark);
}

/// <summary>Keeps this node from signing two blocks for one number or slot (specs: antelope.md 3.4). nodeos holds these
/// in memory only; here each is stored before the signature is released, so a restart cannot forget it. Safe for
/// concurrent use.</summary>
public sealed class Watermarks
{
    private readonly Lock _gate = new();
    private readonly IWatermarkStore _store;
    private readonly Dictionary<Name, Watermark> _byProducer = [];

    public Watermarks(IWatermarkStore store)
    {
        _store = store;
        foreach (Watermark watermark in store.Load())
        {
            _byProducer[watermark.Producer] = _byProducer.TryGetValue(watermark.Producer, out Watermark known)
                ? Higher(known, watermark)
                : watermark;
        }
    }

    public Watermark? Find(Name producer)
    {
        lock (_gate)
        {
            return _byProducer.TryGetValue(producer, out Watermark watermark) ? watermark : null;
        }
    }

    /// <summary>How many blocks before the next one the producer may confirm: those since its watermark, none that are
    /// final, and none where it is not known to have produced, or where its watermark lies on another branch.</summary>
    public ushort ConfirmedAfter(Name producer, HeaderState head)
    {
        if (Find(producer) is not { } watermark || watermark.Number >= head.Number)
        {
            return 0;
        }

        uint confirmed = Math.Min(head.Number - watermark.Number, ushort.MaxValue);
        return (ushort)Math.Min(confirmed, head.Number - Math.Min(head.Irreversible, head.Number));
    }

    /// <summary>Claims the right to sign one block. Accepted only above the watermark in number and in slot, and only
    /// after the new watermark is stored; the claim stands even if the block is never published.</summary>
    public Verdict Claim(Name producer, uint number, uint slot)
    {
        lock (_gate)
        {
            if (_byProducer.TryGetValue(producer, out Watermark known)
                && (number <= known.Number || slot <= known.Slot))
            {
                return Verdict.Reject(
                    RejectReason.DoubleSign,
                    $"{producer} signed block {known.Number} in slot {known.Slot} already; "
                    + $"block {number} in slot {slot} is refused");
            }

            var watermark = new Watermark(producer, number, slot);
            _store.Save(watermark);
            _byProducer[producer] = watermark;
            return Verdict.Ok;
        }
    }

    private static Watermark Higher(Watermark x, Watermark y) =>
        new(x.Producer, Math.Max(x.Number, y.Number), Math.Max(x.Slot, y.Slot));
}

/// <summary>Watermarks that last as long as the process: tests and simulations.</summary>
public sealed class MemoryWatermarkStore : IWatermarkStore
{
    private readonly Dictionary<Name, Watermark> _watermarks = [];

    public IReadOnlyList<Watermark> Load() => [.. _watermarks.Values];

    public void Save(Watermark watermark) => _watermarks[watermark.Producer] = watermark;
}
