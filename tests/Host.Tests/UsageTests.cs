using Tactus.Host.Commands;

namespace Tactus.Host.Tests;

/// <summary>What the program says to input that it cannot use: what is wrong, where, and what is possible.</summary>
public sealed class UsageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tactus-usage").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("bogus", "'bogus' is not understood by tactus", "tactus --help")]
    [InlineData("replai x", "(did you mean 'replay'?)", "tactus --help")]
    [InlineData("devnet --bloks 3", "(did you mean '--blocks'?)", "tactus devnet --help")]
    [InlineData("devnet --blocks x", "--blocks x: expected a whole number from 0 to", "tactus devnet --help")]
    [InlineData("devnet --seed 99999999999999999999", "--seed 99999999999999999999: expected a whole number", "--help")]
    [InlineData("devnet --store disk", "--store disk: there are: faster, memory", "--help")]
    [InlineData("replay", "FILE is missing: A blocks.log", "tactus replay --help")]
    [InlineData("inspect", "tactus inspect needs one of: block, transaction", "tactus inspect --help")]
    [InlineData("inspect block . x", "NUMBER x: expected a whole number", "tactus inspect block --help")]
    [InlineData("devnet --tps", "--tps needs a value: Transfers per second", "tactus devnet --help")]
    [InlineData("devnet --threads 0", "--threads 0: 1 is the least", "")]
    [InlineData("devnet --checkpoint-blocks 0", "--checkpoint-blocks 0: 1 is the least", "")]
    [InlineData("devnet --processing-ms 2147483647", "exceed the slot of 500 ms", "")]
    [InlineData("devnet --data ", "--data: names no folder", "")]
    [InlineData("devnet --data {here}/file", "{here}/file: no such folder can be made", "choose another")]
    [InlineData("devnet --slot-ms 300", "--slot-ms 300: the slots of antelope have 500 ms", "gasper let it be chosen")]
    [InlineData("devnet --protocol quorum --slot-ms 1500", "--slot-ms 1500: the slots of quorum are whole seconds", "")]
    [InlineData("devnet --offline-percent 5", "--offline-percent 5: is for gasper", "")]
    [InlineData("devnet --producers 126", "--producers 126: 1 to 125 fit a schedule", "")]
    [InlineData("simulate --nodes 0", "--nodes 0: 1 to", "are possible")]
    [InlineData("replay {here}/none", "'{here}/none': there is no such file or folder", "")]
    [InlineData("replay {here}", "{here} has no blocks.log, no devnet.json", "name a block log")]
    [InlineData("replay {here}/file", "{here}/file: ", "input ends")]
    [InlineData("replay {here}/file --threads -1", "--threads -1: 0 is the least", "")]
    public void Bad_input_is_named_with_what_to_do(string line, string says, string andSays)
    {
        File.WriteAllBytes(Path.Combine(_folder, "file"), [1, 0, 0]);
        string[] arguments = line.Replace("{here}", _folder, StringComparison.Ordinal).Split(' ');
        (int exitCode, string output, string error) = TactusProcess.Run(arguments);
        Assert.Equal(ExitCodes.Usage, exitCode);
        Assert.Empty(output);
        Assert.StartsWith("error: ", error, StringComparison.Ordinal);
        Assert.Contains(says.Replace("{here}", _folder, StringComparison.Ordinal), error, StringComparison.Ordinal);
        Assert.Contains(andSays, error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        Assert.Equal(["file"], Directory.EnumerateFileSystemEntries(_folder).Select(Path.GetFileName));
    }

    [Fact]
    public void Another_chains_folder_is_refused_and_left_as_it_was()
    {
        string data = Path.Combine(_folder, "chain");
        string[] devnet = ["devnet", "--data", data, "--fast", "--accounts", "4", "--producers", "3", "--tps", "4"];
        Assert.Equal(ExitCodes.Ok, TactusProcess.Run([.. devnet, "--blocks", "4"]).ExitCode);
        string parameters = Path.Combine(data, "devnet.json");
        string kept = File.ReadAllText(parameters);
        File.WriteAllText(parameters, kept.Replace("\"seed\":1", "\"seed\":2", StringComparison.Ordinal));
        (int exitCode, _, string error) = TactusProcess.Run("devnet", "--data", data, "--fast", "--blocks", "1");
        Assert.Equal(ExitCodes.Failed, exitCode);
        Assert.Contains($"{data}: the data belongs to the chain of genesis block", error, StringComparison.Ordinal);

        File.WriteAllText(parameters, kept);
        (exitCode, string output, error) = TactusProcess.Run("devnet", "--data", data, "--fast", "--blocks", "1");
        Assert.True(exitCode == ExitCodes.Ok, error);
        Assert.Contains("resuming after block 5", output, StringComparison.Ordinal);
        Assert.DoesNotContain("note:", output, StringComparison.Ordinal);
    }
}
