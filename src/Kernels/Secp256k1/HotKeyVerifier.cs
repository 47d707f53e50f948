using System.Security.Cryptography;
using Tactus.Kernels.Secp256k1.Lanes;

namespace Tactus.Kernels.Secp256k1;

/// <summary>
/// Exact verification with cached tables for keys that are seen often: the scalar kernel's verdicts, several times
/// faster than
/// a cold check. Memory is bounded. Safe for concurrent use.
/// </summary>
/// <remarks>
/// A table holds 2176 points (136 KiB) and takes about as long to make as 30 cold checks. A key earns one by
/// <c>sightingsMin</c> sightings; when memory is full the least recently used one gives way (CLOCK). A call makes at
/// most
/// <see cref="TablesPerCallMax"/> tables, so that a flood of new keys cannot stall a block.
/// </remarks>
public sealed class HotKeyVerifier
{
    /// <summary>Tables made by one call at most.</summary>
    public const int TablesPerCallMax = 8;

    /// <summary>Memory for tables unless the caller says otherwise: 480 keys.</summary>
    public const long BytesMaxDefault = 64L << 20;

    /// <summary>Sightings before a key gets a table unless the caller says otherwise.</summary>
    public const int SightingsMinDefault = 24;

    private readonly HotKeyTables _tables;
    private readonly CombVerification<FieldAvx512>? _avx512;
    private readonly CombVerification<FieldAvx2>? _avx2;

    /// <param name="bytesMax">Memory for tables, at least one table (139,264 bytes).</param>
    /// <param name="sightingsMin">Sightings before a key gets a table, 1..255.</param>
    /// <param name="entry">"avx512", "avx2", or null for the widest that this machine can run.</param>
    /// <exception cref="ArgumentException">No such entry, or this machine cannot run it.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Less memory than one table, or a threshold out of
    /// range.</exception>
    public HotKeyVerifier(long bytesMax = BytesMaxDefault, int sightingsMin = SightingsMinDefault, string? entry = null)
    {
        Span<byte> seed = stackalloc byte[8];
        RandomNumberGenerator.Fill(seed);
        _tables = new HotKeyTables(bytesMax, sightingsMin, BitConverter.ToUInt64(seed));
        switch (entry ?? (FieldAvx512.IsSupported ? "avx512" : FieldAvx2.IsSupported ? "avx2" : "none"))
        {
            case "avx512" when FieldAvx512.IsSupported:
                _avx512 = new CombVerification<FieldAvx512>();
                break;
            case "avx2" when FieldAvx2.IsSupported:
                _avx2 = new CombVerification<FieldAvx2>();
                break;
            case "none" when entry is null:
                break;
            default:
                throw new ArgumentException($"No hot-key verifier \"{entry}\" on this machine; use avx512 or avx2.",
                    nameof(entry));
        }
    }

    /// <summary>Whether this machine can use tables. Where it cannot, every item stays undecided.</summary>
    public bool IsSupported => _avx512 is not null || _avx2 is not null;

    /// <summary>Keys that fit in memory.</summary>
    public int Capacity => _tables.Capacity;

    /// <summary>Keys that have a table now.</summary>
    public int Count => _tables.Count;

    /// <summary>Decides the items whose key has a table; the others get Unknown, and their keys count as
    /// seen.</summary>
    /// <param name="digests">32 bytes an item.</param>
    /// <param name="signatures">64 bytes an item: r then s.</param>
    /// <param name="recoveryIds">
    /// Empty: verdicts of <see cref="ISecp256k1Kernel.Verify"/>. One an item: Valid means that recovery gives the key,
    /// as in
    /// <see cref="BatchVerifier"/>.
    /// </param>
    /// <param name="keys">64 bytes an item: x then y.</param>
    /// <param name="verdicts">Receives the verdicts; its length is the number of items.</param>
    /// <returns>How many items were decided.</returns>
    /// <exception cref="ArgumentException">A span's size does not fit the number of verdicts.</exception>
    public int VerifyHot(
        ReadOnlySpan<byte> digests,
        ReadOnlySpan<byte> signatures,
        ReadOnlySpan<byte> recoveryIds,
        ReadOnlySpan<byte> keys,
        Span<SignatureVerdict> verdicts)
    {
        Secp256k1Spans.CheckVerify(digests, signatures, keys, verdicts);
        if (recoveryIds.Length != 0 && recoveryIds.Length != verdicts.Length)
        {
            throw new ArgumentException($"recoveryIds holds {recoveryIds.Length} of {verdicts.Length} items.",
                nameof(recoveryIds));
        }

        verdicts.Clear();
        if (!IsSupported || verdicts.IsEmpty)
        {
            return 0;
        }

        CombTable?[] tables = System.Buffers.ArrayPool<CombTable?>.Shared.Rent(verdicts.Length);
        int made = 0, hot = 0;
        for (int i = 0; i < verdicts.Length; i++)
        {
            ReadOnlySpan<byte> key = keys.Slice(64 * i, 64);
            tables[i] = _tables.Find(key);
            if (tables[i] is null && made < TablesPerCallMax && _tables.Sight(key))
            {
                tables[i] = Make(key);
                made++;
            }

            hot += tables[i] is null ? 0 : 1;
        }

        ReadOnlySpan<CombTable?> used = tables.AsSpan(0, verdicts.Length);
        if (hot > 0)
        {
            _avx512?.Verify(digests, signatures, recoveryIds, keys, used, verdicts);
            _avx2?.Verify(digests, signatures, recoveryIds, keys, used, verdicts);
        }

        System.Buffers.ArrayPool<CombTable?>.Shared.Return(tables, clearArray: true);
        return hot;
    }

    // A key off the curve never gets a table; null then.
    private CombTable? Make(ReadOnlySpan<byte> key)
    {
        if (!FieldScalar.TryRead(key[..32], out FieldScalar x) || !FieldScalar.TryRead(key[32..], out FieldScalar y))
        {
            return null;
        }

        var point = new AffinePoint(x, y);
        if (!point.IsOnCurve(ScalarN.CurveB))
        {
            return null;
        }

        CombTable table = _avx512 is not null
            ? CombVerification<FieldAvx512>.MakeTable(point, HotKeyTables.Width)
            : CombVerification<FieldAvx2>.MakeTable(point, HotKeyTables.Width);
        _tables.Keep(key, table);
        return table;
    }
}
