using System.Runtime.InteropServices;

namespace Tactus.Bench.Peers;

/// <summary>
/// OffchainLabs/hashtree, from the shared library that TACTUS_HASHTREE names. Its vector functions are called by name,
/// since its
/// own choice on a processor with SHA extensions is the slower two-lane function.
/// </summary>
internal sealed unsafe class HashtreePeer
{
    private readonly delegate* unmanaged[Cdecl]<byte*, byte*, ulong, void> _hash;

    private HashtreePeer(string name, nint function)
    {
        Name = name;
        _hash = (delegate* unmanaged[Cdecl]<byte*, byte*, ulong, void>)function;
    }

    /// <summary>"hashtree-avx512", "hashtree-shani" or "hashtree-avx2".</summary>
    public string Name { get; }

    /// <summary>The functions of the library that this processor can run, AVX-512 first; empty without the
    /// library.</summary>
    public static IReadOnlyList<HashtreePeer> Find(out string said)
    {
        string? path = Environment.GetEnvironmentVariable("TACTUS_HASHTREE");
        if (string.IsNullOrEmpty(path))
        {
            said = "hashtree: absent (TACTUS_HASHTREE names no shared library)";
            return [];
        }

        if (!NativeLibrary.TryLoad(path, out nint library))
        {
            said = $"hashtree: cannot load '{path}'";
            return [];
        }

        var peers = new List<HashtreePeer>();
        string flags = File.Exists("/proc/cpuinfo") ? File.ReadAllText("/proc/cpuinfo") : "";
        foreach ((string name, string function, string flag) in new[]
        {
            ("hashtree-avx512", "hashtree_sha256_avx512_x16", "avx512vl"),
            ("hashtree-shani", "hashtree_sha256_shani_x2", "sha_ni"),
            ("hashtree-avx2", "hashtree_sha256_avx2_x8", "avx2"),
        })
        {
            if (flags.Contains(flag, StringComparison.Ordinal)
                && NativeLibrary.TryGetExport(library, function, out nint address))
            {
                peers.Add(new HashtreePeer(name, address));
            }
        }

        said = $"hashtree: {path}, {string.Join(", ", peers.Select(peer => peer.Name))}";
        return peers;
    }

    /// <summary>Root of a tree of a power of two of leaves, level by level; scratch holds as many bytes as the
    /// leaves.</summary>
    public void Root(ReadOnlySpan<byte> leaves, Span<byte> scratch, Span<byte> root)
    {
        fixed (byte* from = leaves)
        fixed (byte* to = scratch)
        {
            // Every level goes behind the one before, so that no call reads what it writes.
            byte* level = from;
            byte* next = to;
            for (long pairs = leaves.Length / 64; pairs >= 1; pairs /= 2)
            {
                _hash(next, level, (ulong)pairs);
                level = next;
                next += pairs * 32;
            }

            new ReadOnlySpan<byte>(level, 32).CopyTo(root);
        }
    }
}
