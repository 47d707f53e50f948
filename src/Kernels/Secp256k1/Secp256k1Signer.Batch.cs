namespace Tactus.Kernels.Secp256k1;

/// <summary>
/// Many signatures at once, for generating load: about three times as fast per signature as one by one.
/// </summary>
/// <remarks>
/// Affine additions share their inversion over the batch, so that one costs 5 products and 1 square. r must be below
/// 2^255, so half of all nonces fail; but with R = k*G at hand, Lambda*k and Lambda^2*k cost one product each: their
/// points are (Beta*x, y) and (Beta^2*x, y). They are as random as k, and of the three only one is used. So a batch
/// takes 8/7 point multiplications per signature instead of 2; its signatures are canonical but not those of
/// <see cref="Sign"/>. Every step is in constant time with respect to secrets and nonces; the batch says nothing of
/// them either.
/// </remarks>
public static partial class Secp256k1Signer
{
    /// <summary>
    /// Items that share an inversion: 256 * 37 additions for 37 inversions of about 200 products each.
    /// </summary>
    private const int ChunkCount = 256;

    [ThreadStatic]
    private static Chunk? _chunk;

    /// <summary>
    /// Signs each digest with its secret, in the form <see cref="SignatureForm.Canonical"/>; the same input gives the
    /// same bytes.
    /// </summary>
    /// <param name="digests">32 bytes each.</param>
    /// <param name="secrets">32 bytes each, big-endian, from 1 to n - 1.</param>
    /// <param name="signatures">Receives r|s, 64 bytes each.</param>
    /// <param name="recoveryIds">Receives recovery ids; its length is the number of signatures.</param>
    /// <exception cref="ArgumentException">A secret is out of range, or a span's size does not fit the number of
    /// ids.</exception>
    public static void SignBatch(
        ReadOnlySpan<byte> digests,
        ReadOnlySpan<byte> secrets,
        Span<byte> signatures,
        Span<byte> recoveryIds)
    {
        int count = recoveryIds.Length;
        if (digests.Length != 32L * count || secrets.Length != 32L * count || signatures.Length != 64L * count)
        {
            throw new ArgumentException(
                $"{count} recovery ids need {32L * count} bytes of digests and of secrets and {64L * count} of signatures;"
                + $" given {digests.Length}, {secrets.Length} and {signatures.Length}.",
                nameof(recoveryIds));
        }

        Chunk chunk = _chunk ??= new Chunk();
        for (int at = 0; at < count; at += ChunkCount)
        {
            int some = Math.Min(ChunkCount, count - at);
            chunk.Sign(
                at,
                digests.Slice(32 * at, 32 * some),
                secrets.Slice(32 * at, 32 * some),
                signatures.Slice(64 * at, 64 * some),
                recoveryIds.Slice(at, some));
        }
    }

    /// <summary>
    /// The working memory of one thread; what it holds of secrets is overwritten at the end of each chunk.
    /// </summary>
    private sealed class Chunk
    {
        private static readonly ScalarN LambdaInverse = ScalarN.Lambda.Square(); // Lambda^3 = 1

        private readonly int[] _pending = new int[ChunkCount];
        private readonly bool[] _failed = new bool[ChunkCount];
        private readonly ScalarN[] _secrets = new ScalarN[ChunkCount];
        private readonly ScalarN[] _nonces = new ScalarN[ChunkCount];
        private readonly ScalarN[] _nonceProducts = new ScalarN[ChunkCount];
        private readonly ulong[] _negated = new ulong[ChunkCount];
        private readonly byte[] _windows = new byte[ChunkCount * SecretTable.WindowCount];

        // sums so far and what is to be added, magnitude at most 1 (AddY: 2)
        private readonly FieldScalar[] _x = new FieldScalar[ChunkCount];
        private readonly FieldScalar[] _y = new FieldScalar[ChunkCount];
        private readonly FieldScalar[] _addX = new FieldScalar[ChunkCount];
        private readonly FieldScalar[] _addY = new FieldScalar[ChunkCount];
        private readonly FieldScalar[] _slopeRun = new FieldScalar[ChunkCount];
        private readonly FieldScalar[] _products = new FieldScalar[ChunkCount];

        public void Sign(
            int first,
            ReadOnlySpan<byte> digests,
            ReadOnlySpan<byte> secrets,
            Span<byte> signatures,
            Span<byte> recoveryIds)
        {
            int pending = recoveryIds.Length;
            for (int i = 0; i < pending; i++)
            {
                if (!TryReadSecret(secrets.Slice(32 * i, 32), out _secrets[i]))
                {
                    throw new ArgumentException($"Secret key {first + i} is 0 or not below the order of secp256k1.", nameof(secrets));
                }

                _pending[i] = i;
            }

            for (int candidate = 0; pending > 0; candidate++)
            {
                for (int j = 0; j < pending; j++)
                {
                    int i = _pending[j];
                    DeriveNonce(digests.Slice(32 * i, 32), secrets.Slice(32 * i, 32), candidate, j);
                }

                MultiplyGenerator(pending);
                InvertNonces(pending);
                int left = 0;
                for (int j = 0; j < pending; j++)
                {
                    int i = _pending[j];
                    if (!TryFinish(digests.Slice(32 * i, 32), j, signatures.Slice(64 * i, 64), out recoveryIds[i]))
                    {
                        _pending[left++] = i;
                    }
                }

                pending = left;
            }

            Array.Clear(_secrets);
            Array.Clear(_nonces);
            Array.Clear(_nonceProducts);
            Array.Clear(_windows);
        }

