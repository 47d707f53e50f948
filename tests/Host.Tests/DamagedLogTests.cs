using Tactus.Engine.Pipeline;
using Tactus.Engine.Protocols.Antelope.Logs;
using Tactus.Host.Replay;
using Tactus.Kernels;
using Tactus.TestSupport;
using Xunit.Abstractions;

namespace Tactus.Host.Tests;

/// <summary>Whatever happens to a log's bytes, replay ends with an error that names the block and the reason, or with a
/// valid shorter chain, or with the very chain that the log holds: never with a crash, a hang, or blocks that are not
/// on it.</summary>
public sealed class DamagedLogTests(ITestOutputHelper output) : IDisposable
{
    private static readonly KernelSet Kernels = KernelRegistry.Default.Choose("secp256k1:scalar");

    private readonly string _folder = Directory.CreateTempSubdirectory("tactus-damaged-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [DataFact]
    public void Each_flipped_byte_gives_an_error_or_the_same_chain()
    {
        byte[] log = Log();
        (string[] ids, _) = Replay(log);
        int same = 0;
        for (int i = 0; i < log.Length; i++)
        {
            byte[] damaged = [.. log];
            damaged[i] ^= (byte)(1 << (i % 8));
            same += Judge(damaged, ids, $"byte {i}") ? 1 : 0;
        }

        // What may change without harm: the encoding of a signature's header byte, and offsets that the index holds
        // too.
        output.WriteLine($"{log.Length} flips, {same} left the chain as it was");
        Assert.InRange(same, 0, log.Length / 50);
    }

    [DataFact]
    public void Each_truncation_gives_an_error_or_a_shorter_chain()
    {
        byte[] log = Log();
        (string[] ids, _) = Replay(log);
        for (int length = 0; length < log.Length; length++)
        {
            Judge(log[..length], ids, $"length {length}");
        }
    }

    [DataFact]
    public void Random_bytes_give_an_error()
    {
        const int seed = 20261121;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        byte[] log = Log();
        (string[] ids, _) = Replay(log);
        for (int round = 0; round < 300; round++)
        {
            byte[] bytes = new byte[random.Next(4096)];
            random.NextBytes(bytes);
            if (round % 2 == 0)
            {
                // A good start, so that the noise reaches the blocks.
                log.AsSpan(0, Math.Min(bytes.Length, 200)).CopyTo(bytes);
            }

            Judge(bytes, ids, $"round {round}");
        }
    }

    private static byte[] Log() =>
        File.ReadAllBytes(TestData.PathOf("antelope", "blockslog", "leap-v2-small", "blocks.log"));

    /// <returns>Whether the chain is complete and unchanged.</returns>
    private bool Judge(byte[] log, string[] ids, string what)
    {
        string[] got;
        IReadOnlyList<string> failures;
        try
        {
            (got, failures) = Replay(log);
        }
        catch (Exception error) when (error is BlockLogException or ReplayException)
        {
            Assert.False(string.IsNullOrWhiteSpace(error.Message), what);
            return false;
        }

        Assert.True(got.Length <= ids.Length, what);
        foreach (string failure in failures)
        {
            Assert.Matches("^block [0-9]+.*: .+", failure);
        }

        // Blocks that passed are blocks of the real chain, unless the chain is another from its genesis on (then block
        // 1 failed).
        for (int i = 0; i < got.Length; i++)
        {
            Assert.True(
                got[i] == ids[i] || failures.Count > 0, $"{what}: block {i + 1} is {got[i]}, expected {ids[i]}");
        }

        return failures.Count == 0 && got.Length == ids.Length;
    }

    private (string[] Ids, IReadOnlyList<string> Failures) Replay(byte[] log)
    {
        string path = Path.Combine(_folder, "blocks.log");
        File.WriteAllBytes(path, log);
        var ids = new List<string>();
        ReplaySummary summary = LogReplay.Run(
            path,
            Kernels,
            new PipelineOptions { CheckClock = false, SignatureThreads = 0 },
            0,
            uint.MaxValue,
            new ReplayProgress(quiet: true),
            CancellationToken.None,
            block => ids.Add(block.Id.ToString()));
        return ([.. ids], summary.Failures);
    }
}
