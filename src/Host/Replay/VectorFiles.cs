using System.Globalization;
using System.Text.RegularExpressions;
using Tactus.Engine.Protocols.Gasper;
using Tactus.Engine.Protocols.Gasper.Presets;
using Tactus.Engine.Protocols.Gasper.Ssz;
using Tactus.Engine.Protocols.Gasper.State;

namespace Tactus.Host.Replay;

/// <summary>A folder of the consensus vectors' block format: pre.ssz_snappy, blocks_0.ssz_snappy and up,
/// post.ssz_snappy where the blocks are good, and meta.yaml.</summary>
internal sealed partial class VectorFiles
{
    private const string PreName = "pre.ssz_snappy";
    private const string PostName = "post.ssz_snappy";
    private const string MetaName = "meta.yaml";

    private readonly string _folder;

    /// <exception cref="ReplayException">The folder lacks blocks that it announces.</exception>
    public VectorFiles(string folder)
    {
        _folder = folder;
        string metaPath = Path.Combine(folder, MetaName);
        string meta = File.Exists(metaPath) ? File.ReadAllText(metaPath) : string.Empty;
        IsBlsIgnored = Setting(meta, "bls_setting") == 2;
        int found = 0;
        while (File.Exists(BlockPath(found)))
        {
            found++;
        }

        Count = Setting(meta, "blocks_count") ?? found;
        if (Count == 0)
        {
            throw new ReplayException($"{folder} has no blocks_0.ssz_snappy: only folders with blocks can be replayed");
        }

        if (found < Count)
        {
            throw new ReplayException(
                $"{metaPath} announces {Count} blocks; {Path.GetFileName(BlockPath(found))} is missing");
        }

        HasPost = File.Exists(Path.Combine(folder, PostName));
    }

    public int Count { get; }

    /// <summary>Whether the blocks are said to be good.</summary>
    public bool HasPost { get; }

    /// <summary>Signatures mean nothing here (bls_setting 2).</summary>
    public bool IsBlsIgnored { get; }

    public long Bytes => Enumerable.Range(0, Count).Sum(i => new FileInfo(BlockPath(i)).Length);

    public static bool IsVector(string path) => File.Exists(Path.Combine(path, PreName));

    /// <summary>The preset of the set that a folder lies in, by the names of the folders above it; null where they do
    /// not say.</summary>
    public static string? PresetOf(string path)
    {
        string[] parts = Path.GetFullPath(path).Split(Path.DirectorySeparatorChar);
        bool isOld = parts.Any(part => part.Contains("v1.1.0-alpha.8", StringComparison.Ordinal));
        bool isBtc20 = parts.Any(part => part.StartsWith("btc20", StringComparison.Ordinal));
        return parts.LastOrDefault(part => part is "minimal" or "mainnet") switch
        {
            "minimal" => isBtc20 ? "btc20-minimal" : isOld ? "minimal-v1.1.0-alpha.8" : "minimal",
            "mainnet" => isBtc20 ? "btc20" : "mainnet",
            _ => null,
        };
    }

    /// <exception cref="ReplayException">The file is damaged, or of another preset.</exception>
    public BeaconState Pre(GasperContext context) => State(context, PreName);

    /// <exception cref="ReplayException">The file is damaged, or of another preset.</exception>
    public BeaconState Post(GasperContext context) => State(context, PostName);

    /// <summary>The SSZ bytes of a block.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public byte[] Block(int index)
    {
        try
        {
            return SnappyBlock.Decode(File.ReadAllBytes(BlockPath(index)));
        }
        catch (FormatException error)
        {
            throw new InvalidDataException($"{Path.GetFileName(BlockPath(index))}: {error.Message}", error);
        }
    }

    private string BlockPath(int index) =>
        Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"blocks_{index}.ssz_snappy"));

    private BeaconState State(GasperContext context, string name)
    {
        string path = Path.Combine(_folder, name);
        try
        {
            return BeaconState.Decode(context, SnappyBlock.Decode(File.ReadAllBytes(path)));
        }
        catch (Exception error) when (error is FormatException or SszException)
        {
            throw new ReplayException(
                $"{path}: {error.Message}. It is damaged, or of another preset: "
                + $"--preset names it ({string.Join(", ", PresetLoader.BuiltInNames)})");
        }
    }

    private static int? Setting(string meta, string name)
    {
        Match match = SettingPattern().Match(meta);
        while (match.Success)
        {
            if (match.Groups[1].Value == name && int.TryParse(
                match.Groups[2].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out int value))
            {
                return value;
            }

            match = match.NextMatch();
        }

        return null;
    }

    [GeneratedRegex(@"(\w+)\s*:\s*(\d+)")]
    private static partial Regex SettingPattern();
}
