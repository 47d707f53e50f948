using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Types;

namespace Tactus.Engine.Protocols.Antelope.Consensus;

/// <content>The packed form, byte for byte that of nodeos (fork_db.dat, snapshots, deep-mind logs; specs: antelope.md
/// 2.1).</content>
public sealed partial class HeaderState
{
    /// <summary>Most further signatures of one block that are read.</summary>
    private const int AdditionalSignaturesMax = BlockSigningAuthority.KeysMax;

    public void Write(ByteWriter writer)
    {
        writer.WriteUInt32(Number);
        writer.WriteUInt32(ProposedIrreversible);
        writer.WriteUInt32(Irreversible);
        ActiveSchedule.WriteAuthority(writer);
        BlockRoot.Write(writer);
        LastProduced.Write(writer);
        LastImpliedIrreversible.Write(writer);
        SigningAuthority.Write(writer);
        writer.WriteBytes(_confirmCounts);
        writer.WriteHash256(Id);
        Header.Write(writer);
        Signature.Write(writer);
        Pending.Write(writer);
        Features.Write(writer);
        writer.WriteVarUInt32((uint)AdditionalSignatures.Count);
        foreach (KeySignature signature in AdditionalSignatures)
        {
            signature.Write(writer);
        }
    }

    public byte[] ToBytes()
    {
        var writer = new ByteWriter(1024);
        Write(writer);
        return writer.ToArray();
    }

    /// <summary>Reads a packed state. The reader fails where a part is malformed or does not fit the rest: the id must
    /// be the header's, the schedule must have members, the Merkle root must follow from its peaks.</summary>
    public static HeaderState Read(ref ByteReader reader)
    {
        int start = reader.Position;
        var state = new HeaderState
        {
            Number = reader.ReadUInt32(),
            ProposedIrreversible = reader.ReadUInt32(),
            Irreversible = reader.ReadUInt32(),
            ActiveSchedule = ProducerSchedule.ReadAuthority(ref reader),
            BlockRoot = BlockRootMerkle.Read(ref reader),
            LastProduced = ProducerNumbers.Read(ref reader),
            LastImpliedIrreversible = ProducerNumbers.Read(ref reader),
            SigningAuthority = BlockSigningAuthority.Read(ref reader),
            _confirmCounts = reader.ReadBytes(ConfirmationsTrackedMax, "confirm counts").ToArray(),
            Id = reader.ReadHash256(),
            Header = BlockHeader.Read(ref reader),
            Signature = KeySignature.Read(ref reader),
            Pending = PendingSchedule.Read(ref reader),
            Features = FeatureSet.Read(ref reader),
        };
        int count = reader.ReadCount(
            AdditionalSignaturesMax, 1 + KeySignature.CompactSize, "additional block signatures");
        if (count > 0)
        {
            var signatures = new KeySignature[count];
            for (int i = 0; i < count; i++)
            {
                signatures[i] = KeySignature.Read(ref reader);
            }

            state.AdditionalSignatures = signatures;
        }

        if (!reader.Failed)
        {
            state.Complete(ref reader, start);
        }

        return state;
    }

    internal HeaderState WithSavannaGenesis(uint number)
    {
        var copy = (HeaderState)MemberwiseClone();
        copy.SavannaGenesis = number;
        return copy;
    }

    /// <summary>Sets what the packed form leaves out, and checks that its parts belong together.</summary>
    private void Complete(ref ByteReader reader, int start)
    {
        HeaderDigest = Header.Digest();
        Hash256 id = BlockHeader.IdOf(HeaderDigest, Header.Number);
        if (Number != Header.Number || Id != id)
        {
            reader.Fail($"header state names block {Number} {Id}, its header is block {Header.Number} {id}", start);
        }
        else if (ActiveSchedule.Producers.Count == 0)
        {
            reader.Fail($"header state of block {Number} has no active producers", start);
        }
        else if (HeaderExtensions.Extract(Header, out HeaderExtensions extensions) is { Accepted: false } verdict)
        {
            reader.Fail(verdict.ToString(), start);
        }
        else if (extensions.Finality is not null)
        {
            // Every block of the move to Savanna claims the block that began it.
            SavannaGenesis = Math.Min(extensions.Finality.ClaimedNumber, Number);
        }
    }
}
