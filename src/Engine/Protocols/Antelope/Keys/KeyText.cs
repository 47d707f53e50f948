using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Kernels;

namespace Tactus.Engine.Protocols.Antelope.Keys;

/// <summary>Keys and signatures as people read them: PUB_K1_..., SIG_R1_..., PVT_K1_..., the older EOS... and WIF
/// (leap v5.0.3 libfc crypto/public_key.cpp, signature.cpp, private_key.cpp, common.hpp).</summary>
/// <remarks>Text = base 58 of the data and the first four bytes of RIPEMD-160(data, and the name of the curve); EOS...
/// leaves the name out; WIF is base 58 of 0x80, the 32 bytes, and four bytes of a double SHA-256.</remarks>
public static class KeyText
{
    private const int ChecksumSize = 4;
    private const byte WifPrefix = 0x80;
    private const string LegacyPrefix = "EOS";

    // Indexed by KeyType.
    private static readonly string[] CurveNames = ["K1", "R1", "WA"];

    /// <summary>As nodeos prints it: EOS... for K1, PUB_R1_... and PUB_WA_... for the others.</summary>
    public static string ToText(PublicKey key) =>
        key.Type == KeyType.K1 ? LegacyPrefix + Encode(key.Data, string.Empty) : ToPrefixedText(key);

    /// <summary>PUB_K1_..., PUB_R1_..., PUB_WA_....</summary>
    public static string ToPrefixedText(PublicKey key) => $"PUB_{Curve(key.Type)}_{Encode(key.Data, Curve(key.Type))}";

    /// <summary>SIG_K1_..., SIG_R1_..., SIG_WA_....</summary>
    public static string ToText(KeySignature signature) =>
        $"SIG_{Curve(signature.Type)}_{Encode(signature.Data, Curve(signature.Type))}";

    /// <summary>As nodeos prints it: WIF (5...) for K1, PVT_R1_... for R1.</summary>
    public static string ToText(PrivateKey key)
    {
        if (key.Type != KeyType.K1)
        {
            return ToPrefixedText(key);
        }

        Span<byte> bytes = stackalloc byte[1 + PrivateKey.Size + ChecksumSize];
        bytes[0] = WifPrefix;
        key.Secret.CopyTo(bytes[1..]);
        WifChecksum(bytes[..^ChecksumSize], bytes[^ChecksumSize..]);
        return Base58.Encode(bytes);
    }

    /// <summary>PVT_K1_..., PVT_R1_....</summary>
    public static string ToPrefixedText(PrivateKey key) =>
        $"PVT_{Curve(key.Type)}_{Encode(key.Secret, Curve(key.Type))}";

    /// <exception cref="FormatException">The text is no public key; the message says why.</exception>
    public static PublicKey ParsePublicKey(string text) =>
        TryParsePublicKey(text, out PublicKey? key, out string? error) ? key : throw new FormatException(error);

    /// <exception cref="FormatException">The text is no signature; the message says why.</exception>
    public static KeySignature ParseSignature(string text) =>
        TryParseSignature(text, out KeySignature? signature, out string? error)
            ? signature
            : throw new FormatException(error);

    /// <exception cref="FormatException">The text is no private key; the message does not repeat the text.</exception>
    public static PrivateKey ParsePrivateKey(string text) =>
        TryParsePrivateKey(text, out PrivateKey? key, out string? error) ? key : throw new FormatException(error);

    public static bool TryParsePublicKey(
        string text, [NotNullWhen(true)] out PublicKey? key, [NotNullWhen(false)] out string? error)
    {
        key = null;
        bool legacy = text.StartsWith(LegacyPrefix, StringComparison.Ordinal);
        var type = KeyType.K1;
        byte[]? data;
        if (legacy)
        {
            if (!TryDecode(text.AsSpan(LegacyPrefix.Length), string.Empty, out data, out error))
            {
                error = $"public key '{Shown(text)}': {error}";
                return false;
            }
        }
        else if (!TryDecodePrefixed(
            text, "PUB", "EOS..., PUB_K1_..., PUB_R1_... or PUB_WA_...", out type, out data, out error))
        {
            error = $"public key '{Shown(text)}': {error}";
            return false;
        }

        key = Whole(type, data, (ref ByteReader reader) => PublicKey.Read(ref reader));
        error = key is null ? $"public key '{Shown(text)}': its {data.Length} bytes are no {Curve(type)} key" : null;
        return error is null;
    }

    public static bool TryParseSignature(
        string text, [NotNullWhen(true)] out KeySignature? signature, [NotNullWhen(false)] out string? error)
    {
        signature = null;
        if (!TryDecodePrefixed(
            text, "SIG", "SIG_K1_..., SIG_R1_... or SIG_WA_...", out KeyType type, out byte[]? data, out error))
        {
            error = $"signature '{Shown(text)}': {error}";
            return false;
        }

        signature = Whole(type, data, (ref ByteReader reader) => KeySignature.Read(ref reader));
        error = signature is null
            ? $"signature '{Shown(text)}': its {data.Length} bytes are no {Curve(type)} signature"
            : null;
        return error is null;
    }

