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

/// <summary>A public key as on the wire: K1 and R1 are 33 compressed bytes; WebAuthn adds user presence and the relying party id.</summary>
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

        int start = reader.Position;
        reader.Skip(CompressedSize);
        if ((KeyType)type == KeyType.WebAuthn)
        {
            reader.Skip(1);
            int party = reader.Position;
            if (reader.ReadBytes(WireLimits.BytesMax, "relying party id").IsEmpty)
            {
                // leap v5.0.3 elliptic_webauthn.cpp post_init
                reader.Fail("relying party id of a WebAuthn key is empty", party);
            }
        }

        return new PublicKey((KeyType)type, reader.Failed ? default : reader.Buffer[start..reader.Position]);
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
