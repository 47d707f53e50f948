using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Tactus.TestSupport;
using Xunit.Abstractions;

namespace Tactus.Host.Tests;

/// <summary>A devnet process is killed (SIGKILL) again and again on the same data: it always comes back to a chain on
/// which every block that it printed is still there, and whose state equals a replay from genesis.</summary>
/// <remarks>A short slice runs by default; TACTUS_KILLS=50 runs the campaign.</remarks>
public sealed class KilledDevnetTests(ITestOutputHelper output) : IDisposable
{
    private const int KillsDefault = 3;

    private readonly string _folder = Directory.CreateTempSubdirectory("tactus-kill-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("antelope", KillsDefault)]
    [InlineData("graphene", 1)]
    [InlineData("quorum", 1)]
    [InlineData("vmdposw", 1)]
    public void A_killed_devnet_comes_back_with_every_committed_block(string protocol, int killsDefault)
    {
        int kills = int.TryParse(Environment.GetEnvironmentVariable("TACTUS_KILLS"), out int wished)
            ? wished
            : killsDefault;
        const int seed = 20261121;
        output.WriteLine($"seed {seed}, {kills} kills");
        var random = new Random(seed);
        string lastPrinted = string.Empty;
        uint lastNumber = 1;
        for (int kill = 0; kill < kills; kill++)
        {
            // A moment between the first block of this start and some dozen blocks later.
            int blocksBefore = random.Next(1, 60);
            (uint number, string id) = RunAndKill(protocol, blocksBefore);
            Assert.True(number >= lastNumber, $"kill {kill}: block {number} printed after {lastNumber} was");
            (lastNumber, lastPrinted) = (number, id);

            JsonElement replay = Replay();
            Assert.Empty(replay.GetProperty("failures").EnumerateArray());
            uint head = replay.GetProperty("head_block_num").GetUInt32();
            Assert.True(head >= lastNumber, $"kill {kill}: the log ends at {head}, block {lastNumber} was printed");
            string stateHash = replay.GetProperty("state_hash").GetString()!;
            output.WriteLine($"kill {kill}: printed {number} {id}, log head {head}, state {stateHash[..16]}");

            // Opened again without making a block, the node stands at the same block with the same state.
            string summary = RunToEnd("devnet", "--protocol", protocol, "--data", _folder, "--fast", "--open-only");
            Assert.Contains($"head {head} ", summary, StringComparison.Ordinal);
            Assert.Contains("state hash " + stateHash, summary, StringComparison.Ordinal);
            if (lastPrinted.Length > 0 && head == lastNumber)
            {
                Assert.StartsWith(
                    lastPrinted, replay.GetProperty("head_block_id").GetString(), StringComparison.Ordinal);
            }
        }
    }

    private (uint Number, string Id) RunAndKill(string protocol, int blocks)
    {
        using Process process = TactusProcess.Start(
            "devnet", "--protocol", protocol, "--data", _folder, "--fast", "--tps", "20", "--accounts", "50",
            "--checkpoint-blocks", "25");
        uint number = 1;
        string id = string.Empty;
        int seen = 0;
        while (seen < blocks && process.StandardOutput.ReadLine() is { } line)
        {
            string[] parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length > 5
                && uint.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out uint printed))
            {
                (number, id) = (printed, parts[1]);
                seen++;
            }
        }

        Assert.False(process.HasExited, process.HasExited ? process.StandardError.ReadToEnd() : string.Empty);
        process.Kill();
        process.WaitForExit();
        return (number, id);
    }

    private JsonElement Replay() => JsonDocument.Parse(RunToEnd("replay", _folder, "--json")).RootElement;

    private static string RunToEnd(params string[] arguments)
    {
        using Process process = TactusProcess.Start(arguments);
        Task<string> error = process.StandardError.ReadToEndAsync();
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(
            process.ExitCode == 0,
            $"tactus {string.Join(' ', arguments)}: exit code {process.ExitCode}: {error.Result}{text}");
        return text;
    }
}
