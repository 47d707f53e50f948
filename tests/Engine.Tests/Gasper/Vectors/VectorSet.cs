using System.Formats.Tar;
using System.Globalization;
using System.Text;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper;
using Tactus.Engine.Protocols.Gasper.Presets;
using Tactus.Engine.Protocols.Gasper.Ssz;
using Tactus.Kernels;
using Tactus.TestSupport;

namespace Tactus.Engine.Tests.Gasper.Vectors;

/// <summary>One case of a vector set: files by name, from a folder or out of an archive in memory.</summary>
internal sealed class VectorCase(string name, Func<string, byte[]?> read)
{
    public string Name { get; } = name;

    public bool Has(string file) => read(file) is not null;

    public byte[] Bytes(string file) =>
        read(file) ?? throw new FileNotFoundException($"{Name}: there is no {file}");

    /// <summary>Unpacked SSZ bytes of <paramref name="part"/>.ssz_snappy, or null where there is no such
    /// file.</summary>
    public byte[]? Ssz(string part) => read(part + ".ssz_snappy") is { } packed ? SnappyBlock.Decode(packed) : null;

    public object Yaml(string part) =>
        Vectors.Yaml.Parse(LfsPointer.Resolve(Encoding.UTF8.GetString(Bytes(part + ".yaml"))));

    /// <summary>A number of meta.yaml, or null.</summary>
    public ulong? Meta(string key) =>
        Has("meta.yaml") && Yaml("meta") is Dictionary<string, object> map && map.TryGetValue(key, out object? value)
            ? ulong.Parse((string)value, CultureInfo.InvariantCulture)
            : null;

    public override string ToString() => Name;
}

/// <summary>Finds cases, and holds the contexts (preset and kernels) that they run under.</summary>
internal static class VectorSet
{
    private static readonly Dictionary<string, Dictionary<string, byte[]>> Archives = new(StringComparer.Ordinal);
    private static readonly Dictionary<string, GasperContext> Contexts = new(StringComparer.Ordinal);
    /// <summary>The best kernels of this machine.</summary>
    public static readonly KernelSet Kernels = KernelRegistry.Default.Choose();

    /// <summary>The context of a built-in preset, with the best kernels of this machine.</summary>
    public static GasperContext Context(string preset)
    {
        lock (Contexts)
        {
            if (!Contexts.TryGetValue(preset, out GasperContext? context))
            {
                context = new GasperContext(PresetLoader.BuiltIn(preset), Kernels);
                Contexts.Add(preset, context);
            }

            return context;
        }
    }

    /// <summary>Every folder below data/gasper/<paramref name="path"/> that holds files, as a case.</summary>
    public static IEnumerable<VectorCase> Cases(string path)
    {
        string root = TestData.PathOf(["gasper", .. path.Split('/')]);
        if (!Directory.Exists(root))
        {
            return [];
        }

        return Directory.EnumerateDirectories(root, "*", SearchOption.AllDirectories)
            .Where(d => Directory.EnumerateFiles(d).Any())
            .Order(StringComparer.Ordinal)
            .Select(d => new VectorCase(
                Path.GetRelativePath(root, d),
                file => Path.Combine(d, file) is var full && File.Exists(full) ? File.ReadAllBytes(full) : null));
    }

    /// <summary>Cases of an archive data/gasper/<paramref name="archive"/> below a folder of it. Unpacked once, to
    /// memory.</summary>
    public static IEnumerable<VectorCase> ArchiveCases(string archive, string path)
    {
        Dictionary<string, byte[]> files = Archive(archive);
        string prefix = path + "/";
        return files.Keys.Where(k => k.StartsWith(prefix, StringComparison.Ordinal))
            .Select(k => k[..k.LastIndexOf('/')])
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .Select(d => new VectorCase(d[prefix.Length..], file => files.GetValueOrDefault($"{d}/{file}")));
    }

    public static Hash256 Root(object node) => new(Yaml.Bytes(node));

    private static Dictionary<string, byte[]> Archive(string archive)
    {
        lock (Archives)
        {
            if (Archives.TryGetValue(archive, out Dictionary<string, byte[]>? known))
            {
                return known;
            }

            byte[] packed = File.ReadAllBytes(TestData.PathOf(["gasper", .. archive.Split('/')]));
            using var tar = new TarReader(new MemoryStream(Xz.Decode(packed)));
            var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
            while (tar.GetNextEntry() is { } entry)
            {
                if (entry.DataStream is { } data)
                {
                    byte[] bytes = new byte[entry.Length];
                    data.ReadExactly(bytes);
                    files.Add(entry.Name, bytes);
                }
                else if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile)
                {
                    files.Add(entry.Name, []);
                }
            }

            Archives.Add(archive, files);
            return files;
        }
    }
}
