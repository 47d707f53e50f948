using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Types;

namespace Tactus.Engine.Protocols.Antelope.Consensus;

/// <summary>What a header's extensions say, decoded. Trailing bytes inside an extension are ignored, as nodeos
/// does.</summary>
public readonly struct HeaderExtensions
{
    /// <summary>Features the block activates (extension 0), or null.</summary>
    public Hash256[]? Features { get; private init; }

    /// <summary>Schedule the block carries (extension 1), or null.</summary>
    public ProducerSchedule? Schedule { get; private init; }

    /// <summary>Savanna's finality extension (2), or null.</summary>
    public FinalityClaim? Finality { get; private init; }

    /// <summary>Decodes the extensions of a header: ids ascend, none repeats (all header extensions are unique), none
    /// is unknown.</summary>
    public static Verdict Extract(BlockHeader header, out HeaderExtensions result)
    {
        result = default;
        IReadOnlyList<Extension> extensions = header.Extensions;
        for (int i = 0; i < extensions.Count; i++)
        {
            Extension extension = extensions[i];
            if (i > 0 && extension.Id <= extensions[i - 1].Id)
            {
                return Verdict.Reject(
                    RejectReason.BadExtension,
                    $"header extension {extension.Id} follows {extensions[i - 1].Id}; "
                    + "ids must ascend and each appear once",
                    i);
            }

            var reader = new ByteReader(extension.Data);
            switch (extension.Id)
            {
                case Extension.ProtocolFeatureActivation:
                    result = result with { Features = ReadFeatures(ref reader) };
                    break;
                case Extension.ProducerScheduleChange:
                    result = result with { Schedule = ProducerSchedule.ReadAuthority(ref reader) };
                    break;
                case Extension.Finality:
                    result = result with { Finality = FinalityClaim.Read(ref reader) };
                    break;
                default:
                    return Verdict.Reject(
                        RejectReason.BadExtension,
                        $"header extension {extension.Id} is unknown (0 = features, 1 = schedule, 2 = finality)",
                        i);
            }

            if (reader.Failed)
            {
                return Verdict.Reject(
                    RejectReason.BadExtension,
                    $"header extension {extension.Id} is malformed at its byte {reader.FailOffset}: "
                    + $"{reader.FailReason}",
                    i);
            }
        }

        return Verdict.Ok;
    }

    private static Hash256[] ReadFeatures(ref ByteReader reader)
    {
        int count = reader.ReadCount(FeatureSet.FeaturesMax, Hash256.Size, "protocol features");
        var digests = new Hash256[count];
        for (int i = 0; i < count; i++)
        {
            digests[i] = reader.ReadHash256();
        }

        return digests;
    }
}

/// <summary>Savanna's header extension: the quorum certificate that the block claims for an ancestor, and changes of
/// policy (spring v1.2.2 finality_extension.hpp). The certificate itself travels as a block extension and is not
/// checked here.</summary>
/// <param name="ClaimedNumber">Number of the ancestor that the claim is about.</param>
/// <param name="Strong">Whether the claim is strong.</param>
/// <param name="ChangesFinalizers">A new finalizer policy is carried.</param>
/// <param name="ChangesProducers">A new proposer policy is carried.</param>
public sealed record FinalityClaim(uint ClaimedNumber, bool Strong, bool ChangesFinalizers, bool ChangesProducers)
{
    /// <summary>Most finalizers of a policy read from an extension.</summary>
    public const int FinalizersMax = 65536;

    public static FinalityClaim Read(ref ByteReader reader)
    {
        uint number = reader.ReadUInt32();
        bool strong = reader.ReadBool();
        bool finalizers = reader.ReadBool();
        if (finalizers)
        {
            SkipFinalizerPolicy(ref reader);
        }

        bool producers = reader.ReadBool();
        return new FinalityClaim(number, strong, finalizers, producers);
    }

    /// <summary>generation u32, threshold u64, removed indexes (u16 each), inserted {index u16, description, weight
    /// u64, key bytes}.</summary>
    private static void SkipFinalizerPolicy(ref ByteReader reader)
    {
        reader.Skip(4 + 8);
        reader.Skip(2 * reader.ReadCount(FinalizersMax, 2, "removed finalizers"));
        int inserted = reader.ReadCount(FinalizersMax, 2 + 1 + 8 + 1, "inserted finalizers");
        for (int i = 0; i < inserted && !reader.Failed; i++)
        {
            reader.Skip(2);
            reader.ReadBytes(256, "finalizer description");
            reader.Skip(8);
            reader.ReadBytes(256, "finalizer key");
        }
    }
}
