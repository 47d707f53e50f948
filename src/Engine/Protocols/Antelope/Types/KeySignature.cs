using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols.Antelope.Types;

/// <summary>A signature as on the wire: 65 bytes [27 + 4 + recovery id | r | s]; WebAuthn adds authenticator data and
/// client JSON.</summary>
public sealed class KeySignature : IEquatable<KeySignature>
{
    public const int CompactSize = 65;

    /// <summary>Longest variable part (authenticator data, client JSON) that a node takes into its pending queue, in
    /// bytes; a block may carry longer ones (leap v5.0.3 maximum-variable-signature-length).</summary>
    public const int VariableBytesMax = 16 * 1024;

    private readonly byte[] _data;

    public KeySignature(KeyType type, ReadOnlySpan<byte> data)
    {
        Type = type;
        _data = data.ToArray();
    }

    public KeyType Type { get; }

    /// <summary>Payload after the variant index.</summary>
    public ReadOnlySpan<byte> Data => _data;

    /// <summary>[header | r | s], 65 bytes.</summary>
    public ReadOnlySpan<byte> Compact => _data.AsSpan(0, CompactSize);

    /// <summary>An all-zero K1 signature: what the genesis block carries.</summary>
    public static KeySignature Empty { get; } = new(KeyType.K1, new byte[CompactSize]);

    public static KeySignature Read(ref ByteReader reader)
    {
        int at = reader.Position;
        uint type = reader.ReadVarUInt32();
        if (type > (uint)KeyType.WebAuthn)
        {
            reader.Fail($"signature variant {type} is unknown (0 = K1, 1 = R1, 2 = WebAuthn)", at);
            return Empty;
        }

        ReadOnlySpan<byte> compact = reader.ReadSpan(CompactSize);
        if ((KeyType)type != KeyType.WebAuthn)
        {
            return reader.Failed ? Empty : new KeySignature((KeyType)type, compact);
        }

        // Written anew, so that the lengths are in their shortest form whatever the bytes had.
        ReadOnlySpan<byte> authenticatorData = reader.ReadBytes(WireLimits.BytesMax, "authenticator data");
        ReadOnlySpan<byte> clientJson = reader.ReadBytes(WireLimits.BytesMax, "client JSON");
        if (reader.Failed)
        {
            return Empty;
        }

        var data = new ByteWriter(CompactSize + authenticatorData.Length + clientJson.Length + 10);
        data.WriteSpan(compact);
        data.WriteBytes(authenticatorData);
        data.WriteBytes(clientJson);
        return new KeySignature(KeyType.WebAuthn, data.Written);
    }

    public void Write(ByteWriter writer)
    {
        writer.WriteVarUInt32((uint)Type);
        writer.WriteSpan(_data);
    }

    public bool Equals(KeySignature? other) =>
        other is not null && Type == other.Type && Data.SequenceEqual(other.Data);

    public override bool Equals(object? obj) => Equals(obj as KeySignature);

    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.Add(Type);
        hash.AddBytes(_data);
        return hash.ToHashCode();
    }
}
