using System.Runtime.InteropServices;

namespace Tactus.Bench.Peers;

/// <summary>
/// bitcoin-core/secp256k1, from the shared library that TACTUS_LIBSECP256K1 names, else the system's. Signatures and
/// keys come in the
/// bytes that our kernels take, so that both sides parse them.
/// </summary>
internal sealed unsafe class LibSecp256k1Peer
{
    private const uint ContextNone = 1;

    private readonly nint _context;
    private readonly delegate* unmanaged[Cdecl]<nint, byte*, byte*, nuint, int> _parseKey;
    private readonly delegate* unmanaged[Cdecl]<nint, byte*, byte*, int> _parseSignature;
    private readonly delegate* unmanaged[Cdecl]<nint, byte*, byte*, byte*, int> _verify;
    private readonly delegate* unmanaged[Cdecl]<nint, byte*, byte*, int, int> _parseRecoverable;
    private readonly delegate* unmanaged[Cdecl]<nint, byte*, byte*, byte*, int> _recover;

    private LibSecp256k1Peer(nint library)
    {
        var create = (delegate* unmanaged[Cdecl]<uint, nint>)NativeLibrary.GetExport(library,
            "secp256k1_context_create");
        _context = create(ContextNone);
        _parseKey = (delegate* unmanaged[Cdecl]<nint, byte*, byte*, nuint, int>)
            NativeLibrary.GetExport(library, "secp256k1_ec_pubkey_parse");
        _parseSignature = (delegate* unmanaged[Cdecl]<nint, byte*, byte*, int>)
            NativeLibrary.GetExport(library, "secp256k1_ecdsa_signature_parse_compact");
        _verify = (delegate* unmanaged[Cdecl]<nint, byte*, byte*, byte*, int>)
            NativeLibrary.GetExport(library, "secp256k1_ecdsa_verify");
        if (NativeLibrary.TryGetExport(library, "secp256k1_ecdsa_recover", out nint recover))
        {
            _recover = (delegate* unmanaged[Cdecl]<nint, byte*, byte*, byte*, int>)recover;
            _parseRecoverable = (delegate* unmanaged[Cdecl]<nint, byte*, byte*, int, int>)
                NativeLibrary.GetExport(library, "secp256k1_ecdsa_recoverable_signature_parse_compact");
        }
    }

    /// <summary>Whether the library was built with its recovery module.</summary>
    public bool CanRecover => _recover != null;

    /// <summary>The library, or null; <paramref name="said"/> is a line for the operator, with its version.</summary>
    public static LibSecp256k1Peer? Find(out string said)
    {
        string? path = Environment.GetEnvironmentVariable("TACTUS_LIBSECP256K1");
        bool named = !string.IsNullOrEmpty(path);
        string[] candidates = named
            ? [path!]
            : ["libsecp256k1.so.6", "libsecp256k1.so.5", "libsecp256k1.so.2", "libsecp256k1.so.1", "libsecp256k1.so",
                "libsecp256k1"];
        foreach (string candidate in candidates)
        {
            if (!NativeLibrary.TryLoad(candidate, out nint library))
            {
                continue;
            }

            var peer = new LibSecp256k1Peer(library);
            said = $"libsecp256k1: {Version(candidate)}{(peer.CanRecover ? "" : ", without its recovery module")}"
                + $" ({(named ? "TACTUS_LIBSECP256K1" : "the system's")})";
            return peer;
        }

        said = named
            ? $"libsecp256k1: cannot load '{path}' (TACTUS_LIBSECP256K1)"
            : "libsecp256k1: absent (set TACTUS_LIBSECP256K1 to a shared library built with optimisation)";
        return null;
    }

