using System.Security.Cryptography;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Quorum.Blocks;
using Tactus.Engine.Protocols.Quorum.Coins;

namespace Tactus.Engine.Protocols.Quorum.Ballots;

/// <summary>What a slip votes on.</summary>
public enum Question : byte
{
    /// <summary>Who is in the quorum of an epoch.</summary>
    Members = 0,

    /// <summary>Which source files are the chain's: one root hash.</summary>
    SourceRoot = 1,
}

/// <summary>A vote [D: "You have 10 coins in address A. You send the coins to a new address B. Now the public key for A
/// can sign a vote slip and gets 10 votes"]. It names the spent output by what its id is the hash of, so weight and
/// address are proven by the slip itself; when the output came and went is for the ledger to say.</summary>
/// <remarks>Wire form: question 1, epoch 4, source id 32, droplets 8, hours 8, key 33, count 1, candidates of 33 bytes
/// or one root of 32, signature 65: 185 bytes with one candidate [D: "200 bytes per vote"].</remarks>
public sealed record VoteSlip
{
    public required Question Question { get; init; }

    /// <summary>The epoch that the slip elects for, or in which it ratifies.</summary>
    public required uint Epoch { get; init; }

    /// <summary>Transaction that created the spent output.</summary>
    public required Hash256 SourceId { get; init; }

    /// <summary>Droplets of the spent output.</summary>
    public required ulong Coins { get; init; }

    /// <summary>Hours that the spent output was given.</summary>
    public required ulong Hours { get; init; }

    /// <summary>Key of address A.</summary>
    public required MemberKey Voter { get; init; }

    /// <summary>Candidates, each approved; empty for a source root.</summary>
    public IReadOnlyList<MemberKey> Candidates { get; init; } = [];

    /// <summary>The root voted for.</summary>
    public Hash256 SourceRoot { get; init; }

    /// <summary>65 bytes.</summary>
    public byte[] Signature { get; init; } = new byte[MemberSignatures.Size];

    /// <summary>Weight in whole coins [D: "10 coins, they have 10 vote shares"].</summary>
    public ulong Weight => Coins / CoinHours.DropletsPerCoin;

    /// <summary>Id of the spent output: computed, so neither coins nor owner can be lied about.</summary>
    public Hash256 OutputId()
    {
        Span<byte> body = stackalloc byte[UnspentOutput.BodySize];
        Span<byte> key = stackalloc byte[MemberKey.Size];
        Voter.CopyTo(key);
        SourceId.CopyTo(body);
        CoinAddress.OfKey(key).CopyTo(body[Hash256.Size..]);
        global::System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(body[53..], Coins);
        global::System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(body[61..], Hours);
        Span<byte> digest = stackalloc byte[Hash256.Size];
        SHA256.HashData(body, digest);
        return new Hash256(digest);
    }

    /// <summary>What the voter signs: everything before the signature.</summary>
    public Hash256 Digest()
    {
        var writer = new ByteWriter();
        WriteUnsigned(writer);
        return MemberSignatures.Digest("slip", writer.Written);
    }

    public VoteSlip SignedWith(ReadOnlySpan<byte> secret) =>
        this with { Signature = MemberSignatures.Sign(Digest(), secret) };

    public void Write(ByteWriter writer)
    {
        WriteUnsigned(writer);
        writer.WriteSpan(Signature);
    }

    public static VoteSlip Read(ref ByteReader reader)
    {
        int at = reader.Position;
        byte question = reader.ReadByte();
        if (question > (byte)Question.SourceRoot)
        {
            reader.Fail($"question {question} is not known", at);
        }

        uint epoch = reader.ReadUInt32();
        Hash256 source = reader.ReadHash256();
        ulong coins = reader.ReadUInt64();
        ulong hours = reader.ReadUInt64();
        MemberKey voter = MemberKey.Read(ref reader);
        var candidates = new List<MemberKey>();
        Hash256 root = default;
        if (question == (byte)Question.SourceRoot)
        {
            root = reader.ReadHash256();
        }
        else
        {
            ReadCandidates(ref reader, candidates);
        }

        return new VoteSlip
        {
            Question = (Question)question,
            Epoch = epoch,
            SourceId = source,
            Coins = coins,
            Hours = hours,
            Voter = voter,
            Candidates = candidates,
            SourceRoot = root,
            Signature = reader.ReadSpan(MemberSignatures.Size).ToArray(),
        };
    }

    private static void ReadCandidates(ref ByteReader reader, List<MemberKey> candidates)
    {
        int at = reader.Position;
        int count = reader.ReadByte();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            candidates.Add(MemberKey.Read(ref reader));
            if (i > 0 && candidates[i].CompareTo(candidates[i - 1]) <= 0)
            {
                reader.Fail("the candidates of a slip are not in ascending order", at);
            }
        }

        if (count is 0 or > QuorumParameters.MembersMax)
        {
            reader.Fail($"a slip names 1 to {QuorumParameters.MembersMax} candidates, not {count}", at);
        }
    }

    private void WriteUnsigned(ByteWriter writer)
    {
        writer.WriteByte((byte)Question);
        writer.WriteUInt32(Epoch);
        writer.WriteHash256(SourceId);
        writer.WriteUInt64(Coins);
        writer.WriteUInt64(Hours);
        Voter.Write(writer);
        if (Question == Question.SourceRoot)
        {
            writer.WriteHash256(SourceRoot);
            return;
        }

        writer.WriteByte((byte)Candidates.Count);
        foreach (MemberKey candidate in Candidates)
        {
            candidate.Write(writer);
        }
    }
}
