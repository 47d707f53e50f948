using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Tactus.Kernels.Secp256k1;

// A secret k, 1 <= k < n, is taken as an odd number: k itself, or n - k with the sign of the result turned. For odd k,
// with K = (k - 1)/2 + 2^(W*w - 1) in windows b_i of w bits, k = sum of (2*b_i + 1 - 2^w) * 2^(w*i): every digit is odd
// and not 0, so every window costs one addition, and half a table serves both signs.
// Table: window i holds the multiples 1, 3, ..., 2^w - 1 of 2^(w*i) * G, affine, as x|y in eight 64-bit words.
// Select: every entry of the window is read and masked, so that no address depends on the secret.
// Size: w = 7: 37 windows * 64 entries * 64 bytes = 148 KiB, of which one window (4 KiB) is read at a time.

/// <summary>Odd multiples of the generator for multiplying it by a secret.</summary>
internal static class SecretTable
{
    /// <summary>Bits of a window.</summary>
    public const int WindowBits = 7;

    /// <summary>Windows of a scalar: 37 * 7 = 259 bits.</summary>
    public const int WindowCount = 37;

    private const int EntryCount = 1 << (WindowBits - 1);
    private const int EntryWords = 8;

    private static readonly ulong[] Words = Build();

    /// <summary>
    /// Writes the window indices b_i of an odd representative of <paramref name="secret"/>; returns all ones where that
    /// is n - secret, else 0.
    /// </summary>
    public static ulong Recode(in ScalarN secret, Span<byte> windows)
    {
        ulong even = (secret.W0 & 1) - 1;
        ScalarN odd = ScalarN.Select(even, secret.Negate(), secret);
        Span<ulong> words =
        [
            (odd.W0 >> 1) | (odd.W1 << 63),
            (odd.W1 >> 1) | (odd.W2 << 63),
            (odd.W2 >> 1) | (odd.W3 << 63),
            odd.W3 >> 1,
            1UL << ((WindowBits * WindowCount) - 1 - 256),
            0,
        ];
        for (int i = 0; i < WindowCount; i++)
        {
            int bit = i * WindowBits;
            UInt128 pair = new(words[(bit / 64) + 1], words[bit / 64]);
            windows[i] = (byte)((ulong)(pair >> (bit % 64)) & ((1UL << WindowBits) - 1));
        }

        words.Clear();
        return even;
    }

    /// <summary>The point (2*index + 1 - 2^w) * 2^(w*window) * G; x normalised, y of magnitude at most 2.</summary>
    [SkipLocalsInit]
    public static void Select(int window, byte index, out FieldScalar x, out FieldScalar y)
    {
        // an index below 2^(w-1) is the negative of its mirror image
        ulong negative = (ulong)(index >> (WindowBits - 1)) - 1;
        ulong entry = (index ^ negative) & (EntryCount - 1);
        ref ulong first = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(Words), window * EntryCount * EntryWords);
        Vector512<ulong> wanted = Vector512.Create(entry);
        Vector512<ulong> at = Vector512<ulong>.Zero;
        Vector512<ulong> sum = Vector512<ulong>.Zero;
        for (nuint i = 0; i < EntryCount; i++)
        {
            sum |= Vector512.LoadUnsafe(ref first, i * EntryWords) & Vector512.Equals(at, wanted);
            at += Vector512<ulong>.One;
        }

        x = FieldScalar.FromWords(sum[3], sum[2], sum[1], sum[0]);
        y = FieldScalar.FromWords(sum[7], sum[6], sum[5], sum[4]);
        y = FieldScalar.Select(negative, y.Negate(1), y);
    }

    private static ulong[] Build()
    {
        var points = new JacobianPoint[WindowCount * EntryCount];
        var power = new JacobianPoint(ScalarN.Generator);
        for (int window = 0; window < WindowCount; window++)
        {
            Span<JacobianPoint> odd = points.AsSpan(window * EntryCount, EntryCount);
            JacobianPoint twice = power.Double();
            odd[0] = power;
            for (int entry = 1; entry < EntryCount; entry++)
            {
                odd[entry] = odd[entry - 1].Add(twice);
            }

            power = odd[^1].Add(power); // 2^w - 1 and 1
        }

        ulong[] words = new ulong[points.Length * EntryWords];
        Span<byte> bytes = stackalloc byte[32];
        AffinePoint[] affine = JacobianPoint.ToAffine(points);
        for (int i = 0; i < affine.Length; i++)
        {
            Pack(affine[i].X, bytes, words.AsSpan(i * EntryWords, 4));
            Pack(affine[i].Y, bytes, words.AsSpan((i * EntryWords) + 4, 4));
        }

        return words;
    }

    private static void Pack(in FieldScalar value, Span<byte> bytes, Span<ulong> words)
    {
        value.Write(bytes);
        for (int i = 0; i < 4; i++)
        {
            words[i] = System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes[(24 - (8 * i))..]);
        }
    }
}
