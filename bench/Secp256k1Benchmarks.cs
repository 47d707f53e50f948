using BenchmarkDotNet.Attributes;
using Tactus.Kernels;
using Tactus.Kernels.Secp256k1;

namespace Tactus.Bench;

/// <summary>Verify, recover and decompress on one entry of the registry; times are per batch.</summary>
[MemoryDiagnoser]
public class Secp256k1Benchmarks
{
    private byte[] _digests = [];
    private byte[] _signatures = [];
    private byte[] _recoveryIds = [];
    private byte[] _keys = [];
    private byte[] _recovered = [];
    private byte[] _compressed = [];
    private SignatureVerdict[] _verdicts = [];
    private ISecp256k1Kernel _kernel = null!;

    /// <summary>Names of the entries that this machine can run.</summary>
    public static IEnumerable<string> Entries =>
        KernelRegistry.Default.Secp256k1.Where(entry => entry.WhyUnsupported is null).Select(entry => entry.Name);

    [ParamsSource(nameof(Entries))]
    public string Entry { get; set; } = "scalar";

    [Params(1, 64, 1024)]
    public int Batch { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _kernel = KernelRegistry.Default.Secp256k1.Single(
            entry => string.Equals(entry.Name, Entry, StringComparison.Ordinal));
        _digests = new byte[32 * Batch];
        byte[] secrets = new byte[32 * Batch];
        _signatures = new byte[64 * Batch];
        _recoveryIds = new byte[Batch];
        _keys = new byte[64 * Batch];
        _recovered = new byte[64 * Batch];
        _compressed = new byte[33 * Batch];
        _verdicts = new SignatureVerdict[Batch];
        var random = new Random(2026);
        random.NextBytes(_digests);
        random.NextBytes(secrets);
        Secp256k1Signer.SignBatch(_digests, secrets, _signatures, _recoveryIds);
        for (int i = 0; i < Batch; i++)
        {
            Secp256k1Signer.TryGetPublicKey(secrets.AsSpan(32 * i, 32), _keys.AsSpan(64 * i, 64));
            _compressed[33 * i] = (byte)(2 + (_keys[(64 * i) + 63] & 1));
            _keys.AsSpan(64 * i, 32).CopyTo(_compressed.AsSpan((33 * i) + 1));
        }
    }

    [Benchmark]
    public SignatureVerdict Verify()
    {
        _kernel.Verify(_digests, _signatures, _keys, _verdicts);
        return _verdicts[^1];
    }

    [Benchmark]
    public SignatureVerdict Recover()
    {
        _kernel.Recover(_digests, _signatures, _recoveryIds, _recovered, _verdicts);
        return _verdicts[^1];
    }

    [Benchmark]
    public SignatureVerdict Decompress()
    {
        _kernel.Decompress(_compressed, _recovered, _verdicts);
        return _verdicts[^1];
    }
}

/// <summary>The signer: one by one, in batches, and the parts that the time goes to.</summary>
[MemoryDiagnoser]
public class Secp256k1SignerBenchmarks
{
    private const int Count = 1024;
    private readonly byte[] _digests = new byte[32 * Count];
    private readonly byte[] _secrets = new byte[32 * Count];
    private readonly byte[] _signatures = new byte[64 * Count];
    private readonly byte[] _recoveryIds = new byte[Count];
    private readonly byte[] _key = new byte[64];

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(2026);
        random.NextBytes(_digests);
        random.NextBytes(_secrets);
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public void SignBatch() => Secp256k1Signer.SignBatch(_digests, _secrets, _signatures, _recoveryIds);

    [Benchmark(OperationsPerInvoke = Count)]
    public void SignCanonical()
    {
        for (int i = 0; i < Count; i++)
        {
            _recoveryIds[i] = Secp256k1Signer.Sign(
                _digests.AsSpan(32 * i, 32),
                _secrets.AsSpan(32 * i, 32),
                SignatureForm.Canonical,
                _signatures.AsSpan(64 * i, 64));
        }
    }

    [Benchmark]
    public bool PublicKey() => Secp256k1Signer.TryGetPublicKey(_secrets.AsSpan(0, 32), _key);
}

/// <summary>Field and scalar arithmetic in dependent chains: the latency of one operation.</summary>
public class Secp256k1ArithmeticBenchmarks
{
    private const int Count = 1000;
    private FieldScalar _field = FieldScalar.Beta;
    private ScalarN _scalar = ScalarN.Lambda;

    [Benchmark(OperationsPerInvoke = Count)]
    public void FieldMultiply()
    {
        FieldScalar a = _field;
        for (int i = 0; i < Count; i++)
        {
            a *= _field;
        }

        _field = a;
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public void FieldSquare() => _field = _field.Square(Count);

    [Benchmark]
    public void FieldInverse() => _field = _field.Inverse();

    [Benchmark(OperationsPerInvoke = Count)]
    public void ScalarMultiply()
    {
        ScalarN a = _scalar;
        for (int i = 0; i < Count; i++)
        {
            a *= _scalar;
        }

        _scalar = a;
    }

    [Benchmark]
    public void ScalarInverse() => _scalar = _scalar.Inverse();
}
