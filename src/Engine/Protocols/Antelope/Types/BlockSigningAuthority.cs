using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols.Antelope.Types;

/// <summary>One key of an authority and its weight.</summary>
public sealed record KeyWeight(PublicKey Key, ushort Weight);

/// <summary>Who may sign a producer's blocks: keys with weights and a threshold (variant 0 of
/// block_signing_authority).</summary>
public sealed class BlockSigningAuthority : IEquatable<BlockSigningAuthority>
{
    /// <summary>Most keys that a schedule entry may name; bounds decoding, well above what chains use.</summary>
    public const int KeysMax = 256;

    public BlockSigningAuthority(uint threshold, IReadOnlyList<KeyWeight> keys)
    {
        Threshold = threshold;
        Keys = keys;
    }

    public uint Threshold { get; }

    public IReadOnlyList<KeyWeight> Keys { get; }

    /// <summary>The authority of a legacy schedule entry: one key, weight 1, threshold 1.</summary>
    public static BlockSigningAuthority OfKey(PublicKey key) => new(1, [new KeyWeight(key, 1)]);

    public static BlockSigningAuthority Read(ref ByteReader reader)
    {
        int at = reader.Position;
        uint variant = reader.ReadVarUInt32();
        if (variant != 0)
        {
            reader.Fail($"block signing authority variant {variant} is unknown (0 = keys and threshold)", at);
        }

        uint threshold = reader.ReadUInt32();
        int count = reader.ReadCount(KeysMax, PublicKey.CompressedSize + 3, "block signing keys");
        var keys = new KeyWeight[count];
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            PublicKey key = PublicKey.Read(ref reader);
            keys[i] = new KeyWeight(key, reader.ReadUInt16());
        }

        return new BlockSigningAuthority(threshold, keys);
    }

    public void Write(ByteWriter writer)
    {
        writer.WriteVarUInt32(0);
        writer.WriteUInt32(Threshold);
        writer.WriteVarUInt32((uint)Keys.Count);
        foreach (KeyWeight key in Keys)
        {
            key.Key.Write(writer);
            writer.WriteUInt16(key.Weight);
        }
    }

    public bool Equals(BlockSigningAuthority? other) =>
        other is not null && Threshold == other.Threshold && Keys.SequenceEqual(other.Keys);

    public override bool Equals(object? obj) => Equals(obj as BlockSigningAuthority);

    public override int GetHashCode() => HashCode.Combine(Threshold, Keys.Count);
}
