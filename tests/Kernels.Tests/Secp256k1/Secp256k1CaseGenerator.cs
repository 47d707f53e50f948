using System.Buffers.Binary;
using Tactus.Kernels.Secp256k1;

namespace Tactus.Kernels.Tests.Secp256k1;

/// <summary>A batch in the layout of <see cref="ISecp256k1Kernel"/>.</summary>
internal sealed class Secp256k1Cases(int count)
{
    public int Count { get; } = count;

    public byte[] Digests { get; } = new byte[32 * count];

    public byte[] Signatures { get; } = new byte[64 * count];

    public byte[] RecoveryIds { get; } = new byte[count];

    /// <summary>For verify: x|y. Filled by <see cref="Secp256k1CaseGenerator.NextForVerify"/> alone.</summary>
    public byte[] Keys { get; } = new byte[64 * count];
}

/// <summary>
/// Inputs that lie where arithmetic goes wrong: 0, 1, p-1, p, n-1, n, all-ones words and limbs, 2^k and its neighbours,
/// r + n below and above p, high s, wrong recovery ids, tampered digests and keys, points at infinity. From one seed,
/// always the same.
/// </summary>
internal sealed class Secp256k1CaseGenerator(ulong seed)
{
    private static readonly byte[][] Edges =
    [
        .. new[]
        {
            "00", "01", "02", "03", "04",
            "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFC2E", // p - 1
            "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFC2F", // p
            "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFC30", // p + 1
            "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364140", // n - 1
            "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141", // n
            "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364142", // n + 1
            "7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0", // (n - 1)/2
            "7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A1", // (n + 1)/2
            "14551231950B75FC4402DA1722FC9BAED", // p - n - 1
            "14551231950B75FC4402DA1722FC9BAEE", // p - n
            "14551231950B75FC4402DA1722FC9BAEF", // p - n + 1
            "5363AD4CC05C30E0A5261C028812645A122E22EA20816678DF02967C1B23BD72", // lambda
            "AC9C52B33FA3CF1F5AD9E3FD77ED9BA4A880B9FC8EC739C2E0CFC810B51283CE", // lambda^2
            "7AE96A2B657C07106E64479EAC3434E99CF0497512F58995C1396C28719501EE", // beta
            "79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798", // Gx
            "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF", // 2^256 - 1
        }.Select(hex => Convert.FromHexString(hex.PadLeft(64, '0'))),
    ];

    private static readonly int[] Radices = [26, 29, 32, 52, 64];

    private ulong _state = seed;

    /// <summary>Items for recover: about half have a key, the others one of every reason not to.</summary>
    public Secp256k1Cases Next(int count)
    {
        var cases = new Secp256k1Cases(count);
        for (int i = 0; i < count; i++)
        {
            Fill(
                cases.Digests.AsSpan(32 * i, 32),
                cases.Signatures.AsSpan(64 * i, 64),
                out cases.RecoveryIds[i]);
        }

        return cases;
    }

    /// <summary>
    /// Items for verify: the keys that the scalar kernel recovers, then a quarter of the items spoilt in digest, r, s
    /// or key.
    /// </summary>
    public Secp256k1Cases NextForVerify(int count)
    {
        Secp256k1Cases cases = Next(count);
        new Secp256k1Scalar().Recover(
            cases.Digests, cases.Signatures, cases.RecoveryIds, cases.Keys, new SignatureVerdict[count]);
        for (int i = 0; i < count; i++)
        {
            Spoil(cases, i);
        }

        return cases;
    }

    /// <summary>Changes item <paramref name="i"/>, with one chance in four, so that a valid one no longer is.</summary>
    public void Spoil(Secp256k1Cases cases, int i)
    {
        switch (Below(24))
        {
            case 0:
                cases.Digests[(32 * i) + Below(32)] ^= (byte)(1 << Below(8));
                break;
            case 1:
                cases.Signatures[(64 * i) + Below(64)] ^= (byte)(1 << Below(8));
                break;
            case 2:
                cases.Keys[(64 * i) + Below(64)] ^= (byte)(1 << Below(8));
                break;
            case 3:
                // x or y + p where that fits 256 bits is still no key; here simply an edge number
                Number(cases.Keys.AsSpan((64 * i) + (32 * Below(2)), 32));
                break;
            case 4:
                // -Q: a point, the wrong one
                FieldScalar.TryRead(cases.Keys.AsSpan((64 * i) + 32, 32), out FieldScalar y);
                y.Negate(1).Normalize().Write(cases.Keys.AsSpan((64 * i) + 32, 32));
                break;
            case 5:
                // another item's key
                cases.Keys.AsSpan(64 * Below(cases.Count), 64).CopyTo(cases.Keys.AsSpan(64 * i, 64));
                break;
        }
    }

