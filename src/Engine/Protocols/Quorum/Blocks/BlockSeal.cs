using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Quorum.Ballots;
using Tactus.Engine.Protocols.Quorum.Coins;

namespace Tactus.Engine.Protocols.Quorum.Blocks;

/// <summary>What a block carries after its transactions: the epoch, the opening if it is the epoch's first block, and
/// the certificate [D: "each of them unanimously signs the hash of the consensus block"].</summary>
/// <remarks>Wire form: epoch 4, opening flag 1, opening, count 1, signatures of 65 bytes in the order of the members. A
/// proposal has no signatures yet.</remarks>
public sealed record BlockSeal(uint Epoch, Opening? Opening, byte[] Signatures)
{
    public int SignatureCount => Signatures.Length / MemberSignatures.Size;

    public void Write(ByteWriter writer)
    {
        writer.WriteUInt32(Epoch);
        writer.WriteBool(Opening is not null);
        Opening?.Write(writer);
        writer.WriteByte((byte)SignatureCount);
        writer.WriteSpan(Signatures);
    }

    public static BlockSeal Read(ref ByteReader reader)
    {
        uint epoch = reader.ReadUInt32();
        Opening? opening = reader.ReadBool() ? Opening.Read(ref reader) : null;
        int count = reader.ReadByte();
        return new BlockSeal(epoch, opening, reader.ReadSpan(count * MemberSignatures.Size).ToArray());
    }
}

/// <summary>A block's header with its seal: what consensus looks at.</summary>
public sealed record SealedHeader(CoinHeader Coin, BlockSeal Seal);
