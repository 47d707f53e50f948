using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols.Antelope.Types;

/// <summary>Curve and scheme of a key or signature: the variant index on the wire.</summary>
public enum KeyType : byte
{
    /// <summary>secp256k1.</summary>
    K1 = 0,

    /// <summary>secp256r1 (P-256).</summary>
    R1 = 1,

    /// <summary>WebAuthn over secp256r1.</summary>
    WebAuthn = 2,
}

/// <summary>A public key as on the wire: K1 and R1 are 33 compressed bytes; WebAuthn adds user presence and the relying
/// party id.</summary>
public sealed class PublicKey : IEquatable<PublicKey>
{
    public const int CompressedSize = 33;

    private readonly byte[] _data;

    /// <param name="type">Variant.</param>
    /// <param name="data">Everything after the variant index.</param>
    public PublicKey(KeyType type, ReadOnlySpan<byte> data)
    {
        Type = type;
        _data = data.ToArray();
    }

    public KeyType Type { get; }

    /// <summary>Payload after the variant index.</summary>
    public ReadOnlySpan<byte> Data => _data;

    /// <summary>The 33-byte compressed point.</summary>
    public ReadOnlySpan<byte> Compressed => _data.AsSpan(0, CompressedSize);

    public static PublicKey Read(ref ByteReader reader)
    {
        int at = reader.Position;
        uint type = reader.ReadVarUInt32();
        if (type > (uint)KeyType.WebAuthn)
        {
            reader.Fail($"public key variant {type} is unknown (0 = K1, 1 = R1, 2 = WebAuthn)", at);
            return new PublicKey(KeyType.K1, default);
        }

        ReadOnlySpan<byte> compressed = reader.ReadSpan(CompressedSize);
        if ((KeyType)type != KeyType.WebAuthn)
        {
            return new PublicKey((KeyType)type, compressed);
        }

        // Written anew, so that the length is in its shortest form whatever the bytes had.
        byte userPresence = reader.ReadByte();
        int party = reader.Position;
        ReadOnlySpan<byte> relyingParty = reader.ReadBytes(WireLimits.BytesMax, "relying party id");
        if (relyingParty.IsEmpty)
        {
            // leap v5.0.3 elliptic_webauthn.cpp post_init
            reader.Fail("relying party id of a WebAuthn key is empty", party);
        }

        var data = new ByteWriter(CompressedSize + 1 + relyingParty.Length + 5);
        data.WriteSpan(compressed);
        data.WriteByte(userPresence);
        data.WriteBytes(relyingParty);
        return new PublicKey(KeyType.WebAuthn, data.Written);
    }

    public void Write(ByteWriter writer)
    {
        writer.WriteVarUInt32((uint)Type);
        writer.WriteSpan(_data);
    }

    public bool Equals(PublicKey? other) => other is not null && Type == other.Type && Data.SequenceEqual(other.Data);

    public override bool Equals(object? obj) => Equals(obj as PublicKey);

    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.Add(Type);
        hash.AddBytes(_data);
        return hash.ToHashCode();
    }
}
