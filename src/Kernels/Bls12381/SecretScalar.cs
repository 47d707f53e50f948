using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tactus.Kernels.Bls12381;

/// <summary>
/// A secret scalar in [1, r), and constant-time multiplication by it: no branch and no address depends on it.
/// </summary>
internal struct SecretScalar
{
    // r = 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001, least significant word first
    private const ulong R0 = 0xffffffff00000001;
    private const ulong R1 = 0x53bda402fffe5bfe;
    private const ulong R2 = 0x3339d80809a1d805;
    private const ulong R3 = 0x73eda753299d7d48;

    private const int WindowBits = 4;
    private const int TableLength = 1 << WindowBits;

    private ulong _w0;
    private ulong _w1;
    private ulong _w2;
    private ulong _w3;

    /// <summary>
    /// Reads 32 big-endian bytes. False where they are zero or not below r; only that answer is revealed.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out SecretScalar scalar)
    {
        scalar._w3 = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        scalar._w2 = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        scalar._w1 = BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]);
        scalar._w0 = BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]);
        ulong borrow = Borrow(scalar._w0, R0, 0);
        borrow = Borrow(scalar._w1, R1, borrow);
        borrow = Borrow(scalar._w2, R2, borrow);
        borrow = Borrow(scalar._w3, R3, borrow);
        ulong any = scalar._w0 | scalar._w1 | scalar._w2 | scalar._w3;
        return (borrow & ((any | (0 - any)) >> 63)) != 0;
    }

    /// <summary>r = [scalar]p, affine, for a p of order r: the result is never infinity.</summary>
    public readonly void Multiply<T>(out AffinePoint<T> r, in AffinePoint<T> p)
        where T : unmanaged, IField<T>
    {
        Span<ProjectivePoint<T>> table = stackalloc ProjectivePoint<T>[TableLength];
        ProjectivePoint<T>.Infinity(out table[0]);
        ProjectivePoint<T>.FromAffine(out table[1], p);
        for (int i = 2; i < TableLength; i++)
        {
            ProjectivePoint<T>.Add(out table[i], table[i - 1], table[1]);
        }

        ProjectivePoint<T> sum = table[0];
        for (int at = 256 - WindowBits; at >= 0; at -= WindowBits)
        {
            for (int k = 0; k < WindowBits; k++)
            {
                ProjectivePoint<T>.Double(out sum, sum);
            }

            Pick(out ProjectivePoint<T> chosen, table, Window(at));
            ProjectivePoint<T>.Add(out sum, sum, chosen);
        }

        ProjectivePoint<T>.ToAffine(out r, sum);
        CryptographicClear(table);
    }

    /// <summary>Overwrites the scalar.</summary>
    public void Clear()
    {
        Unsafe.SkipInit(out this);
        CryptographicClear(MemoryMarshal.CreateSpan(ref this, 1));
    }

    private readonly ulong Window(int at)
    {
        // the position is public
        ulong word = (at >> 6) switch { 0 => _w0, 1 => _w1, 2 => _w2, _ => _w3 };
        return (word >> (at & 63)) & (TableLength - 1);
    }

    // reads the whole table
    private static void Pick<T>(out ProjectivePoint<T> r, ReadOnlySpan<ProjectivePoint<T>> table, ulong index)
        where T : unmanaged, IField<T>
    {
        r = default;
        Span<ulong> target = MemoryMarshal.Cast<ProjectivePoint<T>, ulong>(new Span<ProjectivePoint<T>>(ref r));
        for (int i = 0; i < table.Length; i++)
        {
            ulong difference = (ulong)i ^ index;
            ulong mask = ((difference | (0 - difference)) >> 63) - 1;
            ReadOnlySpan<ulong> entry = MemoryMarshal.Cast<ProjectivePoint<T>, ulong>(table.Slice(i, 1));
            for (int k = 0; k < target.Length; k++)
            {
                target[k] |= entry[k] & mask;
            }
        }
    }

    private static void CryptographicClear<T>(Span<T> values)
        where T : unmanaged =>
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(values));

    // the borrow of a - b - borrow
    private static ulong Borrow(ulong a, ulong b, ulong borrow)
    {
        ulong difference = a - b;
        return ((~a & b) | ((~a | b) & (difference - borrow))) >> 63;
    }
}
