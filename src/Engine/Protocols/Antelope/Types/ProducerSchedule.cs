using System.Security.Cryptography;
using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols.Antelope.Types;

/// <summary>One entry of a schedule.</summary>
public sealed record ProducerAuthority(Name Producer, BlockSigningAuthority Authority);

/// <summary>The producers that own the slots, in the order proposed. Two wire forms: legacy (one key each) and
/// authority (after WTMSIG_BLOCK_SIGNATURES).</summary>
public sealed class ProducerSchedule : IEquatable<ProducerSchedule>
{
    /// <summary>Most producers of a schedule (leap v5.0.3 config.hpp max_producers).</summary>
    public const int ProducersMax = 125;

    public ProducerSchedule(uint version, IReadOnlyList<ProducerAuthority> producers)
    {
        Version = version;
        Producers = producers;
    }

    public uint Version { get; }

    public IReadOnlyList<ProducerAuthority> Producers { get; }

    public static ProducerSchedule Empty { get; } = new(0, []);

    public static ProducerSchedule ReadLegacy(ref ByteReader reader)
    {
        uint version = reader.ReadUInt32();
        int count = reader.ReadCount(ProducersMax, 8 + 1 + PublicKey.CompressedSize, "producers");
        var producers = new ProducerAuthority[count];
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            var name = new Name(reader.ReadUInt64());
            producers[i] = new ProducerAuthority(name, BlockSigningAuthority.OfKey(PublicKey.Read(ref reader)));
        }

        return new ProducerSchedule(version, producers);
    }

    public static ProducerSchedule ReadAuthority(ref ByteReader reader)
    {
        uint version = reader.ReadUInt32();
        int count = reader.ReadCount(ProducersMax, 8 + 1 + 4 + 1, "producers");
        var producers = new ProducerAuthority[count];
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            var name = new Name(reader.ReadUInt64());
            producers[i] = new ProducerAuthority(name, BlockSigningAuthority.Read(ref reader));
        }

        return new ProducerSchedule(version, producers);
    }

    /// <summary>The legacy form keeps only each entry's first key.</summary>
    public void WriteLegacy(ByteWriter writer)
    {
        writer.WriteUInt32(Version);
        writer.WriteVarUInt32((uint)Producers.Count);
        foreach (ProducerAuthority producer in Producers)
        {
            writer.WriteUInt64(producer.Producer.Value);
            producer.Authority.Keys[0].Key.Write(writer);
        }
    }

    public void WriteAuthority(ByteWriter writer)
    {
        writer.WriteUInt32(Version);
        writer.WriteVarUInt32((uint)Producers.Count);
        foreach (ProducerAuthority producer in Producers)
        {
            writer.WriteUInt64(producer.Producer.Value);
            producer.Authority.Write(writer);
        }
    }

    /// <summary>sha256 of the packed schedule, in the form in force when it was proposed.</summary>
    public Hash256 Digest(bool authorityForm)
    {
        var writer = new ByteWriter();
        if (authorityForm)
        {
            WriteAuthority(writer);
        }
        else
        {
            WriteLegacy(writer);
        }

        return new Hash256(SHA256.HashData(writer.Written));
    }

    public ProducerAuthority? Find(Name producer)
    {
        foreach (ProducerAuthority entry in Producers)
        {
            if (entry.Producer == producer)
            {
                return entry;
            }
        }

        return null;
    }

    public bool Equals(ProducerSchedule? other) =>
        other is not null && Version == other.Version && Producers.SequenceEqual(other.Producers);

    public override bool Equals(object? obj) => Equals(obj as ProducerSchedule);

    public override int GetHashCode() => HashCode.Combine(Version, Producers.Count);
}
