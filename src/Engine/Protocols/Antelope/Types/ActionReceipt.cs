using System.Security.Cryptography;
using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols.Antelope.Types;

/// <summary>What one executed action leaves behind: a leaf of the block's action root.</summary>
public sealed record ActionReceipt
{
    public Name Receiver { get; init; }

    /// <summary><see cref="ChainAction.ActDigest()"/> in the form in force.</summary>
    public Hash256 ActDigest { get; init; }

    /// <summary>Counts all actions of the chain; leaves stand in this order.</summary>
    public ulong GlobalSequence { get; init; }

    /// <summary>Counts the actions that the receiver received.</summary>
    public ulong RecvSequence { get; init; }

    /// <summary>Per authorizing account, how many actions it has authorized; ascending by account.</summary>
    public IReadOnlyList<KeyValuePair<Name, ulong>> AuthSequence { get; init; } = [];

    /// <summary>How often the action account's code was set.</summary>
    public uint CodeSequence { get; init; }

    /// <summary>How often the action account's ABI was set.</summary>
    public uint AbiSequence { get; init; }

    public static ActionReceipt Read(ref ByteReader reader)
    {
        var receiver = new Name(reader.ReadUInt64());
        Hash256 actDigest = reader.ReadHash256();
        ulong globalSequence = reader.ReadUInt64();
        ulong recvSequence = reader.ReadUInt64();
        int count = reader.ReadCount(WireLimits.ElementsMax, 16, "authorization sequences");
        var authSequence = new KeyValuePair<Name, ulong>[count];
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            var account = new Name(reader.ReadUInt64());
            authSequence[i] = new KeyValuePair<Name, ulong>(account, reader.ReadUInt64());
        }

        return new ActionReceipt
        {
            Receiver = receiver,
            ActDigest = actDigest,
            GlobalSequence = globalSequence,
            RecvSequence = recvSequence,
            AuthSequence = authSequence,
            CodeSequence = reader.ReadVarUInt32(),
            AbiSequence = reader.ReadVarUInt32(),
        };
    }

    public void Write(ByteWriter writer)
    {
        writer.WriteUInt64(Receiver.Value);
        writer.WriteHash256(ActDigest);
        writer.WriteUInt64(GlobalSequence);
        writer.WriteUInt64(RecvSequence);
        writer.WriteVarUInt32((uint)AuthSequence.Count);
        foreach ((Name account, ulong sequence) in AuthSequence)
        {
            writer.WriteUInt64(account.Value);
            writer.WriteUInt64(sequence);
        }

        writer.WriteVarUInt32(CodeSequence);
        writer.WriteVarUInt32(AbiSequence);
    }

    /// <summary>sha256 of the packed receipt: the Merkle leaf.</summary>
    public Hash256 Digest()
    {
        var writer = new ByteWriter();
        Write(writer);
        return new Hash256(SHA256.HashData(writer.Written));
    }
}
