using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Kernels.Secp256k1;
using Tactus.Kernels.Secp256r1;

namespace Tactus.Engine.Protocols.Antelope.Keys;

/// <summary>
/// Recovers the key of a WebAuthn signature: the authenticator signs its own data and a JSON text that quotes the
/// digest. Source of every rule: AntelopeIO/leap libraries/libfc/src/crypto/elliptic_webauthn.cpp and base64.cpp.
/// </summary>
/// <remarks>
/// The JSON reader differs from the one of nodeos (rapidjson) on texts that no authenticator writes: numbers too large
/// for a double are accepted here, and strings that are not UTF-8 are refused where they are type, challenge or origin.
/// </remarks>
public static class WebAuthn
{
    /// <summary>Fewest bytes of authenticator data: SHA-256 of the relying party, flags, counter.</summary>
    private const int AuthenticatorBytesMin = 37;
    private const int FlagsOffset = 32;
    private const byte FlagPresent = 0x01;
    private const byte FlagVerified = 0x04;
    private const string OriginScheme = "https://";

    /// <summary>
    /// The key that made <paramref name="signature"/>, with user presence and relying party, or null with the reason.
    /// </summary>
    public static PublicKey? TryRecover(in Hash256 digest, KeySignature signature, out Verdict verdict)
    {
        var reader = new ByteReader(signature.Data);
        ReadOnlySpan<byte> compact = reader.ReadSpan(KeySignature.CompactSize);
        ReadOnlySpan<byte> authenticator = reader.ReadBytes(WireLimits.BytesMax, "authenticator data");
        ReadOnlySpan<byte> clientJson = reader.ReadBytes(WireLimits.BytesMax, "client JSON");
        if (reader.Failed)
        {
            return Refuse(reader.FailReason!, out verdict);
        }

        if (!TryReadClient(clientJson, out ClientData client))
        {
            return Refuse("client JSON is not an object with type, challenge and origin as text", out verdict);
        }

        if (!string.Equals(client.Type, "webauthn.get", StringComparison.Ordinal))
        {
            return Refuse("type in the client JSON is not webauthn.get", out verdict);
        }

        if (!TryDecodeChallenge(client.Challenge, out byte[] challenge) || !digest.Bytes.SequenceEqual(challenge))
        {
            return Refuse("challenge in the client JSON is not the digest", out verdict);
        }

        if (!client.Origin.StartsWith(OriginScheme, StringComparison.Ordinal))
        {
            return Refuse("origin in the client JSON does not begin with https://", out verdict);
        }

        int colon = client.Origin.LastIndexOf(':');
        byte[] party = Encoding.UTF8.GetBytes(
            client.Origin[OriginScheme.Length..(colon >= OriginScheme.Length ? colon : client.Origin.Length)]);
        if (authenticator.Length < AuthenticatorBytesMin)
        {
            return Refuse(
                $"authenticator data has {authenticator.Length} bytes of at least {AuthenticatorBytesMin}",
                out verdict);
        }

        if (party.Length == 0 || !authenticator[..Hash256.Size].SequenceEqual(SHA256.HashData(party)))
        {
            return Refuse(
                "authenticator data is for another relying party than the origin in the client JSON", out verdict);
        }

        // only the header byte for a compressed key, 31 to 34, is taken here; s may be high
        if (compact[0] is < 31 or > 34)
        {
            return Refuse($"signature header byte {compact[0]} is not in 31..34", out verdict);
        }

        byte[] signed = [.. authenticator, .. SHA256.HashData(clientJson)];
        Span<byte> point = stackalloc byte[64];
        SignatureVerdict found = EcdsaR1.Recover(SHA256.HashData(signed), compact[1..], (byte)(compact[0] - 31), point);
        if (found != SignatureVerdict.Valid)
        {
            return Refuse($"signature names no key: {found}", out verdict);
        }

        var key = new ByteWriter();
        key.WriteByte((byte)(2 | (point[63] & 1)));
        key.WriteSpan(point[..32]);
        byte flags = authenticator[FlagsOffset];
        key.WriteByte((byte)((flags & FlagVerified) != 0 ? 2 : (flags & FlagPresent) != 0 ? 1 : 0));
        key.WriteVarUInt32((uint)party.Length);
        key.WriteSpan(party);
        verdict = Verdict.Ok;
        return new PublicKey(KeyType.WebAuthn, key.Written);
    }

    private static PublicKey? Refuse(string reason, out Verdict verdict)
    {
        verdict = Verdict.Reject(RejectReason.BadSignature, $"WebAuthn: {reason}");
        return null;
    }

    // One object; the three texts at its first level, the last one where a name is repeated; nothing after it. nodeos
    // hands the parser a C string, so the text ends at the first zero byte, and so do names.
    private static bool TryReadClient(ReadOnlySpan<byte> json, out ClientData client)
    {
        client = new ClientData(string.Empty, string.Empty, string.Empty);
        int end = json.IndexOf((byte)0);
        var reader = new Utf8JsonReader(
            end >= 0 ? json[..end] : json, new JsonReaderOptions { MaxDepth = Math.Max(1, json.Length) });
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                string name = reader.GetString()!.Split('\0')[0];
                reader.Read();
                bool wanted = name is "type" or "challenge" or "origin";
                if (wanted && reader.TokenType != JsonTokenType.String)
                {
                    return false;
                }

                client = name switch
                {
                    "type" => client with { Type = reader.GetString()! },
                    "challenge" => client with { Challenge = reader.GetString()! },
                    "origin" => client with { Origin = reader.GetString()! },
                    _ => client,
                };
                reader.Skip();
            }

            return reader.TokenType == JsonTokenType.EndObject && !reader.Read();
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    // Base64 in groups of four characters, in either alphabet, line feeds left out. A group may end after two or three
    // characters, or be filled with '=' or '.'; groups may follow it all the same, as in nodeos.
    private static bool TryDecodeChallenge(string text, out byte[] bytes)
    {
        string characters = text.Replace("\n", string.Empty, StringComparison.Ordinal);
        var decoded = new List<byte>(Hash256.Size);
        bytes = [];
        for (int at = 0; at < characters.Length; at += 4)
        {
            ReadOnlySpan<char> group = characters.AsSpan(at, Math.Min(4, characters.Length - at));
            int length = group.Length > 2 && group[2] is not ('=' or '.')
                ? group.Length > 3 && group[3] is not ('=' or '.') ? 4 : 3
                : 2;
            int bits = 0;
            for (int i = 0; i < length; i++)
            {
                int six = i < group.Length ? SixBits(group[i]) : -1;
                if (six < 0)
                {
                    return false;
                }

                bits |= six << (18 - (6 * i));
            }

            for (int i = 0; i < length - 1; i++)
            {
                decoded.Add((byte)(bits >> (16 - (8 * i))));
            }
        }

        bytes = [.. decoded];
        return true;
    }

    private static int SixBits(char character) => character switch
    {
        >= 'A' and <= 'Z' => character - 'A',
        >= 'a' and <= 'z' => character - 'a' + 26,
        >= '0' and <= '9' => character - '0' + 52,
        '+' or '-' => 62,
        '/' or '_' => 63,
        _ => -1,
    };

    private readonly record struct ClientData(string Type, string Challenge, string Origin);
}
