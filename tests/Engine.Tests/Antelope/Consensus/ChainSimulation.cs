using System.Buffers.Binary;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Consensus;
using Tactus.Engine.Protocols.Antelope.Types;

namespace Tactus.Engine.Tests.Antelope.Consensus;

/// <summary>Makes headers as honest producers would: the slot's owner, the confirm count of its watermark, no
/// signatures.</summary>
internal sealed class ChainSimulation
{
    private uint _salt;

    public Watermarks Watermarks { get; } = new(new MemoryWatermarkStore());

    public static PublicKey KeyOf(int index)
    {
        byte[] key = new byte[PublicKey.CompressedSize];
        key[0] = 2;
        BinaryPrimitives.WriteInt32BigEndian(key.AsSpan(29), index + 1);
        return new PublicKey(KeyType.K1, key);
    }

    /// <summary>prodaaa, prodaab, ... each with one key.</summary>
    public static ProducerAuthority[] Producers(int count) =>
    [
        .. Enumerable.Range(0, count).Select(i => new ProducerAuthority(
            Name.Parse($"prod{(char)('a' + (i / 26))}{(char)('a' + (i % 26))}"),
            BlockSigningAuthority.OfKey(KeyOf(i)))),
    ];

    public static HeaderState Genesis(uint slot = 1000) =>
        HeaderState.Genesis(slot, KeyOf(999), Hash256.FromHex(new string('7', 64)));

    /// <summary>A chain whose active schedule has <paramref name="count"/> producers from its next block on; stands at
    /// block 4.</summary>
    public HeaderState StartWith(int count)
    {
        HeaderState state = Extend(Genesis());
        state = Extend(state, header => header.NewProducers = new ProducerSchedule(1, Producers(count)));
        state = Extend(state);
        Assert.Equal(1u, state.ActiveSchedule.Version);
        Assert.Equal(count, state.ActiveSchedule.Producers.Count);
        return state;
    }

    /// <summary>Takes over the watermarks that a real state implies.</summary>
    public void AdoptWatermarks(HeaderState state)
    {
        for (int i = 0; i < state.LastProduced.Count; i++)
        {
            Assert.True(
                Watermarks.Claim(state.LastProduced.NameAt(i), state.LastProduced.Numbers[i], state.Slot).Accepted);
        }
    }

    public HeaderState Extend(HeaderState parent, Action<BlockHeader>? change = null) =>
        Extend(parent, parent.Slot + 1, change);

    public HeaderState Extend(HeaderState parent, uint slot, Action<BlockHeader>? change = null)
    {
        HeaderState? next = TryExtend(parent, slot, out Verdict verdict, change);
        Assert.True(next is not null, verdict.ToString());
        return next;
    }

    /// <summary>Makes the block of a slot unless its producer's watermark forbids it.</summary>
    public HeaderState? TryExtend(
        HeaderState parent, uint slot, out Verdict verdict, Action<BlockHeader>? change = null)
    {
        Name producer = parent.Scheduled(slot).Producer;
        ushort confirmed = Watermarks.ConfirmedAfter(producer, parent);
        verdict = Watermarks.Claim(producer, parent.Number + 1, slot);
        if (!verdict.Accepted)
        {
            return null;
        }

        BlockHeader header = HeaderFor(parent, slot, confirmed);
        change?.Invoke(header);
        verdict = parent.Next(header, KeySignature.Empty, [], out HeaderState? next);
        return next;
    }

    public BlockHeader HeaderFor(HeaderState parent, uint slot, ushort confirmed)
    {
        Span<byte> salt = stackalloc byte[Hash256.Size];
        BinaryPrimitives.WriteUInt32LittleEndian(salt, ++_salt);
        return new BlockHeader
        {
            Slot = slot,
            Producer = parent.Scheduled(slot).Producer,
            Confirmed = confirmed,
            Previous = parent.Id,
            ActionRoot = new Hash256(salt),
            ScheduleVersion = parent.ActiveSchedule.Version,
        };
    }
}