    /// <summary>Parses key and signature of each item and verifies; returns how many are good.</summary>
    public int Verify(ReadOnlySpan<byte> digests, ReadOnlySpan<byte> signatures, ReadOnlySpan<byte> keys)
    {
        byte* keyBytes = stackalloc byte[65];
        byte* key = stackalloc byte[64];
        byte* signature = stackalloc byte[64];
        keyBytes[0] = 4;
        int good = 0;
        fixed (byte* d = digests, s = signatures)
        {
            for (int i = 0; i < digests.Length / 32; i++)
            {
                keys.Slice(64 * i, 64).CopyTo(new Span<byte>(keyBytes + 1, 64));
                good += _parseKey(_context, key, keyBytes, 65) == 1
                    && _parseSignature(_context, signature, s + (64 * i)) == 1
                    && _verify(_context, signature, d + (32 * i), key) == 1 ? 1 : 0;
            }
        }

        return good;
    }

    /// <summary>The library's own form of keys, for <see cref="VerifyParsed"/>.</summary>
    public byte[] ParseKeys(ReadOnlySpan<byte> keys)
    {
        byte[] parsed = new byte[keys.Length];
        byte* keyBytes = stackalloc byte[65];
        keyBytes[0] = 4;
        fixed (byte* p = parsed)
        {
            for (int i = 0; i < keys.Length / 64; i++)
            {
                keys.Slice(64 * i, 64).CopyTo(new Span<byte>(keyBytes + 1, 64));
                _ = _parseKey(_context, p + (64 * i), keyBytes, 65);
            }
        }

        return parsed;
    }

    /// <summary>Verifies with keys parsed before; returns how many are good.</summary>
    public int VerifyParsed(ReadOnlySpan<byte> digests, ReadOnlySpan<byte> signatures, ReadOnlySpan<byte> parsedKeys)
    {
        byte* signature = stackalloc byte[64];
        int good = 0;
        fixed (byte* d = digests, s = signatures, k = parsedKeys)
        {
            for (int i = 0; i < digests.Length / 32; i++)
            {
                good += _parseSignature(_context, signature, s + (64 * i)) == 1
                    && _verify(_context, signature, d + (32 * i), k + (64 * i)) == 1 ? 1 : 0;
            }
        }

        return good;
    }

    /// <summary>Parses and recovers each item; returns how many give a key.</summary>
    public int Recover(ReadOnlySpan<byte> digests, ReadOnlySpan<byte> signatures, ReadOnlySpan<byte> recoveryIds)
    {
        byte* key = stackalloc byte[64];
        byte* signature = stackalloc byte[65];
        int good = 0;
        fixed (byte* d = digests, s = signatures)
        {
            for (int i = 0; i < digests.Length / 32; i++)
            {
                good += _parseRecoverable(_context, signature, s + (64 * i), recoveryIds[i]) == 1
                    && _recover(_context, key, signature, d + (32 * i)) == 1 ? 1 : 0;
            }
        }

        return good;
    }

    // The library has no version function. Its pkg-config file or its source tree's change log, where one lies in a
    // folder above, says the release; the file name says the interface version.
    private static string Version(string path)
    {
        if (!File.Exists(path))
        {
            return path;
        }

        string real = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        for (string? folder = Path.GetDirectoryName(real); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            string changes = Path.Combine(folder, "CHANGELOG.md");
            string? release = File.Exists(changes)
                ? File.ReadLines(changes).FirstOrDefault(text => text.StartsWith("## [", StringComparison.Ordinal)
                    && char.IsDigit(text[4]))
                : null;
            if (release is not null)
            {
                return $"{release[3..].Trim()} or later, {Path.GetFileName(real)},"
                    + $" built {File.GetLastWriteTimeUtc(real):yyyy-MM-dd}";
            }

            foreach (string file in new[] { "libsecp256k1.pc", "pkgconfig/libsecp256k1.pc" })
            {
                string config = Path.Combine(folder, file);
                string? line = File.Exists(config)
                    ? File.ReadLines(config).FirstOrDefault(text =>
                        text.StartsWith("Version:", StringComparison.Ordinal))
                    : null;
                if (line is not null)
                {
                    return $"{line["Version:".Length..].Trim()}, {Path.GetFileName(real)},"
                        + $" built {File.GetLastWriteTimeUtc(real):yyyy-MM-dd}";
                }
            }
        }

        return $"{Path.GetFileName(real)}, built {File.GetLastWriteTimeUtc(real):yyyy-MM-dd}";
    }
}
