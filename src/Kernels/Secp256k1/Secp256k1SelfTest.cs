using System.Buffers.Binary;

namespace Tactus.Kernels.Secp256k1;

/// <summary>
/// What a kernel is asked at start: a few published answers, then the scalar kernel's answers on 35 items (random ones,
/// the edges of the ranges, each kind of verdict), in two batch sizes. A handful of milliseconds.
/// </summary>
internal static class Secp256k1SelfTest
{
    private const int Count = 35;

    // digest = "This is a very secret message...", r = s = 4, each recovery id, and its key: libsecp256k1
    // src/modules/recovery/tests_impl.h (the inputs and that all four recover); keys from an independent computation
    private const string Message = "This is a very secret message...";

    private static readonly string[] KeysOfFour =
    [
        "038a3d70c0410468e4573939af01b99ea7b20649106d55acf9f558eba28ed59a2e",
        "023e990254a50d659926c928ef8b54181ee67e27ffbf63eb69294b9ab6d27ba225",
        "027e1524fa06bafd6eb9c02f279e131314be9305700fc69e80d54d29ab36063f23",
        "03b337c9b74ca99ea963c6560d2558cdf09c7301208409649a8a6d1fb10e1cb946",
    ];

    /// <summary>Null when the kernel gives the expected answers, else what differed.</summary>
    public static string? Run(ISecp256k1Kernel kernel) => KnownAnswers(kernel) ?? (kernel is Secp256k1Scalar ? null : Compare(kernel));

    private static string? KnownAnswers(ISecp256k1Kernel kernel)
    {
        Span<byte> digests = stackalloc byte[4 * 32];
        Span<byte> signatures = stackalloc byte[4 * 64];
        Span<byte> expected = stackalloc byte[4 * 64];
        Span<byte> keys = stackalloc byte[4 * 64];
        Span<byte> compressed = stackalloc byte[4 * 33];
        Span<SignatureVerdict> verdicts = stackalloc SignatureVerdict[4];
        signatures.Clear();
        for (int i = 0; i < 4; i++)
        {
            System.Text.Encoding.ASCII.GetBytes(Message, digests.Slice(32 * i, 32));
            signatures[(64 * i) + 31] = 4;
            signatures[(64 * i) + 63] = 4;
            Convert.FromHexString(KeysOfFour[i]).CopyTo(compressed[(33 * i)..]);
        }

        kernel.Decompress(compressed, expected, verdicts);
        if (verdicts.ContainsAnyExcept(SignatureVerdict.Valid))
        {
            return "decompress refuses a good key";
        }

        kernel.Recover(digests, signatures, [0, 1, 2, 3], keys, verdicts);
        if (verdicts.ContainsAnyExcept(SignatureVerdict.Valid) || !keys.SequenceEqual(expected))
        {
            return "recover does not give the published keys";
        }

        kernel.Verify(digests, signatures, keys, verdicts);
        if (verdicts.ContainsAnyExcept(SignatureVerdict.Valid))
        {
            return "verify refuses a good signature";
        }

        digests[0] ^= 1;
        kernel.Verify(digests, signatures, keys, verdicts);
        return verdicts[0] == SignatureVerdict.Mismatch ? null : "verify accepts a signature for another digest";
    }

