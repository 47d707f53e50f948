using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols.Antelope.Consensus;

/// <summary>The protocol features active after a block: immutable, ascending by digest, shared by all blocks until one
/// activates more.</summary>
public sealed class FeatureSet : IEquatable<FeatureSet>
{
    /// <summary>Most features read from a packed state; 23 exist.</summary>
    public const int FeaturesMax = 256;

    private readonly Hash256[] _digests;

    private FeatureSet(Hash256[] digests)
    {
        _digests = digests;
        WtmsigBlockSignatures = Contains(ProtocolFeatures.WtmsigBlockSignatures);
        Savanna = Contains(ProtocolFeatures.Savanna);
    }

    public static FeatureSet Empty { get; } = new([]);

    public IReadOnlyList<Hash256> Digests => _digests;

    /// <summary>Blocks may carry several signatures; schedules come as header extension 1 in authority form.</summary>
    public bool WtmsigBlockSignatures { get; }

    /// <summary>The chain may move to Savanna finality.</summary>
    public bool Savanna { get; }

    public bool Contains(in Hash256 digest) => Array.BinarySearch(_digests, digest) >= 0;

    /// <summary>The set with the features of a header's extension 0, or the reason why they may not be activated:
    /// unknown, active already, or a dependency is neither active nor earlier in the list (leap v5.0.3 controller.cpp
    /// check_protocol_features).</summary>
    public Verdict Activate(ReadOnlySpan<Hash256> digests, out FeatureSet result)
    {
        result = this;
        if (digests.IsEmpty)
        {
            return Verdict.Reject(RejectReason.BadExtension, "protocol feature activation names no feature");
        }

        for (int i = 0; i < digests.Length; i++)
        {
            ProtocolFeature? feature = ProtocolFeatures.Find(digests[i]);
            if (feature is null)
            {
                return Verdict.Reject(
                    RejectReason.BadExtension,
                    $"protocol feature {digests[i]} is unknown; this engine knows {ProtocolFeatures.All.Count} "
                    + "features",
                    i);
            }

            if (Contains(digests[i]) || digests[..i].Contains(digests[i]))
            {
                return Verdict.Reject(
                    RejectReason.BadExtension, $"protocol feature {feature.Codename} is activated twice", i);
            }

            foreach (string dependency in feature.Dependencies)
            {
                Hash256 needed = ProtocolFeatures.Named(dependency).Digest;
                if (!Contains(needed) && !digests[..i].Contains(needed))
                {
                    return Verdict.Reject(
                        RejectReason.BadExtension,
                        $"protocol feature {feature.Codename} needs {dependency}, which is not active",
                        i);
                }
            }
        }

        Hash256[] all = [.. _digests, .. digests];
        Array.Sort(all);
        result = new FeatureSet(all);
        return Verdict.Ok;
    }

    /// <summary>A shared pointer to the set: present, then the digests.</summary>
    public void Write(ByteWriter writer)
    {
        writer.WriteBool(true);
        writer.WriteVarUInt32((uint)_digests.Length);
        foreach (Hash256 digest in _digests)
        {
            writer.WriteHash256(digest);
        }
    }

    public static FeatureSet Read(ref ByteReader reader)
    {
        if (!reader.ReadBool())
        {
            return Empty;
        }

        int count = reader.ReadCount(FeaturesMax, Hash256.Size, "activated protocol features");
        var digests = new Hash256[count];
        for (int i = 0; i < count; i++)
        {
            int at = reader.Position;
            digests[i] = reader.ReadHash256();
            if (i > 0 && digests[i] <= digests[i - 1])
            {
                reader.Fail("activated protocol features do not ascend", at);
            }
        }

        return reader.Failed || count == 0 ? Empty : new FeatureSet(digests);
    }

    public bool Equals(FeatureSet? other) =>
        other is not null && (ReferenceEquals(this, other) || _digests.AsSpan().SequenceEqual(other._digests));

    public override bool Equals(object? obj) => Equals(obj as FeatureSet);

    public override int GetHashCode() => HashCode.Combine(_digests.Length, _digests.Length > 0 ? _digests[0] : default);
}
