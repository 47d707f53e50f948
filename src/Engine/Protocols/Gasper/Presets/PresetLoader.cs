using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tactus.Engine.Protocols.Gasper.Presets;

/// <summary>Reads presets: JSON objects with every constant under its name in the specification, and nothing
/// else.</summary>
public static class PresetLoader
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseUpper,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
    };

    /// <summary>Names of the presets that come with this library.</summary>
    public static IReadOnlyList<string> BuiltInNames { get; } =
        ["mainnet", "minimal", "minimal-v1.1.0-alpha.8", "btc20", "btc20-minimal"];

    /// <summary>A preset that comes with this library.</summary>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static GasperPreset BuiltIn(string name)
    {
        using Stream? stream = Assembly.GetExecutingAssembly()
            .GetManifestResourceStream($"Tactus.Engine.Protocols.Gasper.Presets.{name}.json");
        if (stream is null)
        {
            throw new ArgumentException(
                $"There is no preset '{name}'; there are {string.Join(", ", BuiltInNames)}.", nameof(name));
        }

        using var reader = new StreamReader(stream);
        return Parse(reader.ReadToEnd());
    }

    /// <summary>Reads a preset from JSON text.</summary>
    /// <exception cref="FormatException">A constant is missing, unknown, of the wrong type or out of its
    /// range.</exception>
    public static GasperPreset Parse(string json)
    {
        GasperPreset? preset;
        try
        {
            CheckNames(json);
            preset = JsonSerializer.Deserialize<GasperPreset>(json, Options);
        }
        catch (JsonException e)
        {
            throw new FormatException($"preset: {e.Message}", e);
        }

        if (preset is null)
        {
            throw new FormatException("preset: the text is 'null'; expected an object of constants");
        }

        CheckRanges(preset);
        return preset;
    }

    private static void CheckNames(string json)
    {
        string[] known =
        [
            .. typeof(GasperPreset).GetProperties().Where(p => p.SetMethod is not null)
                .Select(p => JsonNamingPolicy.SnakeCaseUpper.ConvertName(p.Name)),
        ];
        using JsonDocument document = JsonDocument.Parse(
            json, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip });
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException("preset: expected an object of constants");
        }

        foreach (JsonProperty property in document.RootElement.EnumerateObject())
        {
            if (!known.Contains(property.Name, StringComparer.Ordinal))
            {
                throw new FormatException(
                    $"preset: there is no constant {property.Name}; did you mean {known.MinBy(k => Distance(k, property.Name))}?");
            }
        }

        string[] missing = [.. known.Where(k => !document.RootElement.TryGetProperty(k, out _))];
        if (missing.Length > 0)
        {
            throw new FormatException($"preset: {string.Join(", ", missing)} missing");
        }
    }

    /// <summary>Edits that turn one name into the other (Levenshtein).</summary>
    private static int Distance(string x, string y)
    {
        int[] row = [.. Enumerable.Range(0, y.Length + 1)];
        for (int i = 1; i <= x.Length; i++)
        {
            int diagonal = row[0]++;
            for (int k = 1; k <= y.Length; k++)
            {
                int kept = diagonal + (x[i - 1] == y[k - 1] ? 0 : 1);
                diagonal = row[k];
                row[k] = Math.Min(kept, Math.Min(row[k], row[k - 1]) + 1);
            }
        }

        return row[^1];
    }

    private static void CheckRanges(GasperPreset p)
    {
        Positive(p.SecondsPerSlot, nameof(p.SecondsPerSlot));
        Positive(p.SlotsPerEpoch, nameof(p.SlotsPerEpoch));
        Positive(p.EpochsPerEth1VotingPeriod, nameof(p.EpochsPerEth1VotingPeriod));
        Positive(p.MaxCommitteesPerSlot, nameof(p.MaxCommitteesPerSlot));
        Positive(p.TargetCommitteeSize, nameof(p.TargetCommitteeSize));
        Positive(p.EffectiveBalanceIncrement, nameof(p.EffectiveBalanceIncrement));
        Positive(p.HysteresisQuotient, nameof(p.HysteresisQuotient));
        Positive(p.WhistleblowerRewardQuotient, nameof(p.WhistleblowerRewardQuotient));
        Positive(p.ProposerRewardQuotient, nameof(p.ProposerRewardQuotient));
        Positive(p.InactivityPenaltyQuotient, nameof(p.InactivityPenaltyQuotient));
        Positive(p.MinSlashingPenaltyQuotient, nameof(p.MinSlashingPenaltyQuotient));
        Positive(p.ChurnLimitQuotient, nameof(p.ChurnLimitQuotient));
        Positive(p.EpochsPerSlashingsVector, nameof(p.EpochsPerSlashingsVector));
        Positive(p.EpochsPerHistoricalVector, nameof(p.EpochsPerHistoricalVector));
        Check(
            p.ShuffleRoundCount is > 0 and <= 255,
            nameof(p.ShuffleRoundCount),
            "1..255 (a round is one byte of the seed)");
        Check(
            p.SlotsPerHistoricalRoot > 0 && p.SlotsPerHistoricalRoot % p.SlotsPerEpoch == 0,
            nameof(p.SlotsPerHistoricalRoot),
            "a positive multiple of SLOTS_PER_EPOCH");
        Check(
            p.MaxEffectiveBalance % p.EffectiveBalanceIncrement == 0,
            nameof(p.MaxEffectiveBalance),
            "a multiple of EFFECTIVE_BALANCE_INCREMENT");
        Check(
            p.GenesisForkVersion.Length == 10 && p.GenesisForkVersion.StartsWith("0x", StringComparison.Ordinal)
                && p.GenesisForkVersion.AsSpan(2).IndexOfAnyExcept("0123456789abcdefABCDEF") < 0,
            nameof(p.GenesisForkVersion),
            "0x and eight hexadecimal digits");
    }

    private static void Positive(ulong value, string property) => Check(value > 0, property, "more than zero");

    private static void Check(bool holds, string property, string expected)
    {
        if (!holds)
        {
            throw new FormatException(
                $"preset: {JsonNamingPolicy.SnakeCaseUpper.ConvertName(property)} must be {expected}");
        }
    }
}
