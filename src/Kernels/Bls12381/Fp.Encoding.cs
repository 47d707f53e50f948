using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;

namespace Tactus.Kernels.Bls12381;

// Bytes are big-endian. "Plain" is an integer in [0, p) in the limbs of Fp, without the factor R.
internal partial struct Fp
{
    /// <summary>Bytes of an encoded element.</summary>
    public const int Bytes = 48;

    // R*R mod p
    private static Fp Montgomery2 =>
        new(
            0x6d1c34510370ed,
            0xec45c53e243d62,
            0x093317d3b1d65a,
            0x5d74088b4f36a0,
            0x865d118c10ea72,
            0xfd5cd507320a75,
            0xc8d4cc8a759);

    // R*R*2^256 mod p: (2^256)*R times R*R over R
    private static readonly Fp Montgomery2Shifted = ShiftedFactor();

    /// <summary>The element of a small integer.</summary>
    public static Fp FromUInt64(ulong value)
    {
        Multiply(out Fp r, new Fp(value & LimbMask, value >> 56, 0, 0, 0, 0, 0), Montgomery2);
        return r;
    }

    /// <summary>The element of at most 96 hexadecimal digits, for constants.</summary>
    public static Fp FromHex(string digits)
    {
        BigInteger value = BigInteger.Parse("0" + digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        Span<byte> bytes = stackalloc byte[Bytes];
        bytes.Clear();
        Span<byte> shortest = stackalloc byte[Bytes + 1];
        value.TryWriteBytes(shortest, out int written, isUnsigned: true, isBigEndian: true);
        shortest[..written].CopyTo(bytes[(Bytes - written)..]);
        return TryRead(bytes, out Fp r) ? r : throw new ArgumentException("not below p", nameof(digits));
    }

    /// <summary>Reads 48 bytes. False, and zero, where they are not below p.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out Fp r)
    {
        Fp plain = Unpack(bytes);
        if (!IsBelowP(plain))
        {
            r = default;
            return false;
        }

        Multiply(out r, plain, Montgomery2);
        return true;
    }

    /// <summary>64 bytes, an integer below 2^512, mod p (hash_to_field of RFC 9380).</summary>
    public static void ReadReduced(out Fp r, ReadOnlySpan<byte> bytes)
    {
        // upper*2^256 + lower
        Span<byte> padded = stackalloc byte[Bytes];
        padded.Clear();
        bytes[..32].CopyTo(padded[16..]);
        Multiply(out Fp upper, Unpack(padded), Montgomery2Shifted);
        bytes[32..64].CopyTo(padded[16..]);
        Multiply(out Fp lower, Unpack(padded), Montgomery2);
        Add(out r, upper, lower);
    }

    /// <summary>Writes 48 bytes.</summary>
    public readonly void Write(Span<byte> bytes)
    {
        ToPlain(out Fp plain, this);
        Span<ulong> words = stackalloc ulong[6];
        plain.Pack(words);
        for (int i = 0; i < 6; i++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(bytes[(8 * (5 - i))..], words[i]);
        }
    }

    /// <summary>Six words of 64 bits of a tight value, least significant first; the factor R stays.</summary>
    public readonly void Pack(Span<ulong> words)
    {
        words[5] = (L5 >> 40) | (L6 << 16);
        words[4] = (L4 >> 32) | (L5 << 24);
        words[3] = (L3 >> 24) | (L4 << 32);
        words[2] = (L2 >> 16) | (L3 << 40);
        words[1] = (L1 >> 8) | (L2 << 48);
        words[0] = L0 | (L1 << 56);
    }

    /// <summary>The inverse of <see cref="Pack"/>.</summary>
    public static Fp Unpack(ReadOnlySpan<ulong> words) => new(
        words[0] & LimbMask,
        ((words[0] >> 56) | (words[1] << 8)) & LimbMask,
        ((words[1] >> 48) | (words[2] << 16)) & LimbMask,
        ((words[2] >> 40) | (words[3] << 24)) & LimbMask,
        ((words[3] >> 32) | (words[4] << 32)) & LimbMask,
        ((words[4] >> 24) | (words[5] << 40)) & LimbMask,
        words[5] >> 16);

    /// <summary>The integer in [0, p), without the factor R.</summary>
    public static void ToPlain(out Fp plain, in Fp a)
    {
        // (a + m*p)/R with a < 4p and m < R lies in [0, p], and is p only for a = 0 mod p
        MultiplyByColumns(out Fp r, a, new Fp(1, 0, 0, 0, 0, 0, 0));
        ulong isP = (r.L0 ^ P0) | (r.L1 ^ P1) | (r.L2 ^ P2) | (r.L3 ^ P3) | (r.L4 ^ P4) | (r.L5 ^ P5) | (r.L6 ^ P6);
        Select(out plain, isP == 0 ? 1 : 0, default, r);
    }

    /// <summary>True where the integer is above (p - 1)/2: the sign flag of a compressed point.</summary>
    public static bool IsUpperHalf(in Fp a)
    {
        // 2*v >= p for odd p
        ToPlain(out Fp v, a);
        return !IsBelowP(Carry(v.L0 << 1, v.L1 << 1, v.L2 << 1, v.L3 << 1, v.L4 << 1, v.L5 << 1, v.L6 << 1));
    }

    private static bool IsBelowP(in Fp plain)
    {
        // the borrow out of plain - p, limb by limb in 56 bits
        long borrow = (long)(plain.L0 - P0) >> 63;
        borrow = ((long)(plain.L1 - P1) + borrow) >> 63;
        borrow = ((long)(plain.L2 - P2) + borrow) >> 63;
        borrow = ((long)(plain.L3 - P3) + borrow) >> 63;
        borrow = ((long)(plain.L4 - P4) + borrow) >> 63;
        borrow = ((long)(plain.L5 - P5) + borrow) >> 63;
        borrow = ((long)(plain.L6 - P6) + borrow) >> 63;
        return borrow != 0;
    }

    private static Fp Unpack(ReadOnlySpan<byte> bytes)
    {
        Span<ulong> words = stackalloc ulong[6];
        for (int i = 0; i < 6; i++)
        {
            words[i] = BinaryPrimitives.ReadUInt64BigEndian(bytes[(8 * (5 - i))..]);
        }

        return Unpack(words);
    }

    private static Fp ShiftedFactor()
    {
        // 2^256 = 2^32 * 2^(56*4)
        Multiply(out Fp shift, new Fp(0, 0, 0, 0, 1UL << 32, 0, 0), Montgomery2);
        Multiply(out Fp r, shift, Montgomery2);
        return r;
    }
}