    private static string? Compare(ISecp256k1Kernel kernel)
    {
        byte[] digests = new byte[32 * Count];
        byte[] signatures = new byte[64 * Count];
        byte[] recoveryIds = new byte[Count];
        Fill(digests, signatures, recoveryIds);
        var scalar = new Secp256k1Scalar();
        byte[] keys = new byte[64 * Count];
        byte[] keysHere = new byte[64 * Count];
        var verdicts = new SignatureVerdict[Count];
        var verdictsHere = new SignatureVerdict[Count];

        scalar.Recover(digests, signatures, recoveryIds, keys, verdicts);
        kernel.Recover(digests, signatures, recoveryIds, keysHere, verdictsHere);
        if (Differs("recover", verdicts, verdictsHere) is { } recover)
        {
            return recover;
        }

        if (!keys.AsSpan().SequenceEqual(keysHere))
        {
            return "recover: a key differs from scalar's";
        }

        // against the recovered keys: valid where there is one, BadKey where there is none; then with every third key's
        // y negated or broken
        for (int round = 0; round < 2; round++)
        {
            int count = round == 0 ? Count : Count - 3;
            Span<byte> some = keys.AsSpan(0, 64 * count);
            scalar.Verify(digests.AsSpan(0, 32 * count), signatures.AsSpan(0, 64 * count), some, verdicts.AsSpan(0, count));
            kernel.Verify(digests.AsSpan(0, 32 * count), signatures.AsSpan(0, 64 * count), some, verdictsHere.AsSpan(0, count));
            if (Differs("verify", verdicts, verdictsHere) is { } verify)
            {
                return verify;
            }

            for (int i = 0; i < Count; i += 3)
            {
                keys[(64 * i) + 63] ^= 1;
                digests[32 * ((i + 1) % Count)] ^= 1;
            }
        }

        byte[] compressed = new byte[33 * Count];
        for (int i = 0; i < Count; i++)
        {
            compressed[33 * i] = (byte)(i % 9 == 8 ? 4 : 2 + (i & 1));
            signatures.AsSpan(64 * i, 32).CopyTo(compressed.AsSpan((33 * i) + 1));
        }

        scalar.Decompress(compressed, keys, verdicts);
        kernel.Decompress(compressed, keysHere, verdictsHere);
        return Differs("decompress", verdicts, verdictsHere)
            ?? (keys.AsSpan().SequenceEqual(keysHere) ? null : "decompress: a key differs from scalar's");
    }

    private static string? Differs(string what, SignatureVerdict[] expected, SignatureVerdict[] actual)
    {
        for (int i = 0; i < Count; i++)
        {
            if (expected[i] != actual[i])
            {
                return $"{what}: item {i} is {actual[i]}, scalar says {expected[i]}";
            }
        }

        return null;
    }

    private static void Fill(Span<byte> digests, Span<byte> signatures, Span<byte> recoveryIds)
    {
        // SplitMix64 (Steele, Lea, Flood, OOPSLA 2014) from a fixed seed
        ulong state = 0x7461637475730001;
        for (int i = 0; i < Count; i++)
        {
            Random(digests.Slice(32 * i, 32), ref state);
            Random(signatures.Slice(64 * i, 64), ref state);
            recoveryIds[i] = (byte)(i & 1);
        }

        // the edges: r or s of 0, 1, n - 1, n, all ones; r + n below and not below p; recovery ids out of range
        ReadOnlySpan<byte> order = Convert.FromHexString("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141");
        for (int half = 0; half < 2; half++)
        {
            for (int kind = 0; kind < 5; kind++)
            {
                Span<byte> number = signatures.Slice((64 * ((5 * half) + kind)) + (32 * half), 32);
                number.Clear();
                switch (kind)
                {
                    case 1:
                        number[31] = 1;
                        break;
                    case 2:
                        order.CopyTo(number);
                        number[31]--;
                        break;
                    case 3:
                        order.CopyTo(number);
                        break;
                    case 4:
                        number.Fill(0xFF);
                        break;
                }
            }
        }

        for (int i = 10; i < 16; i++)
        {
            // r small enough for r + n < p, so that bit 1 of the recovery id is allowed; but not for the last two
            recoveryIds[i] |= 2;
            signatures.Slice(64 * i, i < 14 ? 17 : 0).Clear();
        }

        recoveryIds[16] = 4;
        recoveryIds[17] = 255;

        // the recovered key is infinity where s*R = z*G: here R = G (r = Gx, even y) and s = z
        ScalarN.Generator.X.Write(signatures.Slice(64 * 18, 32));
        digests.Slice(32 * 18, 32).CopyTo(signatures.Slice((64 * 18) + 32, 32));
        recoveryIds[18] = 0;
    }

    private static void Random(Span<byte> bytes, ref ulong state)
    {
        for (int i = 0; i < bytes.Length; i += 8)
        {
            state += 0x9E3779B97F4A7C15;
            ulong z = state;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[i..], z ^ (z >> 31));
        }
    }
}
