using Tactus.Kernels.Secp256k1;

namespace Tactus.Bench.Peers;

/// <summary>Good signatures by a number of keys, in the layout of the kernels; low s, as libsecp256k1 wants
/// it.</summary>
internal sealed class SignatureSet
{
    public SignatureSet(int count, int distinctKeys)
    {
        Count = count;
        DistinctKeys = distinctKeys;
        Digests = new byte[32 * count];
        Signatures = new byte[64 * count];
        RecoveryIds = new byte[count];
        Keys = new byte[64 * count];
        byte[] secrets = new byte[32 * count];
        var random = new Random((count * 31) + distinctKeys);
        random.NextBytes(Digests);
        random.NextBytes(secrets.AsSpan(0, 32 * distinctKeys));
        for (int i = 0; i < count; i++)
        {
            Span<byte> key = Keys.AsSpan(64 * i, 64);
            secrets.AsSpan(32 * (i % distinctKeys), 32).CopyTo(secrets.AsSpan(32 * i));
            if (i < distinctKeys)
            {
                Secp256k1Signer.TryGetPublicKey(secrets.AsSpan(32 * i, 32), key);
            }
            else
            {
                Keys.AsSpan(64 * (i % distinctKeys), 64).CopyTo(key);
            }
        }

        Secp256k1Signer.SignBatch(Digests, secrets, Signatures, RecoveryIds);
    }

    public int Count { get; }

    public int DistinctKeys { get; }

    public byte[] Digests { get; }

    public byte[] Signatures { get; }

    public byte[] RecoveryIds { get; }

    public byte[] Keys { get; }
}