        private void DeriveNonce(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> secret, int candidate, int j)
        {
            Span<byte> bytes = stackalloc byte[32];
            ScalarN.ReadReduced(digest).Write(bytes);
            var nonces = new Rfc6979(secret, bytes);
            nonces.Next(isFirst: true, bytes);
            for (int skipped = 0; skipped < candidate; skipped++)
            {
                nonces.Next(isFirst: false, bytes);
            }

            // 0 or not below n has a chance of 2^-127; the item is then tried again with the next candidate
            _failed[j] = !ScalarN.TryRead(bytes, out _nonces[j]) || _nonces[j].IsZero;
            if (_failed[j])
            {
                _nonces[j] = ScalarN.One;
            }

            _negated[j] = SecretTable.Recode(
                _nonces[j], _windows.AsSpan(j * SecretTable.WindowCount, SecretTable.WindowCount));
            nonces.Clear();
            bytes.Clear();
        }

        // nonce * G for all: window by window, one inversion for the slopes of a window
        private void MultiplyGenerator(int count)
        {
            for (int j = 0; j < count; j++)
            {
                SecretTable.Select(0, _windows[j * SecretTable.WindowCount], out _x[j], out _y[j]);
                _y[j] = _y[j].NormalizeWeak();
            }

            for (int window = 1; window < SecretTable.WindowCount; window++)
            {
                FieldScalar product = FieldScalar.One;
                for (int j = 0; j < count; j++)
                {
                    byte index = _windows[(j * SecretTable.WindowCount) + window];
                    SecretTable.Select(window, index, out _addX[j], out _addY[j]);
                    FieldScalar run = _addX[j] + _x[j].Negate(1); // 3
                    if (run.IsZero)
                    {
                        // Equal or opposite points. The sum so far is below 2^(w*window) in size and what is added is
                        // not, so only the last window can meet this, for one nonce in 2^252: that item takes the next
                        // candidate.
                        _failed[j] = true;
                        run = FieldScalar.One;
                    }

                    _slopeRun[j] = run;
                    _products[j] = product;
                    product *= run;
                }

                FieldScalar inverse = product.Inverse();
                for (int j = count - 1; j >= 0; j--)
                {
                    FieldScalar slope = (_addY[j] + _y[j].Negate(1)) * (inverse * _products[j]);
                    inverse *= _slopeRun[j];
                    FieldScalar x = (slope.Square() + (_x[j] + _addX[j]).Negate(2)).NormalizeWeak();
                    _y[j] = ((slope * (_x[j] + x.Negate(1))) + _y[j].Negate(1)).NormalizeWeak();
                    _x[j] = x;
                }
            }
        }

        private void InvertNonces(int count)
        {
            ScalarN product = ScalarN.One;
            for (int j = 0; j < count; j++)
            {
                _nonceProducts[j] = product;
                product *= _nonces[j];
            }

            ScalarN inverse = product.Inverse();
            for (int j = count - 1; j >= 0; j--)
            {
                ScalarN nonce = _nonces[j];
                _nonces[j] = inverse * _nonceProducts[j];
                inverse *= nonce;
            }
        }

        private bool TryFinish(ReadOnlySpan<byte> digest, int j, Span<byte> signature, out byte recoveryId)
        {
            recoveryId = 0;
            FieldScalar x = _x[j];
            FieldScalar y = FieldScalar.Select(_negated[j], _y[j].Negate(1), _y[j]).Normalize();
            ScalarN nonceInverse = _nonces[j];
            ScalarN z = ScalarN.ReadReduced(digest);
            for (int power = 0; power < 3 && !_failed[j]; power++)
            {
                ScalarN r = WriteR(x.Normalize(), signature, out bool overflow);
                if (!r.IsZero && CanonicalForm.IsCanonicalNumber(signature))
                {
                    ScalarN s = nonceInverse * (z + (r * _secrets[_pending[j]]));
                    recoveryId = WriteS(s, y.IsOdd, overflow, signature[32..]);
                    if (!s.IsZero && CanonicalForm.IsCanonicalNumber(signature[32..]))
                    {
                        return true;
                    }
                }

                x *= FieldScalar.Beta;
                nonceInverse *= LambdaInverse;
            }

            return false;
        }
    }
}
