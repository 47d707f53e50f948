using System.Text.Json;
using Tactus.Kernels;
using Tactus.Kernels.Gpu;

namespace Tactus.Host.Configuration;

/// <summary>
/// A file of what was measured on this machine: hardware-profiles/gpu.schema.json. Unknown names are errors, so that a
/// slip of the pen does not leave a setting out in silence.
/// </summary>
/// <param name="Path">Where it was read.</param>
/// <param name="Device">The card that was measured, as its driver names it.</param>
/// <param name="IsGpu">False: a stand-in was measured, and nothing of the profile is used.</param>
/// <param name="Wishes">Backend and watchdog.</param>
/// <param name="BatchMins">Smallest batch from which the device is used, by "kind:entry".</param>
internal sealed record HardwareProfile(
    string Path, string Device, bool IsGpu, GpuWishes Wishes, IReadOnlyDictionary<string, int> BatchMins)
{
    /// <summary>Longest time for a batch that a profile may give, in ms: the processing window of a slot.</summary>
    public const int TimeoutMsMax = 200;

    /// <summary>Names in the part "gpu".</summary>
    public static IReadOnlyList<string> GpuNames { get; } = ["device", "backend", "is_gpu", "batch_min", "timeout_ms",
        "rates"];

    /// <summary>Entries that "batch_min" may name.</summary>
    public static IReadOnlyList<string> BatchNames { get; } = ["secp256k1:gpu", "sha256:gpu"];

    /// <summary>What kernels take from it.</summary>
    public KernelProfile Kernels => IsGpu ? KernelProfile.None with { BatchMins = BatchMins } : KernelProfile.None;

    /// <exception cref="KernelChoiceException">The file cannot be read or is not a profile: says what, where and what
    /// to do.</exception>
    public static HardwareProfile Read(string path)
    {
        byte[] text;
        try
        {
            text = File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new KernelChoiceException(
                $"hardware profile {path}: {error.Message} Correct {HostEnvironment.ProfileVariable}.");
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return Read(path, document.RootElement);
        }
        catch (JsonException error)
        {
            throw new KernelChoiceException(
                $"hardware profile {path}: line {error.LineNumber + 1}: "
                + $"not JSON. Write it anew with `bench gpu --profile {path}`.");
        }
    }

    private static HardwareProfile Read(string path, JsonElement root)
    {
        JsonElement gpu = Member(path, "the file", root, "gpu", JsonValueKind.Object, required: true)!.Value;
        CheckNames(path, "the file", root, ["gpu"]);
        CheckNames(path, "gpu", gpu, GpuNames);
        string device = Member(path, "gpu", gpu, "device", JsonValueKind.String, required: true)!.Value.GetString()!;
        bool isGpu = Member(path, "gpu", gpu, "is_gpu", JsonValueKind.True, required: true)!.Value.GetBoolean();
        Member(path, "gpu", gpu, "rates", JsonValueKind.Object, required: true);
        string? backend = Member(path, "gpu", gpu, "backend", JsonValueKind.String, required: false)?.GetString();
        if (backend is not null && !GpuWishes.Backends.Contains(backend, StringComparer.Ordinal))
        {
            throw Wrong(path, "gpu.backend",
                $"no backend '{backend}'.{NearestName.Hint(backend, [.. GpuWishes.Backends])}");
        }

        int? timeoutMs = null;
        if (Member(path, "gpu", gpu, "timeout_ms", JsonValueKind.Number, required: false) is { } time)
        {
            timeoutMs = Whole(path, "gpu.timeout_ms", time, 1, TimeoutMsMax, "ms");
        }

        var batchMins = new Dictionary<string, int>(StringComparer.Ordinal);
        JsonElement mins = Member(path, "gpu", gpu, "batch_min", JsonValueKind.Object, required: true)!.Value;
        CheckNames(path, "gpu.batch_min", mins, BatchNames);
        foreach (JsonProperty min in mins.EnumerateObject())
        {
            batchMins[min.Name] = Whole(path, $"gpu.batch_min.{min.Name}", min.Value, 1, int.MaxValue, "items");
        }

        return new HardwareProfile(path, device, isGpu, new GpuWishes(backend, timeoutMs), batchMins);
    }

    private static JsonElement? Member(
        string path, string where, JsonElement element, string name, JsonValueKind kind, bool required)
    {
        if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out JsonElement value))
        {
            return required ? throw Wrong(path, where, $"'{name}' is missing") : null;
        }

        bool fits = value.ValueKind == kind || (kind == JsonValueKind.True && value.ValueKind == JsonValueKind.False);
        return fits ? value : throw Wrong(path, $"{where}.{name}",
            $"{NameOf(kind)} is expected, not {value.GetRawText()}");
    }

    private static void CheckNames(string path, string where, JsonElement element, IReadOnlyList<string> names)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (JsonProperty member in element.EnumerateObject())
        {
            if (!names.Contains(member.Name, StringComparer.Ordinal))
            {
                throw Wrong(path, where, $"no setting '{member.Name}'.{NearestName.Hint(member.Name, [.. names])}");
            }

            if (!seen.Add(member.Name))
            {
                throw Wrong(path, where, $"'{member.Name}' is there twice");
            }
        }
    }

    private static int Whole(string path, string where, JsonElement value, int least, int most, string unit) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) && number >= least
            && number <= most
            ? number
            : throw Wrong(path, where, $"{value.GetRawText()} is not a whole number of {unit} from {least} to {most}");

    private static string NameOf(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        _ => "true or false",
    };

    private static KernelChoiceException Wrong(string path, string where, string what) =>
        new(
            $"hardware profile {path}: {where}: {what.TrimEnd('.')}. Correct it or write it anew with `bench gpu "
            + $"--profile {path}`.");
}
