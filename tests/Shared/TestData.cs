namespace Tactus.TestSupport;

/// <summary>Finds the folder of real blocks and vectors: TACTUS_DATA, else ../shared/data beside the
/// repository.</summary>
internal static class TestData
{
    /// <summary>The data folder, or null where it is absent; tests that need it skip, visibly.</summary>
    public static string? Root { get; } = Find();

    /// <summary>Full path of a file or folder below the data folder. Only inside a [DataFact] or
    /// [DataTheory].</summary>
    public static string PathOf(params string[] parts) =>
        Path.Combine([Root ?? throw new InvalidOperationException("no data folder: set TACTUS_DATA"), .. parts]);

    private static string? Find()
    {
        string? named = Environment.GetEnvironmentVariable("TACTUS_DATA");
        if (!string.IsNullOrEmpty(named))
        {
            return Directory.Exists(named) ? named : null;
        }

        for (DirectoryInfo? d = new(AppContext.BaseDirectory); d is not null; d = d.Parent)
        {
            if (File.Exists(Path.Combine(d.FullName, "Engine.sln")))
            {
                string candidate = Path.Combine(d.FullName, "..", "shared", "data");
                return Directory.Exists(candidate) ? Path.GetFullPath(candidate) : null;
            }
        }

        return null;
    }
}

/// <summary>A fact over real data; skipped, and counted as skipped, where the data folder is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class DataFactAttribute : FactAttribute
{
    public DataFactAttribute()
    {
        if (TestData.Root is null)
        {
            Skip = "no data folder: set TACTUS_DATA to the folder that holds antelope/, wycheproof/, ...";
        }
    }
}

/// <summary>A theory over real data; skipped, and counted as skipped, where the data folder is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class DataTheoryAttribute : TheoryAttribute
{
    public DataTheoryAttribute()
    {
        if (TestData.Root is null)
        {
            Skip = "no data folder: set TACTUS_DATA to the folder that holds antelope/, wycheproof/, ...";
        }
    }
}
