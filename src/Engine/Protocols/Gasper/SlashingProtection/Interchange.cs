using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper.State;

namespace Tactus.Engine.Protocols.Gasper.SlashingProtection;

/// <summary>A block that was signed; the root where it is known.</summary>
public readonly record struct SignedSlot(ulong Slot, Hash256? SigningRoot);

/// <summary>An attestation that was signed; the root where it is known.</summary>
public readonly record struct SignedVote(ulong SourceEpoch, ulong TargetEpoch, Hash256? SigningRoot);

/// <summary>What one validator has signed.</summary>
public sealed record SigningHistory(
    PublicKey48 PublicKey, IReadOnlyList<SignedSlot> Blocks, IReadOnlyList<SignedVote> Attestations);

/// <summary>The file that validator clients exchange (EIP-3076, interchange format version 5).</summary>
public sealed record Interchange(Hash256 GenesisValidatorsRoot, IReadOnlyList<SigningHistory> Histories)
{
    /// <summary>Largest text that is read, in characters: a thousand validators over years fit.</summary>
    public const int TextLengthMax = 1 << 28;

    private const string Version = "5";

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
    };

    /// <summary>Reads the JSON text.</summary>
    /// <exception cref="FormatException">Says what is wrong and where.</exception>
    public static Interchange Parse(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        if (json.Length > TextLengthMax)
        {
            throw new FormatException($"interchange: {json.Length} characters exceed the limit {TextLengthMax}");
        }

        JsonFile? file;
        try
        {
            file = JsonSerializer.Deserialize<JsonFile>(json, Options);
        }
        catch (JsonException e)
        {
            throw new FormatException($"interchange: {e.Message}", e);
        }

        if (file?.Metadata?.InterchangeFormatVersion is not Version)
        {
            throw new FormatException(
                $"interchange: format version '{file?.Metadata?.InterchangeFormatVersion}'; "
                + $"this reads version {Version}");
        }

        return new Interchange(
            Root(file.Metadata.GenesisValidatorsRoot, "metadata.genesis_validators_root"),
            [.. (file.Data ?? []).Select((history, i) => History(history, $"data[{i}]"))]);
    }

    /// <summary>The JSON text.</summary>
    public string ToJson() => JsonSerializer.Serialize(
        new JsonFile(
            new JsonMetadata(Version, Text(GenesisValidatorsRoot)),
            [
                .. Histories.Select(history => new JsonHistory(
                    $"0x{history.PublicKey}",
                    [.. history.Blocks.Select(b => new JsonBlock(Text(b.Slot), Text(b.SigningRoot)))],
                    [
                        .. history.Attestations.Select(
                            a => new JsonVote(Text(a.SourceEpoch), Text(a.TargetEpoch), Text(a.SigningRoot))),
                    ])),
            ]),
        Options);

    private static SigningHistory History(JsonHistory history, string where) => new(
        new PublicKey48(Hex(history.Pubkey, PublicKey48.Size, $"{where}.pubkey")),
        [
            .. (history.SignedBlocks ?? []).Select((b, i) => new SignedSlot(
                Number(b.Slot, $"{where}.signed_blocks[{i}].slot"),
                RootOrNull(b.SigningRoot, $"{where}.signed_blocks[{i}].signing_root"))),
        ],
        [
            .. (history.SignedAttestations ?? []).Select((a, i) => new SignedVote(
                Number(a.SourceEpoch, $"{where}.signed_attestations[{i}].source_epoch"),
                Number(a.TargetEpoch, $"{where}.signed_attestations[{i}].target_epoch"),
                RootOrNull(a.SigningRoot, $"{where}.signed_attestations[{i}].signing_root"))),
        ]);

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(Hash256 root) => $"0x{root}";

    private static string? Text(Hash256? root) => root is { } known ? Text(known) : null;

    private static ulong Number(string? text, string where) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number)
            ? number
            : throw new FormatException($"interchange: {where} is '{text}'; expected a number as a string");

    private static Hash256? RootOrNull(string? text, string where) => text is null ? null : Root(text, where);

    private static Hash256 Root(string? text, string where) => new(Hex(text, Hash256.Size, where));

    private static byte[] Hex(string? text, int bytes, string where)
    {
        if (text?.Length == 2 + (2 * bytes) && text.StartsWith("0x", StringComparison.Ordinal)
            && text.AsSpan(2).IndexOfAnyExcept("0123456789abcdefABCDEF") < 0)
        {
            return Convert.FromHexString(text.AsSpan(2));
        }

        throw new FormatException($"interchange: {where} is '{text}'; expected 0x and {2 * bytes} hexadecimal digits");
    }

    private sealed record JsonFile(JsonMetadata? Metadata, JsonHistory[]? Data);

    private sealed record JsonMetadata(string? InterchangeFormatVersion, string? GenesisValidatorsRoot);

    private sealed record JsonHistory(string? Pubkey, JsonBlock[]? SignedBlocks, JsonVote[]? SignedAttestations);

    private sealed record JsonBlock(string? Slot, string? SigningRoot);

    private sealed record JsonVote(string? SourceEpoch, string? TargetEpoch, string? SigningRoot);
}
