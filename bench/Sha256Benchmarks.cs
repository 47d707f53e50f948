using BenchmarkDotNet.Attributes;
using Tactus.Kernels;
using Tactus.Kernels.Sha256;

namespace Tactus.Bench;

/// <summary>Every SHA-256 entry on pairs, equal lengths and the mixed lengths of a block's transactions. Times are per
/// batch.</summary>
[MemoryDiagnoser]
public class Sha256Benchmarks
{
    private readonly byte[] _data = new byte[1 << 20];
    private readonly byte[] _digests = new byte[1 << 17];
    private ISha256Kernel _kernel = new Sha256Scalar();
    private MessageRange[] _ranges = [];

    /// <summary>Names of the entries that this machine can run.</summary>
    public static IEnumerable<string> Entries =>
        KernelRegistry.Default.Sha256.Where(entry => entry.WhyUnsupported is null).Select(entry => entry.Name);

    [ParamsSource(nameof(Entries))]
    public string Entry { get; set; } = "scalar";

    /// <summary>Messages in a batch.</summary>
    [Params(1, 8, 64, 1024)]
    public int Batch { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        var random = new Random(256);
        random.NextBytes(_data);
        _kernel = KernelRegistry.Default.Sha256.Single(
            entry => string.Equals(entry.Name, Entry, StringComparison.Ordinal));

        // A transfer is some 150 to 350 bytes; one in fifty is a long action.
        _ranges = new MessageRange[Batch];
        for (int i = 0; i < Batch; i++)
        {
            int length = random.Next(50) == 0 ? random.Next(400, 4000) : random.Next(150, 350);
            _ranges[i] = new MessageRange(random.Next(_data.Length - length), length);
        }
    }

    [Benchmark]
    public void Pairs64Bytes() => _kernel.HashPairs(_data.AsSpan(0, 64 * Batch), _digests);

    [Benchmark]
    public void Equal200Bytes() => _kernel.HashEqual(_data.AsSpan(0, 200 * Batch), 200, _digests);

    [Benchmark]
    public void MixedTransactions() => _kernel.HashMixed(_data, _ranges, _digests);
}
