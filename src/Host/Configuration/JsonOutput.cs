using System.Text.Json;

namespace Tactus.Host.Configuration;

/// <summary>How the program writes JSON for machines: snake_case names, indented.</summary>
internal static class JsonOutput
{
    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
    };
}
