using System.Runtime.InteropServices;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Execution;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Engine.State;

namespace Tactus.Engine.Protocols.Antelope.Voting;

/// <summary>A registered producer. Times are Unix microseconds.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ProducerRow
{
    public ulong Owner;

    public double TotalVotes;

    public long LastClaimUs;

    /// <summary>Vote weight times seconds since the last claim.</summary>
    public double VotePayShare;

    public long LastVotePayUpdateUs;

    public uint UnpaidBlocks;

    /// <summary>Where the producer says it is: order of the schedule under Telos rules.</summary>
    public ushort Location;

    private ushort _active;

    public bool IsActive
    {
        readonly get => _active != 0;
        set => _active = value ? (ushort)1 : (ushort)0;
    }

    /// <summary>Brings the vote-pay share up to date (update_producer_votepay_share).</summary>
    /// <returns>The share before any reset.</returns>
    public double UpdateShare(long nowUs, double rate, bool reset)
    {
        double delta = rate > 0 && nowUs > LastVotePayUpdateUs ? rate * ((nowUs - LastVotePayUpdateUs) / 1E6) : 0;
        double share = VotePayShare + delta;
        VotePayShare = reset ? 0 : share;
        LastVotePayUpdateUs = nowUs;
        return share;
    }
}

/// <summary>All producers, ascending by name, in one blob: few hundred rows, read and written whole. Load it, change
/// rows, save it. Signing authority and URL lie in a blob per producer.</summary>
public sealed class ProducerTable
{
    /// <summary>Most producers ever registered: 48 bytes each.</summary>
    public const int ProducersMax = 4096;

    /// <summary>URLs are shorter than this, in bytes.</summary>
    public const int UrlBytesMax = 512;

    private static readonly StateKey Key = StateKey.Of(StateTables.Producers, 0);

    private ProducerRow[] _rows = new ProducerRow[64];

    public int Count { get; private set; }

    public Span<ProducerRow> Rows => _rows.AsSpan(0, Count);

    public ProducerTable Load(IStateView view)
    {
        Count = 0;
        if (view.TryGetBlob(Key, out ReadOnlySpan<byte> bytes))
        {
            ReadOnlySpan<ProducerRow> rows = MemoryMarshal.Cast<byte, ProducerRow>(bytes);
            if (_rows.Length < rows.Length)
            {
                _rows = new ProducerRow[rows.Length * 2];
            }

            rows.CopyTo(_rows);
            Count = rows.Length;
        }

        return this;
    }

    public void Save(IStateView view) => view.PutBlob(Key, MemoryMarshal.AsBytes<ProducerRow>(Rows));

    /// <summary>Index of a producer; negative where it is not registered: the complement of where it would
    /// stand.</summary>
    public int IndexOf(ulong owner)
    {
        int low = 0;
        int high = Count - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            if (_rows[middle].Owner == owner)
            {
                return middle;
            }

            (low, high) = _rows[middle].Owner < owner ? (middle + 1, high) : (low, middle - 1);
        }

        return ~low;
    }

    /// <summary>Adds a row at the place that <see cref="IndexOf"/> named.</summary>
    public ref ProducerRow Insert(int at, ulong owner)
    {
        if (Count == _rows.Length)
        {
            Array.Resize(ref _rows, _rows.Length * 2);
        }

        Array.Copy(_rows, at, _rows, at + 1, Count - at);
        Count++;
        _rows[at] = new ProducerRow { Owner = owner };
        return ref _rows[at];
    }

    public static void SaveDetail(IStateView view, ulong owner, BlockSigningAuthority authority, ReadOnlySpan<byte> url)
    {
        var writer = new ByteWriter();
        authority.Write(writer);
        writer.WriteBytes(url);
        view.PutBlob(StateKey.Of(StateTables.ProducerDetail, owner), writer.Written);
    }

    /// <exception cref="InvalidDataException">The producer has no detail record, which registering writes.</exception>
    public static BlockSigningAuthority ReadAuthority(IStateView view, ulong owner)
    {
        if (!view.TryGetBlob(StateKey.Of(StateTables.ProducerDetail, owner), out ReadOnlySpan<byte> bytes))
        {
            throw new InvalidDataException($"state: producer {new Name(owner)} has no signing authority");
        }

        var reader = new ByteReader(bytes);
        return BlockSigningAuthority.Read(ref reader);
    }
}
