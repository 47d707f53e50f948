using BenchmarkDotNet.Attributes;
using Tactus.Kernels;
using Tactus.Kernels.Merkle;
using Tactus.Kernels.Sha256;

namespace Tactus.Bench;

/// <summary>Roots of every shape on the best kernel, for small blocks, large blocks and state trees. Times are per
/// tree.</summary>
[MemoryDiagnoser]
public class MerkleBenchmarks
{
    private readonly KernelLadder<ISha256Kernel> _sha256 = KernelRegistry.Default.Choose().Sha256;
    private readonly byte[] _root = new byte[32];
    private byte[] _leaves = [];

    [ParamsAllValues]
    public MerkleShape Shape { get; set; }

    /// <summary>Leaves; 1000 and 65537 leave odd nodes on many levels.</summary>
    [Params(10, 100, 1000, 1024, 65_536, 65_537)]
    public int Leaves { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        _leaves = new byte[32 * Leaves];
        new Random(Leaves).NextBytes(_leaves);
    }

    [Benchmark]
    public void Root() => MerkleTree.Root(_sha256, Shape, _leaves, _root);
}
