namespace Tactus.Engine.State;

/// <summary>Bytes of the blobs that a block reads and writes in one partition. Pieces never move, so a span stays valid
/// until the block ends; the chunks are kept for the next block.</summary>
internal sealed class BlobArena
{
    // Small blobs (permissions, ABIs) share a chunk; a blob that does not fit gets one of its own size.
    private const int ChunkBytes = 4096;

    private readonly List<byte[]> _chunks = [];
    private int _chunk;
    private int _used;
    private long _total;

    public void Clear()
    {
        _chunk = 0;
        _used = 0;
        _total = 0;
    }

    public BlobPlace Add(ReadOnlySpan<byte> bytes)
    {
        _total += bytes.Length;
        if (_total > StateLimits.OverlayBlobBytesMax)
        {
            throw new InvalidOperationException(
                $"a block reads and writes more than {StateLimits.OverlayBlobBytesMax} bytes of blobs in one partition; cut the block");
        }

        while (_chunk < _chunks.Count && _chunks[_chunk].Length - _used < bytes.Length)
        {
            _chunk++;
            _used = 0;
        }

        if (_chunk == _chunks.Count)
        {
            _chunks.Add(new byte[Math.Max(ChunkBytes, bytes.Length)]);
        }

        bytes.CopyTo(_chunks[_chunk].AsSpan(_used));
        var place = new BlobPlace(_chunk, _used, bytes.Length);
        _used += bytes.Length;
        return place;
    }

    public ReadOnlySpan<byte> Bytes(in BlobPlace place) => place.Length == 0
        ? []
        : _chunks[place.Chunk].AsSpan(place.Offset, place.Length);
}

/// <summary>Where a blob lies in a <see cref="BlobArena"/>.</summary>
internal readonly record struct BlobPlace(int Chunk, int Offset, int Length);
