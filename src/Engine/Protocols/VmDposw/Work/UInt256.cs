// A value is 32 bytes, big-endian, 0 <= value < 2^256. Limbs are four 64-bit words w3..w0, w3 first; sums are mod
// 2^256.
using System.Buffers.Binary;
using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols.VmDposw.Work;

/// <summary>Hashes as numbers: the document adds keys and signatures and takes remainders of them. [N] "+" is addition
/// mod 2^256 of big-endian 32-byte integers.</summary>
public static class UInt256
{
    private const int Limbs = 4;

    /// <summary>(x + y) mod 2^256.</summary>
    public static Hash256 Add(in Hash256 x, in Hash256 y)
    {
        Span<byte> sum = stackalloc byte[Hash256.Size];
        UInt128 carry = 0;
        for (int at = (Limbs - 1) * 8; at >= 0; at -= 8)
        {
            UInt128 limb = (UInt128)BinaryPrimitives.ReadUInt64BigEndian(x.Bytes[at..])
                + BinaryPrimitives.ReadUInt64BigEndian(y.Bytes[at..]) + carry;
            BinaryPrimitives.WriteUInt64BigEndian(sum[at..], (ulong)limb);
            carry = limb >> 64;
        }

        return new Hash256(sum);
    }

    /// <summary>x mod m.</summary>
    public static uint Remainder(in Hash256 x, uint modulus)
    {
        ArgumentOutOfRangeException.ThrowIfZero(modulus);
        UInt128 rest = 0;
        for (int at = 0; at < Hash256.Size; at += 8)
        {
            // rest < 2^32, so the dividend is below 2^96.
            rest = ((rest << 64) | BinaryPrimitives.ReadUInt64BigEndian(x.Bytes[at..])) % modulus;
        }

        return (uint)rest;
    }

    /// <summary>floor(2^256 / d) for d from 1 on; 2^256 itself becomes 2^256 - 1, which no hash exceeds
    /// either.</summary>
    public static Hash256 PowerOverDivisor(ulong divisor)
    {
        ArgumentOutOfRangeException.ThrowIfZero(divisor);
        Span<byte> quotient = stackalloc byte[Hash256.Size];
        if (divisor == 1)
        {
            quotient.Fill(0xff);
            return new Hash256(quotient);
        }

        // Long division of the five-limb number 1, 0, 0, 0, 0.
        UInt128 rest = 1;
        for (int at = 0; at < Hash256.Size; at += 8)
        {
            UInt128 dividend = rest << 64;
            BinaryPrimitives.WriteUInt64BigEndian(quotient[at..], (ulong)(dividend / divisor));
            rest = dividend % divisor;
        }

        return new Hash256(quotient);
    }
}
