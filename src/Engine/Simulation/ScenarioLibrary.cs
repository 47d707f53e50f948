using System.Reflection;
using Tactus.Engine.Primitives;

namespace Tactus.Engine.Simulation;

/// <summary>The scenarios of the repository's folder <c>scenarios</c>, which this library carries with it.</summary>
public static class ScenarioLibrary
{
    private const string Prefix = "Tactus.Scenarios.";

    private static Assembly Assembly => typeof(ScenarioLibrary).Assembly;

    public static IReadOnlyList<string> Names =>
    [
        .. Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(name => name[Prefix.Length..])
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>A scenario by its name, or from a file where there is one at that path.</summary>
    /// <exception cref="ScenarioException">There is no such scenario, or it is not one.</exception>
    public static Scenario Find(string nameOrPath)
    {
        using Stream? stream = Assembly.GetManifestResourceStream(Prefix + nameOrPath);
        if (stream is not null)
        {
            using var reader = new StreamReader(stream);
            return ScenarioFile.Parse(reader.ReadToEnd(), nameOrPath);
        }

        return File.Exists(nameOrPath) || nameOrPath.EndsWith(".json", StringComparison.OrdinalIgnoreCase)
            ? ScenarioFile.Load(nameOrPath)
            : throw new ScenarioException(
                $"scenario '{nameOrPath}' is unknown{Suggestion.For(nameOrPath, Names)}; there are: "
                + $"{string.Join(", ", Names)}, or the path of a file");
    }
}
