using System.Text.Json;
using Tactus.Engine.Primitives;

namespace Tactus.Engine.Simulation;

/// <summary>An object of a scenario file, read key by key; errors name the place.</summary>
internal sealed class ScenarioNode
{
    private readonly JsonElement _element;
    private readonly string _path;

    public ScenarioNode(JsonElement element, string path)
    {
        _element = element;
        _path = path;
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw new ScenarioException($"{path}: an object is expected, not {element.ValueKind}");
        }
    }

    public ScenarioException Wrong(string key, string what) => new($"{_path}: '{key}' {what}");

    public void CheckKeys(params string[] known)
    {
        foreach (JsonProperty property in _element.EnumerateObject())
        {
            if (!known.Contains(property.Name, StringComparer.Ordinal))
            {
                throw Wrong(
                    property.Name,
                    $"is unknown{Suggestion.For(property.Name, known)}; there are: {string.Join(", ", known)}");
            }
        }
    }

    public string? Text(string key) => !_element.TryGetProperty(key, out JsonElement value) ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : throw Wrong(key, "is a text");

    public bool Flag(string key) => _element.TryGetProperty(key, out JsonElement value)
        && (value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Wrong(
            key, "is true or false"));

    public int Number(string key, int standard, int least, int most) =>
        _element.TryGetProperty(key, out JsonElement value) ? Number(key, value, least, most) : standard;

    /// <summary>A number of rounds, at most 10,000.</summary>
    public decimal Rounds(string key, decimal standard)
    {
        if (!_element.TryGetProperty(key, out JsonElement value))
        {
            return standard;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out decimal rounds)
            && rounds is >= 0 and <= 10_000
            ? rounds
            : throw Wrong(key, "is a number of rounds from 0 to 10000");
    }

    /// <summary>A list of numbers, or one number.</summary>
    public IReadOnlyList<int> Numbers(string key, int least, int most)
    {
        if (!_element.TryGetProperty(key, out JsonElement value))
        {
            return [];
        }

        return value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select(item => Number(key, item, least, most))]
            : [Number(key, value, least, most)];
    }

    public IReadOnlyList<string> Texts(string key)
    {
        if (!_element.TryGetProperty(key, out JsonElement value))
        {
            return [];
        }

        return value.ValueKind == JsonValueKind.Array
            && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
            ? [.. value.EnumerateArray().Select(item => item.GetString()!)]
            : throw Wrong(key, "is a list of texts");
    }

    /// <summary>A number of nodes, or "tolerated", or "breaking".</summary>
    public (FaultCount Kind, int Count) Count(string key)
    {
        if (!_element.TryGetProperty(key, out JsonElement value))
        {
            return (FaultCount.Number, 1);
        }

        if (value.ValueKind == JsonValueKind.String)
        {
            string[] words = ["tolerated", "breaking"];
            return value.GetString() switch
            {
                "tolerated" => (FaultCount.Tolerated, 0),
                "breaking" => (FaultCount.Breaking, 0),
                string other =>
                    throw Wrong(
                        key,
                        $"'{other}' is unknown{Suggestion.For(other, words)}; there are: a number, tolerated, "
                        + "breaking"),
                null => throw Wrong(key, "is a number, tolerated or breaking"),
            };
        }

        return (FaultCount.Number, Number(key, value, 0, ScenarioFile.NodesMax));
    }

    public ScenarioNode? Child(string key) =>
        _element.TryGetProperty(key, out JsonElement value) ? new ScenarioNode(value, $"{_path}.{key}") : null;

    public IEnumerable<ScenarioNode> Children(string key, int most)
    {
        if (!_element.TryGetProperty(key, out JsonElement value))
        {
            return [];
        }

        return value.ValueKind != JsonValueKind.Array ? throw Wrong(key, "is a list")
            : value.GetArrayLength() > most ? throw Wrong(key, $"has more than {most} entries")
            : value.EnumerateArray().Select((item, i) => new ScenarioNode(item, $"{_path}.{key}[{i}]"));
    }

    private int Number(string key, JsonElement value, int least, int most) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) && number >= least
            && number <= most
            ? number
            : throw Wrong(key, $"is a whole number from {least} to {most}");
}
