using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Graphene.Types;
using Tactus.Kernels;
using Tactus.Kernels.Secp256k1;

namespace Tactus.Engine.Tests.Graphene.RealData;

/// <summary>Recovers the keys of many signatures with one call of the kernel.</summary>
internal sealed class Recovery
{
    private readonly ByteWriter _digests = new();
    private readonly ByteWriter _signatures = new();
    private readonly List<byte> _recoveryIds = [];

    public static KernelSet Kernels { get; } = KernelRegistry.Default.Choose();

    public int Count => _recoveryIds.Count;

    public void Add(in Hash256 digest, ReadOnlySpan<byte> signature65)
    {
        Assert.InRange(signature65[0], 31, 34);
        Assert.True(CanonicalForm.IsCanonical(signature65[1..]), "signature is not canonical");
        _digests.WriteHash256(digest);
        _signatures.WriteSpan(signature65[1..]);
        _recoveryIds.Add((byte)(signature65[0] - 31));
    }

    /// <summary>The key of each, or null where there is none.</summary>
    public SigningKey?[] Run()
    {
        byte[] points = new byte[Count * 64];
        var verdicts = new SignatureVerdict[Count];
        Kernels.Secp256k1.For(Count)
            .Recover(_digests.Written, _signatures.Written, _recoveryIds.ToArray(), points, verdicts);
        var keys = new SigningKey?[Count];
        byte[] compressed = new byte[33];
        for (int i = 0; i < Count; i++)
        {
            compressed[0] = (byte)(2 | (points[(i * 64) + 63] & 1));
            points.AsSpan(i * 64, 32).CopyTo(compressed.AsSpan(1));
            keys[i] = verdicts[i] == SignatureVerdict.Valid ? new SigningKey(compressed) : null;
        }

        return keys;
    }
}
