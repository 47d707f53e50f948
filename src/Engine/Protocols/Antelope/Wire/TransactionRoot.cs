using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Kernels;
using Tactus.Kernels.Merkle;

namespace Tactus.Engine.Protocols.Antelope.Wire;

/// <summary>The Merkle root over a block's receipts.</summary>
public static class TransactionRoot
{
    /// <summary>The tree that a block uses: Savanna's for proper Savanna blocks, else the legacy one.</summary>
    public static MerkleShape ShapeOf(BlockHeader header) =>
        BlockSigning.IsProperSavanna(header) ? MerkleShape.AntelopeSavanna : MerkleShape.AntelopeLegacy;

    public static Hash256 Of(KernelSet kernels, SignedBlock block)
    {
        var leaves = new ByteWriter(Math.Max(1, block.Transactions.Count * Hash256.Size));
        foreach (TransactionReceipt receipt in block.Transactions)
        {
            leaves.WriteHash256(receipt.Digest());
        }

        Span<byte> root = stackalloc byte[Hash256.Size];
        MerkleTree.Root(kernels.Sha256, ShapeOf(block.Header), leaves.Written, root);
        return new Hash256(root);
    }
}
