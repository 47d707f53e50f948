using System.Numerics;
using Tactus.Engine.Protocols.Gasper.State;
using Tactus.Kernels.Bls12381;

namespace Tactus.Engine.Protocols.Gasper.Signatures;

/// <summary>
/// Decompressed keys by registry index, filled when first used: decompression and the subgroup check cost more than
/// adding a thousand keys. An entry remembers its compressed key, so that a fork that gave the index to another key is
/// noticed.</summary>
/// <remarks>144 bytes per validator: 137 MiB for a million. Safe for concurrent use.</remarks>
public sealed class PublicKeyCache(IBlsKernel bls)
{
    private readonly Lock _lock = new();
    private BlsPublicKey[] _keys = [];
    private PublicKey48[] _compressed = [];

    /// <summary>The key of a validator; false where it is no valid public key.</summary>
    public bool TryGet(ValidatorRegistry validators, int index, out BlsPublicKey key)
    {
        ArgumentNullException.ThrowIfNull(validators);
        lock (_lock)
        {
            bool isCached = Ensure(validators, index);
            key = isCached ? _keys[index] : default;
            return isCached;
        }
    }

    /// <summary>The sum of the keys of several validators; false where one is no valid public key.</summary>
    public bool TrySum(ValidatorRegistry validators, ReadOnlySpan<int> indices, out BlsPublicKey sum)
    {
        ArgumentNullException.ThrowIfNull(validators);
        lock (_lock)
        {
            foreach (int index in indices)
            {
                if (!Ensure(validators, index))
                {
                    sum = default;
                    return false;
                }
            }

            bls.AggregateKeys(_keys, indices, out sum);
            return true;
        }
    }

    private bool Ensure(ValidatorRegistry validators, int index)
    {
        if (index >= _keys.Length)
        {
            int capacity = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(64, validators.Count));
            Array.Resize(ref _keys, capacity);
            Array.Resize(ref _compressed, capacity);
        }

        PublicKey48 compressed = validators.PublicKey(index);
        if (_compressed[index] == compressed)
        {
            // All-zero bytes are no encoding of a point, so an untouched entry never looks cached.
            return compressed != default;
        }

        if (bls.DecompressKey(compressed, out BlsPublicKey key) != BlsVerdict.Valid)
        {
            return false;
        }

        _keys[index] = key;
        _compressed[index] = compressed;
        return true;
    }
}
