using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Engine.Protocols.Antelope.Wire;

namespace Tactus.Engine.Protocols.Antelope.Consensus;

/// <summary>All that consensus knows after a block (block_header_state of leap v5.0.3): who may sign next, what is
/// final, which schedule waits. Immutable; states of consecutive blocks share what did not change, so a state costs
/// about a kilobyte at 21 producers, and any number of branches may be held at once.</summary>
/// <remarks>The two stages of finality: a block confirmed by more than two thirds of the producers becomes
/// <see cref="ProposedIrreversible"/>; each producer's next block implies its vote for the proposal that stood before
/// it (<see cref="LastImpliedIrreversible"/>), and the number that more than two thirds imply is
/// <see cref="Irreversible"/>.</remarks>
public sealed partial class HeaderState : IEquatable<HeaderState>
{
    /// <summary>Slots that a producer owns in a row (config.hpp producer_repetitions).</summary>
    public const int SlotsPerTurn = 12;

    /// <summary>Most blocks whose confirmations are tracked (config.hpp maximum_tracked_dpos_confirmations).</summary>
    public const int ConfirmationsTrackedMax = 1024;

    /// <summary>schedule_version of a block under Savanna (spring v1.2.2 block_header.hpp).</summary>
    public const uint SavannaScheduleVersion = BlockSigning.SavannaScheduleVersion;

    private static readonly BlockSigningAuthority NoAuthority = new(0, []);

    private byte[] _confirmCounts = [];

    private HeaderState()
    {
    }

    public uint Number { get; private set; }

    public Hash256 Id { get; private set; }

    /// <summary>The block's header. Shared with the decoder: not to be changed once a state holds it.</summary>
    public BlockHeader Header { get; private set; } = new();

    /// <summary>Hash of the packed header.</summary>
    public Hash256 HeaderDigest { get; private set; }

    public KeySignature Signature { get; private set; } = KeySignature.Empty;

    /// <summary>Further signatures of the block (block extension 2), for authorities with several keys.</summary>
    public IReadOnlyList<KeySignature> AdditionalSignatures { get; private set; } = [];

    /// <summary>Who had to sign this block.</summary>
    public BlockSigningAuthority SigningAuthority { get; private set; } = NoAuthority;

    /// <summary>Newest block that more than two thirds of the producers confirmed (stage one).</summary>
    public uint ProposedIrreversible { get; private set; }

    /// <summary>Newest final block. Under Savanna it stays where the legacy rules left it: see
    /// <see cref="FinalityChecked"/>.</summary>
    public uint Irreversible { get; private set; }

    /// <summary>Owns the slots after this block, in the order proposed.</summary>
    public ProducerSchedule ActiveSchedule { get; private set; } = ProducerSchedule.Empty;

    public PendingSchedule Pending { get; private set; } = new(0, Hash256.Zero, ProducerSchedule.Empty);

    /// <summary>Merkle tree over the ids of all blocks before this one.</summary>
    public BlockRootMerkle BlockRoot { get; private set; } = BlockRootMerkle.Empty;

    public ProducerNumbers LastProduced { get; private set; } = ProducerNumbers.Empty;

    public ProducerNumbers LastImpliedIrreversible { get; private set; } = ProducerNumbers.Empty;

    /// <summary>Confirmations still missing for each block after the proposed irreversible one; the last entry is this
    /// block.</summary>
    public ReadOnlySpan<byte> ConfirmCounts => _confirmCounts;

    public FeatureSet Features { get; private set; } = FeatureSet.Empty;

    /// <summary>Number of the block whose finality extension began the move to Savanna, 0 before.</summary>
    public uint SavannaGenesis { get; private set; }

    /// <summary>Whether this block is a proper Savanna block.</summary>
    public bool IsSavanna => Header.ScheduleVersion == SavannaScheduleVersion;

    /// <summary>Whether <see cref="Irreversible"/> is what the chain's own rules give. False under Savanna: its
    /// finality comes from quorum certificates, which this engine does not check.</summary>
    public bool FinalityChecked => !IsSavanna;

    public uint Slot => Header.Slot;

    /// <summary>The state of block 1: a schedule of one producer, eosio, with the key of the genesis file; never
    /// signed.</summary>
    /// <param name="slot">Slot of the genesis time.</param>
    /// <param name="initialKey">initial_key of the genesis file.</param>
    /// <param name="chainId">Hash of the genesis state: the action root of block 1.</param>
    public static HeaderState Genesis(uint slot, PublicKey initialKey, in Hash256 chainId)
    {
        var schedule = new ProducerSchedule(
            0,
            [new ProducerAuthority(Name.Parse("eosio"), BlockSigningAuthority.OfKey(initialKey))]);
        var header = new BlockHeader { Slot = slot, ActionRoot = chainId };
        Hash256 digest = header.Digest();
        return new HeaderState
        {
            Number = header.Number,
            Header = header,
            HeaderDigest = digest,
            Id = BlockHeader.IdOf(digest, header.Number),
            ActiveSchedule = schedule,
            Pending = new PendingSchedule(0, schedule.Digest(authorityForm: false), schedule),
        };
    }

    /// <summary>Who owns a slot after this block.</summary>
    public ProducerAuthority Scheduled(uint slot)
    {
        IReadOnlyList<ProducerAuthority> producers = ActiveSchedule.Producers;
        return producers[(int)(slot % (SlotsPerTurn * (uint)producers.Count) / SlotsPerTurn)];
    }

    /// <summary>What the producer signs: sha256(sha256(header digest, block root), pending schedule hash); under
    /// Savanna the block id.</summary>
    public Hash256 SigningDigest() =>
        IsSavanna ? Id : BlockSigning.LegacyDigest(HeaderDigest, BlockRoot.Root(), Pending.Hash);

    /// <summary>This state with the signatures that its producer made over <see cref="SigningDigest"/>.</summary>
    public HeaderState Signed(KeySignature signature, IReadOnlyList<KeySignature> additional)
    {
        var copy = (HeaderState)MemberwiseClone();
        copy.Signature = signature;
        copy.AdditionalSignatures = additional;
        return copy;
    }

    /// <summary>Equal in every field.</summary>
    public bool Equals(HeaderState? other) =>
        other is not null && (ReferenceEquals(this, other) || (
            Id == other.Id
            && ProposedIrreversible == other.ProposedIrreversible
            && Irreversible == other.Irreversible
            && SavannaGenesis == other.SavannaGenesis
            && Signature.Equals(other.Signature)
            && AdditionalSignatures.SequenceEqual(other.AdditionalSignatures)
            && SigningAuthority.Equals(other.SigningAuthority)
            && ActiveSchedule.Equals(other.ActiveSchedule)
            && Pending.Equals(other.Pending)
            && BlockRoot.Equals(other.BlockRoot)
            && LastProduced.Equals(other.LastProduced)
            && LastImpliedIrreversible.Equals(other.LastImpliedIrreversible)
            && ConfirmCounts.SequenceEqual(other.ConfirmCounts)
            && Features.Equals(other.Features)));

    public override bool Equals(object? obj) => Equals(obj as HeaderState);

    public override int GetHashCode() => Id.GetHashCode();

    public override string ToString() =>
        $"block {Number} {Id.ToShortString()} (proposed {ProposedIrreversible}, final {Irreversible})";
}
