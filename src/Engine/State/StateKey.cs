using System.Numerics;
using System.Runtime.InteropServices;

namespace Tactus.Engine.State;

/// <summary>Key of one record: 16 bytes that the protocol composes (table tag in the low byte of <see cref="Table"/>).</summary>
/// <param name="Owner">Account, object or the first half of a hash.</param>
/// <param name="Table">Table tag (bits 0..7) and 56 more bits of key, for example a symbol code.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct StateKey(ulong Owner, ulong Table) : IComparable<StateKey>
{
    public const int Size = 16;

    /// <summary>Composes a key from a table tag and up to 56 bits of secondary key.</summary>
    public static StateKey Of(byte table, ulong owner, ulong secondary56 = 0) => new(owner, (secondary56 << 8) | table);

    public int CompareTo(StateKey other)
    {
        int c = Table.CompareTo(other.Table);
        return c != 0 ? c : Owner.CompareTo(other.Owner);
    }

    /// <summary>A 64-bit mix of the key in which every output bit depends on every input bit: the top bits choose the
    /// partition (<see cref="StatePartitions.Of"/>), the low bits the slot. The same in every process; never consensus.</summary>
    public ulong Hash64
    {
        get
        {
            // Two odd multipliers and two xor-shifts in the manner of MurmurHash3's 64-bit finalizer (A. Appleby, public domain).
            ulong h = (Owner * 0x9E3779B97F4A7C15) ^ BitOperations.RotateLeft(Table * 0xD6E8FEB86659FD93, 32);
            h = (h ^ (h >> 32)) * 0xFF51AFD7ED558CCD;
            return h ^ (h >> 29);
        }
    }

    public override int GetHashCode() => (int)Hash64;
}