    /// <summary>32 big-endian bytes: random in a third of the calls, else an edge.</summary>
    public void Number(Span<byte> number)
    {
        switch (Below(9))
        {
            case 0 or 1 or 2:
                Random(number);
                break;
            case 3 or 4:
                Edges[Below(Edges.Length)].CopyTo(number);
                break;
            case 5:
                // 2^k - 1, 2^k or 2^k + 1
                number.Clear();
                int k = Below(256);
                number[31 - (k / 8)] = (byte)(1 << (k % 8));
                Increment(number, Below(3) - 1);
                break;
            case 6:
                // limbs of zeros or ones, in one of the radices in use
                Limbs(number, Radices[Below(Radices.Length)]);
                break;
            case 7:
                // an edge and a little
                Edges[Below(Edges.Length)].CopyTo(number);
                Increment(number, Below(41) - 20);
                break;
            default:
                // short: at most 128 bits and a few
                Random(number);
                number[..(15 - Below(3))].Clear();
                break;
        }
    }

    /// <summary>A number from 0 to <paramref name="limit"/> - 1.</summary>
    public int Below(int limit) => (int)(Word() % (uint)limit);

    /// <summary>Random bytes, a multiple of 8.</summary>
    public void Random(Span<byte> bytes)
    {
        for (int i = 0; i < bytes.Length; i += 8)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[i..], Word());
        }
    }

    private void Fill(Span<byte> digest, Span<byte> signature, out byte recoveryId)
    {
        recoveryId = (byte)Below(2);
        switch (Below(8))
        {
            case 0:
                // every field an edge
                Number(digest);
                Number(signature[..32]);
                Number(signature[32..]);
                recoveryId = (byte)(Below(16) == 0 ? Word() : (uint)Below(4));
                break;
            case 1:
                // r + n < p, or just not
                Random(digest);
                Random(signature);
                signature[..15].Clear();
                signature[15] &= 1;
                recoveryId |= 2;
                break;
            case 2:
                Constructed(digest, signature, out recoveryId);
                break;
            case 3:
                Number(digest);
                Random(signature[..32]);
                Number(signature[32..]);
                break;
            default:
                Random(digest);
                Random(signature);
                break;
        }
    }

    // A signature whose check multiplies G and Q by chosen edge numbers u and v: R = u*G + v*Q, r = x of R, s = r/v, z
    // = u*s; and where v*Q = -u*G is wanted, a recovery that ends at infinity.
    private void Constructed(Span<byte> digest, Span<byte> signature, out byte recoveryId)
    {
        Span<byte> bytes = stackalloc byte[32];
        ScalarN u = Scalar(bytes);
        ScalarN v = Scalar(bytes);
        Random(bytes);
        ScalarN d = Below(4) == 0 ? ScalarN.One : ScalarN.ReadReduced(bytes);
        AffinePoint key = StraussScalar<ScalarN>.Combine(ScalarN.Generator, d, ScalarN.Zero).ToAffine();
        AffinePoint point = StraussScalar<ScalarN>.Combine(key, v, u).ToAffine();
        recoveryId = 0;
        if (point.IsInfinity || v.IsZero)
        {
            Random(digest);
            Random(signature);
            return;
        }

        point.X.Write(bytes);
        bool overflow = !ScalarN.TryRead(bytes, out _);
        ScalarN r = ScalarN.ReadReduced(bytes);
        recoveryId = (byte)((point.Y.IsOdd ? 1 : 0) | (overflow ? 2 : 0));
        ScalarN s = r * v.Inverse();
        ScalarN z = Below(8) == 0
            ? s * (u + (v * d)) // the logarithm of R, so that s*R = z*G
            : u * s;
        z.Write(digest);
        r.Write(signature);
        s.Write(signature[32..]);
    }

    private ScalarN Scalar(Span<byte> bytes)
    {
        Number(bytes);
        return ScalarN.ReadReduced(bytes);
    }

    private void Limbs(Span<byte> number, int radix)
    {
        bool ones = false;
        number.Clear();
        for (int bit = 0; bit < 256; bit++)
        {
            if (bit % radix == 0)
            {
                ones = Below(3) != 0;
            }

            if (ones)
            {
                number[31 - (bit / 8)] |= (byte)(1 << (bit % 8));
            }
        }
    }

    private static void Increment(Span<byte> number, int by)
    {
        int carry = by;
        for (int i = number.Length - 1; i >= 0 && carry != 0; i--)
        {
            int sum = number[i] + carry;
            number[i] = (byte)sum;
            carry = sum >> 8;
        }
    }

    // SplitMix64 (Steele, Lea, Flood, OOPSLA 2014)
    private ulong Word()
    {
        _state += 0x9E3779B97F4A7C15;
        ulong z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