    public static bool TryParsePrivateKey(
        string text, [NotNullWhen(true)] out PrivateKey? key, [NotNullWhen(false)] out string? error)
    {
        key = null;
        var type = KeyType.K1;
        byte[]? data;
        if (text.StartsWith("PVT_", StringComparison.Ordinal))
        {
            if (!TryDecodePrefixed(text, "PVT", "PVT_K1_... or PVT_R1_...", out type, out data, out error))
            {
                error = $"private key: {error}";
                return false;
            }
        }
        else if (!TryDecodeWif(text, out data, out error))
        {
            error = $"private key: {error}";
            return false;
        }

        if (type == KeyType.WebAuthn || data.Length != PrivateKey.Size)
        {
            error = $"private key: {data.Length} bytes of type {Curve(type)} are no private key (32 bytes, K1 or R1)";
            return false;
        }

        key = new PrivateKey(type, data);
        error = null;
        return true;
    }

    private delegate T ReadOf<T>(ref ByteReader reader);

    /// <summary>Reads data as the wire form of its type, which must take all of it.</summary>
    private static T? Whole<T>(KeyType type, byte[] data, ReadOf<T> read)
        where T : class
    {
        byte[] wire = [(byte)type, .. data];
        var reader = new ByteReader(wire);
        T value = read(ref reader);
        return reader.Failed || reader.Remaining != 0 ? null : value;
    }

    private static string Curve(KeyType type) => CurveNames[(int)type];

    private static string Shown(string text) => text.Length <= 24 ? text : text[..24] + "...";

    private static string Encode(ReadOnlySpan<byte> data, string suffix)
    {
        byte[] bytes = new byte[data.Length + ChecksumSize];
        data.CopyTo(bytes);
        Checksum(data, suffix, bytes.AsSpan(data.Length));
        return Base58.Encode(bytes);
    }

    private static bool TryDecodePrefixed(
        string text,
        string kind,
        string wanted,
        out KeyType type,
        [NotNullWhen(true)] out byte[]? data,
        [NotNullWhen(false)] out string? error)
    {
        type = default;
        data = null;

        // "PUB_K1_" and so on: three letters, an underscore, the curve, an underscore.
        int curve = text.Length > 7 && text[3] == '_' && text[6] == '_'
            && text.StartsWith(kind, StringComparison.Ordinal)
            ? Array.IndexOf(CurveNames, text[4..6])
            : -1;
        if (curve < 0)
        {
            error = $"must begin {wanted}";
            return false;
        }

        type = (KeyType)curve;
        return TryDecode(text.AsSpan(7), CurveNames[curve], out data, out error);
    }

    private static bool TryDecode(
        ReadOnlySpan<char> text, string suffix, [NotNullWhen(true)] out byte[]? data,
        [NotNullWhen(false)] out string? error)
    {
        data = null;
        if (!Base58.TryDecode(text, out byte[]? bytes, out error))
        {
            return false;
        }

        if (bytes.Length < ChecksumSize)
        {
            error = "is too short";
            return false;
        }

        Span<byte> expected = stackalloc byte[ChecksumSize];
        Checksum(bytes.AsSpan(0, bytes.Length - ChecksumSize), suffix, expected);
        if (!bytes.AsSpan(bytes.Length - ChecksumSize).SequenceEqual(expected))
        {
            error = "checksum is wrong (mistyped or cut?)";
            return false;
        }

        data = bytes[..^ChecksumSize];
        return true;
    }

    private static bool TryDecodeWif(
        string text, [NotNullWhen(true)] out byte[]? data, [NotNullWhen(false)] out string? error)
    {
        data = null;
        if (!Base58.TryDecode(text, out byte[]? bytes, out error))
        {
            return false;
        }

        if (bytes.Length != 1 + PrivateKey.Size + ChecksumSize || bytes[0] != WifPrefix)
        {
            error = "is neither WIF (5...) nor PVT_K1_... nor PVT_R1_...";
            return false;
        }

        Span<byte> expected = stackalloc byte[ChecksumSize];
        WifChecksum(bytes.AsSpan(0, bytes.Length - ChecksumSize), expected);
        if (!bytes.AsSpan(bytes.Length - ChecksumSize).SequenceEqual(expected))
        {
            error = "checksum is wrong (mistyped or cut?)";
            return false;
        }

        data = bytes[1..^ChecksumSize];
        return true;
    }

    private static void Checksum(ReadOnlySpan<byte> data, string suffix, Span<byte> checksum)
    {
        Span<byte> digest = stackalloc byte[Ripemd160.DigestBytes];
        Ripemd160.Hash([.. data, .. Encoding.ASCII.GetBytes(suffix)], digest);
        digest[..ChecksumSize].CopyTo(checksum);
    }

    private static void WifChecksum(ReadOnlySpan<byte> data, Span<byte> checksum)
    {
        Span<byte> digest = stackalloc byte[Hash256.Size];
        SHA256.HashData(data, digest);
        SHA256.HashData(digest, digest);
        digest[..ChecksumSize].CopyTo(checksum);
    }
}
