namespace Tactus.Kernels.Merkle;

/// <summary>How a system forms a root from leaves of 32 bytes. Inner nodes are sha256(left | right) in all of
/// them.</summary>
public enum MerkleShape
{
    /// <summary>
    /// EOSIO/Antelope before Savanna: an odd level repeats its last node; the top bit of byte 0 is cleared in a left
    /// child and set in a right child before hashing. No leaves: zeros. One leaf: the leaf.</summary>
    AntelopeLegacy = 0,

    /// <summary>Antelope Savanna: split at the largest power of two below the size, so an odd last node is carried up
    /// unchanged.</summary>
    AntelopeSavanna = 1,

    /// <summary>Graphene (BitShares, Steem): an odd last node is carried up unchanged; the root is ripemd160(top), 20
    /// bytes.</summary>
    Graphene = 2,

    /// <summary>Skycoin: padded with zero leaves to a power of two.</summary>
    Skycoin = 3,

    /// <summary>
    /// Simple Serialize of the Ethereum consensus specification: padded with zero leaves to a power of two, or to the
    /// limit given to <see cref="MerkleTree.SszRoot"/>.</summary>
    Ssz = 4,
}
