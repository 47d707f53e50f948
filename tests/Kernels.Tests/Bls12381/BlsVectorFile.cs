using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tactus.Kernels.Tests.Bls12381;

/// <summary>
/// One case of the BLS sets: JSON, or the same content in the few lines of YAML that the generator writes.
/// </summary>
internal sealed record BlsVectorFile(string Name, JsonNode? Input, JsonNode? Output)
{
    /// <summary>Every case below a folder, in order of name.</summary>
    public static IReadOnlyList<BlsVectorFile> ReadAll(string folder) =>
    [
        .. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .Select(Read),
    ];

    /// <summary>The bytes of a hex string with or without 0x.</summary>
    public static byte[] Hex(JsonNode? node)
    {
        string text = node!.GetValue<string>();
        return Convert.FromHexString(text.StartsWith("0x", StringComparison.Ordinal) ? text[2..] : text);
    }

    /// <summary>The byte strings of a list.</summary>
    public static byte[][] HexList(JsonNode? node) => [.. node!.AsArray().Select(Hex)];

    private static BlsVectorFile Read(string path)
    {
        string text = File.ReadAllText(path);
        bool isJson = path.EndsWith(".json", StringComparison.Ordinal);
        JsonObject root = isJson ? JsonNode.Parse(text)!.AsObject() : ReadYaml(text);
        string name = isJson ? Path.GetFileNameWithoutExtension(path) : Path.GetFileName(Path.GetDirectoryName(path))!;
        return new BlsVectorFile(name, root["input"], root["output"]);
    }

    // Mappings and lists of quoted strings, at most two levels deep, and flow values that are JSON as they stand.
    private static JsonObject ReadYaml(string text)
    {
        var root = new JsonObject();
        JsonObject map = root;
        JsonObject parent = root;
        string key = "";
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string content = line.Trim();
            if (content.StartsWith("- ", StringComparison.Ordinal))
            {
                if (parent[key] is not JsonArray list)
                {
                    parent[key] = list = [];
                }

                list.Add(Scalar(content[2..]));
                continue;
            }

            int colon = content.IndexOf(':', StringComparison.Ordinal);
            bool isTop = line[0] != ' ';
            if (!isTop && root["input"] is null)
            {
                root["input"] = map = [];
            }

            parent = isTop ? root : map;
            key = content[..colon];
            string value = content[(colon + 1)..].Trim();
            parent[key] = value.Length == 0 ? null : Scalar(value);
        }

        return root;
    }

    private static JsonNode? Scalar(string text) =>
        text[0] == '\'' ? JsonValue.Create(text.Trim('\'')) : JsonNode.Parse(text);
}
