using System.Security.Cryptography;
using System.Text;
using Tactus.Engine.Primitives;
using Tactus.Kernels;
using Tactus.Kernels.Merkle;

namespace Tactus.Engine.Protocols.Quorum.Ballots;

/// <summary>Hash of source files [D: "You hash the files in some way and get a root hash and people vote on the hash.
/// Then if someone gives you source files, you can hash them ... and compare it to what it should be"]. The way [N]:
/// leaves sha256(path length, path, sha256 of the content) in the byte order of the paths, under a Merkle tree padded
/// with zeros.</summary>
public static class SourceTree
{
    /// <summary>The root of a set of files.</summary>
    /// <param name="kernels">Kernels.</param>
    /// <param name="files">Paths with forward slashes, relative to the source's root, and contents.</param>
    /// <exception cref="ArgumentException">A path comes twice.</exception>
    public static Hash256 Root(KernelSet kernels, IEnumerable<(string Path, ReadOnlyMemory<byte> Content)> files)
    {
        var leaves = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        foreach ((string path, ReadOnlyMemory<byte> content) in files)
        {
            byte[] name = Encoding.UTF8.GetBytes(path);
            var writer = new ByteWriter(name.Length + 40);
            writer.WriteUInt32((uint)name.Length);
            writer.WriteSpan(name);
            writer.WriteSpan(SHA256.HashData(content.Span));
            if (!leaves.TryAdd(path, SHA256.HashData(writer.Written)))
            {
                throw new ArgumentException($"{path} comes twice", nameof(files));
            }
        }

        Span<byte> root = stackalloc byte[Hash256.Size];
        MerkleTree.Root(kernels.Sha256, MerkleShape.Skycoin, leaves.Values.SelectMany(leaf => leaf).ToArray(), root);
        return new Hash256(root);
    }
}
