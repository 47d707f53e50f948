using System.Buffers.Binary;
using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper.Blocks;
using Tactus.Engine.Protocols.Gasper.Ssz;

namespace Tactus.Engine.Protocols.Gasper;

/// <summary>The Decode stage. A block travels in a frame [height u32, little-endian][SSZ SignedBeaconBlock]: log and
/// store count blocks, and a beacon block names only its slot. The height is checked against the parent's.</summary>
public sealed class GasperBlockDecoder(GasperContext context) : IBlockDecoder
{
    /// <summary>Bytes before the beacon block.</summary>
    public const int FrameBytes = sizeof(uint);

    /// <summary>Puts a block into its frame.</summary>
    public static byte[] Frame(uint height, SignedBeaconBlock block)
    {
        ArgumentNullException.ThrowIfNull(block);
        return Frame(height, block.Encoded.Span);
    }

    /// <summary>The same for an encoded SignedBeaconBlock, or what pretends to be one.</summary>
    public static byte[] Frame(uint height, ReadOnlySpan<byte> encoded)
    {
        byte[] bytes = new byte[FrameBytes + encoded.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, height);
        encoded.CopyTo(bytes.AsSpan(FrameBytes));
        return bytes;
    }

    public Verdict Decode(BlockWork block)
    {
        ReadOnlySpan<byte> bytes = block.Bytes;
        if (bytes.Length < FrameBytes)
        {
            return Verdict.Reject(
                RejectReason.Malformed, $"{bytes.Length} bytes; a frame has {FrameBytes} and a beacon block",
                bytes.Length);
        }

        SignedBeaconBlock signed;
        try
        {
            // A copy: attestations go on in the state when the block's buffer has another block.
            signed = SignedBeaconBlock.Decode(context.Schemas, bytes[FrameBytes..].ToArray());
        }
        catch (SszException error)
        {
            return Verdict.Reject(RejectReason.Malformed, error.Message, FrameBytes + error.Offset);
        }

        if (signed.Message.Slot > GasperConsensus.SlotMax)
        {
            return Verdict.Reject(
                RejectReason.BadSlot, $"slot {signed.Message.Slot} is above {GasperConsensus.SlotMax}, the last one with a time");
        }

        block.Number = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        block.Id = signed.Message.HashTreeRoot(context.Schemas, context.Hasher);
        block.PreviousId = signed.Message.ParentRoot;
        block.Slot = (long)signed.Message.Slot;
        block.Producer = signed.Message.ProposerIndex;
        block.Header = signed;
        return Verdict.Ok;
    }

    /// <summary>Nothing to compare: the id is a root over the whole body, and the state root is compared by the
    /// transition.</summary>
    public Verdict CheckRoot(BlockWork block) => Verdict.Ok;
}
