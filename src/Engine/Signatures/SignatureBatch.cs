using Tactus.Engine.Pipeline;
using Tactus.Kernels.Secp256k1;

namespace Tactus.Engine.Signatures;

/// <summary>Room to sort the signatures of a chunk by path and to lay each group end to end for its kernel. Grows and
/// is reused.</summary>
internal sealed class SignatureBatch
{
    private int[] _expected = new int[256];
    private byte[] _points = new byte[256 * 64];
    private int[] _unknown = new int[256];
    private byte[] _unknownKeys = new byte[256 * SignatureLanes.CompressedKeySize];
    private byte[] _unknownPoints = new byte[256 * 64];
    private SignatureVerdict[] _unknownVerdicts = new SignatureVerdict[256];
    private byte[] _digests = [];
    private byte[] _signatures = [];
    private byte[] _recoveryIds = [];
    private byte[] _gatheredPoints = [];
    private SignatureVerdict[] _verdicts = [];
    private int _gathered;

    /// <summary>To be checked by one equation, with tables, and by recovery.</summary>
    public Group Cold { get; } = new();

    /// <inheritdoc cref="Cold"/>
    public Group Hot { get; } = new();

    /// <inheritdoc cref="Cold"/>
    public Group Open { get; } = new();

    /// <summary>Signatures whose signer's key is expected.</summary>
    public int ExpectedCount { get; private set; }

    /// <summary>Those of them whose key is to be decompressed.</summary>
    public int UnknownCount { get; private set; }

    public ReadOnlySpan<byte> UnknownKeys => _unknownKeys.AsSpan(0, UnknownCount * SignatureLanes.CompressedKeySize);

    public Span<byte> UnknownPoints => _unknownPoints.AsSpan(0, UnknownCount * 64);

    public Span<SignatureVerdict> UnknownVerdicts => _unknownVerdicts.AsSpan(0, UnknownCount);

    // ---- the group that was gathered last ----
    public ReadOnlySpan<byte> Digests => _digests.AsSpan(0, _gathered * 32);

    public ReadOnlySpan<byte> Signatures => _signatures.AsSpan(0, _gathered * 64);

    public ReadOnlySpan<byte> RecoveryIds => _recoveryIds.AsSpan(0, _gathered);

    public Span<byte> GatheredPoints => _gatheredPoints.AsSpan(0, _gathered * 64);

    public void Clear()
    {
        Cold.Clear();
        Hot.Clear();
        Open.Clear();
        ExpectedCount = 0;
        UnknownCount = 0;
    }

    /// <summary>Adds a signature of the block's lanes.</summary>
    public void Add(int index, bool expected)
    {
        if (!expected)
        {
            Open.Add(index, -1);
            return;
        }

        if (ExpectedCount == _expected.Length)
        {
            int length = _expected.Length * 2;
            Array.Resize(ref _expected, length);
            Array.Resize(ref _points, length * 64);
            Array.Resize(ref _unknown, length);
            Array.Resize(ref _unknownKeys, length * SignatureLanes.CompressedKeySize);
            Array.Resize(ref _unknownPoints, length * 64);
            Array.Resize(ref _unknownVerdicts, length);
        }

        _expected[ExpectedCount++] = index;
    }

    /// <summary>Leaves the expected keys aside: all are to be recovered.</summary>
    public void GiveUpExpected()
    {
        for (int k = 0; k < ExpectedCount; k++)
        {
            Open.Add(_expected[k], -1);
        }

        ExpectedCount = 0;
    }

    public int ExpectedAt(int k) => _expected[k];

    /// <summary>The decompressed key of the expected signature number <paramref name="k"/>.</summary>
    public Span<byte> PointAt(int k) => _points.AsSpan(k * 64, 64);

    public void AddUnknown(int k, ReadOnlySpan<byte> key33)
    {
        key33.CopyTo(_unknownKeys.AsSpan(UnknownCount * SignatureLanes.CompressedKeySize));
        _unknown[UnknownCount++] = k;
    }

    public int UnknownAt(int u) => _unknown[u];

    /// <summary>Lays a group end to end, with the points of those that have one.</summary>
    /// <returns>Room for its verdicts.</returns>
    public Span<SignatureVerdict> Gather(SignatureLanes lanes, Group group)
    {
        _gathered = group.Count;
        if (_verdicts.Length < _gathered)
        {
            int length = Math.Max(_gathered, _verdicts.Length * 2);
            _digests = new byte[length * 32];
            _signatures = new byte[length * 64];
            _recoveryIds = new byte[length];
            _gatheredPoints = new byte[length * 64];
            _verdicts = new SignatureVerdict[length];
        }

        for (int n = 0; n < _gathered; n++)
        {
            int i = group.IndexAt(n);
            lanes.DigestOf(i).CopyTo(_digests.AsSpan(n * 32));
            lanes.Signatures.AsSpan(i * 64, 64).CopyTo(_signatures.AsSpan(n * 64));
            _recoveryIds[n] = lanes.RecoveryIds[i];
            if (group.PointAt(n) is >= 0 and int k)
            {
                PointAt(k).CopyTo(_gatheredPoints.AsSpan(n * 64));
            }
        }

        return _verdicts.AsSpan(0, _gathered);
    }

    /// <summary>Some signatures by their index in the block's lanes, each with the number of its point or -1.</summary>
    internal sealed class Group
    {
        private (int Index, int Point)[] _items = new (int, int)[256];

        public int Count { get; private set; }

        public void Clear() => Count = 0;

        public int IndexAt(int n) => _items[n].Index;

        public int PointAt(int n) => _items[n].Point;

        public void Add(int index, int point)
        {
            if (Count == _items.Length)
            {
                Array.Resize(ref _items, _items.Length * 2);
            }

            _items[Count++] = (index, point);
        }
    }
}
