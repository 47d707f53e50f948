using BenchmarkDotNet.Attributes;
using Tactus.Bench.Peers;
using Tactus.Kernels;
using Tactus.Kernels.Secp256k1;

namespace Tactus.Bench;

/// <summary>Batch and hot-key verification on one wide entry; times are per batch.</summary>
[MemoryDiagnoser]
public class Secp256k1LanesBenchmarks
{
    private SignatureSet _set = null!;
    private SignatureVerdict[] _verdicts = [];
    private BatchVerifier _batch = null!;
    private HotKeyVerifier _hot = null!;

    /// <summary>Names of the wide entries that this machine can run.</summary>
    public static IEnumerable<string> Entries =>
        KernelRegistry.Default.Secp256k1.Where(entry => entry.Lanes > 1 && entry.WhyUnsupported is null).Select(entry =>
            entry.Name);

    [ParamsSource(nameof(Entries))]
    public string Entry { get; set; } = "avx512";

    [Params(256, 4096)]
    public int Batch { get; set; }

    /// <summary>Different keys among the signatures; 256 fit the default memory for tables.</summary>
    [Params(16, 256)]
    public int DistinctKeys { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _set = new SignatureSet(Batch, DistinctKeys);
        _verdicts = new SignatureVerdict[Batch];
        _batch = new BatchVerifier(Entry);
        _hot = new HotKeyVerifier(sightingsMin: 1, entry: Entry);
        while (_hot.VerifyHot(_set.Digests, _set.Signatures, [], _set.Keys, _verdicts) < Batch)
        {
            // every call makes some tables
        }
    }

    [Benchmark]
    public SignatureVerdict Equation()
    {
        _batch.Verify(_set.Digests, _set.Signatures, _set.RecoveryIds, _set.Keys, _verdicts);
        return _verdicts[^1];
    }

    [Benchmark]
    public int HotKeys() => _hot.VerifyHot(_set.Digests, _set.Signatures, [], _set.Keys, _verdicts);
}
