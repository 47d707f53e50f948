using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Types;

namespace Tactus.Engine.Protocols.Antelope.Consensus;

/// <content>The transition from a state to the next (specs: antelope.md 3.2; leap v5.0.3
/// block_header_state.cpp).</content>
public sealed partial class HeaderState
{
    /// <summary>Checks a header against this state, its parent, in everything but signatures, and gives the state after
    /// it.</summary>
    /// <param name="header">The header; kept by the new state.</param>
    /// <param name="signature">The producer's signature, kept but not checked here: see
    /// <see cref="BlockSignatures"/>.</param>
    /// <param name="additional">Signatures of block extension 2, not checked here.</param>
    /// <param name="next">The new state, or null.</param>
    public Verdict Next(
        BlockHeader header,
        KeySignature signature,
        IReadOnlyList<KeySignature> additional,
        out HeaderState? next) => Next(header, header.Digest(), signature, additional, out next);

    /// <inheritdoc cref="Next(BlockHeader, KeySignature, IReadOnlyList{KeySignature}, out HeaderState?)"/>
    /// <param name="header">The header; kept by the new state.</param>
    /// <param name="headerDigest">Its digest, where the decoder has it from the bytes already.</param>
    /// <param name="signature">The producer's signature.</param>
    /// <param name="additional">Signatures of block extension 2.</param>
    /// <param name="next">The new state, or null.</param>
    public Verdict Next(
        BlockHeader header,
        in Hash256 headerDigest,
        KeySignature signature,
        IReadOnlyList<KeySignature> additional,
        out HeaderState? next)
    {
        next = null;
        if (header.Previous != Id)
        {
            return Verdict.Reject(
                RejectReason.BadLink,
                $"block {header.Number} builds on {header.Previous}, the parent state is block {Number} {Id}");
        }

        bool savanna = header.ScheduleVersion == SavannaScheduleVersion;
        if (savanna || IsSavanna)
        {
            return NextSavanna(header, headerDigest, signature, additional, out next);
        }

        if (SavannaGenesis != 0 && Irreversible >= SavannaGenesis)
        {
            return Verdict.Reject(
                RejectReason.WrongVersion,
                $"block {Number + 1} has schedule version {header.ScheduleVersion}; "
                + "the move to Savanna that began at block "
                + $"{SavannaGenesis} is final, expected 0x{SavannaScheduleVersion:x8}");
        }

        Verdict verdict = CheckPlace(header, ActiveSchedule.Version, additional);
        if (!verdict.Accepted)
        {
            return verdict;
        }

        verdict = Draft(header.Slot, header.Confirmed, out HeaderDraft? draft);
        return verdict.Accepted ? Finish(draft!, header, headerDigest, signature, additional, out next) : verdict;
    }

    /// <summary>The part of the next state that does not depend on the rest of the header: for producers, and for
    /// <see cref="Next(BlockHeader, KeySignature, IReadOnlyList{KeySignature}, out HeaderState?)"/>.</summary>
    /// <returns>Rejects a slot that is not later than this block's and a producer that would confirm blocks
    /// twice.</returns>
    public Verdict Draft(uint slot, ushort confirmed, out HeaderDraft? draft)
    {
        draft = null;
        if (slot <= Slot)
        {
            return Verdict.Reject(
                RejectReason.BadSlot, $"block {Number + 1} has slot {slot}, its parent {Slot}; it must be later");
        }

        uint number = Number + 1;
        ProducerAuthority producer = Scheduled(slot);
        if (LastProduced.TryGet(producer.Producer, out uint last) && last >= unchecked(number - confirmed))
        {
            return Verdict.Reject(
                RejectReason.DoubleConfirm,
                $"{producer.Producer} confirms the {confirmed} blocks before {number}, "
                + $"but produced block {last} already");
        }

        byte[] counts = CountConfirmation(number, confirmed, out uint proposed);
        uint irreversible = IrreversibleAfter(producer.Producer);
        bool promoted = Pending.Waiting && irreversible >= Pending.CarriedBy;
        draft = new HeaderDraft(
            number,
            slot,
            confirmed,
            producer,
            ActiveSchedule.Version,
            proposed,
            irreversible,
            promoted,
            promoted ? Pending.Schedule : ActiveSchedule)
        {
            ConfirmCounts = counts,
        };
        return Verdict.Ok;
    }

    /// <summary>Completes a draft of this state with its header.</summary>
    /// <param name="draft">What <see cref="Draft"/> gave for the header's slot and confirm count.</param>
    /// <param name="header">The header; kept by the new state.</param>
    /// <param name="headerDigest">Its digest.</param>
    /// <param name="signature">The producer's signature, kept but not checked.</param>
    /// <param name="additional">Signatures of block extension 2.</param>
    /// <param name="next">The new state, or null.</param>
    public Verdict Finish(
        HeaderDraft draft,
        BlockHeader header,
        in Hash256 headerDigest,
        KeySignature signature,
        IReadOnlyList<KeySignature> additional,
        out HeaderState? next)
    {
        next = null;
        PendingSchedule pending = draft.Promoted ? Pending.Promoted() : Pending;
        FeatureSet features = Features;
        uint savannaGenesis = SavannaGenesis;
        if (header.NewProducers is not null || header.Extensions.Count > 0)
        {
            Verdict verdict = HeaderExtensions.Extract(header, out HeaderExtensions extensions);
            verdict = verdict.Accepted ? CheckNewSchedule(draft, header, extensions.Schedule, ref pending) : verdict;
            if (verdict.Accepted && extensions.Features is not null)
            {
                verdict = Features.Activate(extensions.Features, out features);
            }

            if (verdict.Accepted && extensions.Finality is not null)
            {
                verdict = features.Savanna
                    ? Verdict.Ok
                    : Verdict.Reject(
                        RejectReason.BadExtension,
                        $"block {draft.Number} has a finality extension; SAVANNA is not active");
                savannaGenesis = savannaGenesis == 0 ? draft.Number : savannaGenesis;
            }

            if (!verdict.Accepted)
            {
                return verdict;
            }
        }

        ProducerNumbers lastProduced = LastProduced;
        ProducerNumbers implied = LastImpliedIrreversible;
        Name producer = draft.Producer.Producer;
        if (draft.Promoted)
        {
            // The producer of this block keeps its entry in lastProduced even if it left; implied votes are for members
            // only.
            lastProduced = lastProduced.Restrict(draft.ActiveSchedule, draft.Irreversible);
            implied = implied.Restrict(draft.ActiveSchedule, draft.Irreversible);
        }

        if (!draft.Promoted || draft.ActiveSchedule.Find(producer) is not null)
        {
            implied = implied.With(producer, ProposedIrreversible);
        }

        next = new HeaderState
        {
            Number = draft.Number,
            Header = header,
            HeaderDigest = headerDigest,
            Id = BlockHeader.IdOf(headerDigest, draft.Number),
            Signature = signature,
            AdditionalSignatures = additional,
            SigningAuthority = draft.Producer.Authority,
            ProposedIrreversible = draft.ProposedIrreversible,
            Irreversible = draft.Irreversible,
            ActiveSchedule = draft.ActiveSchedule,
            Pending = pending,
            BlockRoot = BlockRoot.Append(Id),
            LastProduced = lastProduced.With(producer, draft.Number),
            LastImpliedIrreversible = implied,
            Features = features,
            SavannaGenesis = savannaGenesis,
            _confirmCounts = draft.ConfirmCounts,
        };
        return Verdict.Ok;
    }

    /// <summary>Slot, producer and version against this state, and whether several signatures are allowed
    /// yet.</summary>
    private Verdict CheckPlace(BlockHeader header, uint scheduleVersion, IReadOnlyList<KeySignature> additional)
    {
        if (header.Slot <= Slot)
        {
            return Verdict.Reject(
                RejectReason.BadSlot, $"block {Number + 1} has slot {header.Slot}, its parent {Slot}; it must be later");
        }

        ProducerAuthority owner = Scheduled(header.Slot);
        if (header.Producer != owner.Producer)
        {
            return Verdict.Reject(
                RejectReason.WrongProducer,
                $"block {Number + 1} in slot {header.Slot} is by {header.Producer}, "
                + $"the slot belongs to {owner.Producer}");
        }

        if (header.ScheduleVersion != scheduleVersion)
        {
            return Verdict.Reject(
                RejectReason.WrongVersion,
                $"block {Number + 1} has schedule version {header.ScheduleVersion}, expected {scheduleVersion}");
        }

        return additional.Count > 0 && !Features.WtmsigBlockSignatures
            ? Verdict.Reject(
                RejectReason.BadExtension,
                $"block {Number + 1} has {1 + additional.Count} signatures; WTMSIG_BLOCK_SIGNATURES is not active")
            : Verdict.Ok;
    }

    /// <summary>A schedule in the header: in the form in force, one version up, and with none waiting.</summary>
    private Verdict CheckNewSchedule(
        HeaderDraft draft, BlockHeader header, ProducerSchedule? inExtension, ref PendingSchedule pending)
    {
        if (header.NewProducers is null && inExtension is null)
        {
            return Verdict.Ok;
        }

        // The form is that before this block's own activations.
        bool authorityForm = Features.WtmsigBlockSignatures;
        if (header.NewProducers is not null == authorityForm || inExtension is not null != authorityForm)
        {
            return Verdict.Reject(
                RejectReason.BadSchedule,
                $"block {draft.Number} carries a schedule as "
                + $"{(authorityForm ? "new_producers" : "header extension 1")}; "
                + $"WTMSIG_BLOCK_SIGNATURES is {(authorityForm ? "active" : "not active")}");
        }

        ProducerSchedule schedule = inExtension ?? header.NewProducers!;
        if (draft.Promoted)
        {
            return Verdict.Reject(
                RejectReason.BadSchedule,
                $"block {draft.Number} carries schedule {schedule.Version} and makes schedule "
                + $"{Pending.Schedule.Version} active");
        }

        if (schedule.Version != ActiveSchedule.Version + 1)
        {
            return Verdict.Reject(
                RejectReason.BadSchedule,
                $"block {draft.Number} carries schedule version {schedule.Version}, "
                + $"expected {ActiveSchedule.Version + 1}");
        }

        if (Pending.Waiting)
        {
            return Verdict.Reject(
                RejectReason.BadSchedule,
                $"block {draft.Number} carries schedule {schedule.Version} while schedule {Pending.Schedule.Version} "
                + "of block "
                + $"{Pending.CarriedBy} waits to become final");
        }

        pending = new PendingSchedule(draft.Number, schedule.Digest(authorityForm), schedule);
        return Verdict.Ok;
    }

    /// <summary>Adds a block that needs two thirds and one confirmations, and counts the producer's confirmation of it
    /// and of the <paramref name="confirmed"/> blocks before it.</summary>
    private byte[] CountConfirmation(uint number, ushort confirmed, out uint proposed)
    {
        // At most 125 producers: 84 fits a byte.
        byte needed = (byte)((ActiveSchedule.Producers.Count * 2 / 3) + 1);
        ReadOnlySpan<byte> old = _confirmCounts;
        if (old.Length == ConfirmationsTrackedMax)
        {
            old = old[1..];
        }

        byte[] counts = new byte[old.Length + 1];
        old.CopyTo(counts);
        counts[^1] = needed;
        proposed = ProposedIrreversible;
        int first = Math.Max(0, counts.Length - 1 - confirmed);
        for (int i = counts.Length - 1; i >= first; i--)
        {
            if (--counts[i] == 0)
            {
                proposed = number - (uint)(counts.Length - 1 - i);
                return counts[(i + 1)..];
            }
        }

        return counts;
    }

    /// <summary>The block that more than two thirds of the producers imply final, with the vote of the next block's
    /// producer for the proposal that stands now: the entry at one third of the ascending list.</summary>
    private uint IrreversibleAfter(Name producer)
    {
        int count = LastImpliedIrreversible.Count;
        if (count == 0)
        {
            return 0;
        }

        // At most ProducerNumbers.EntriesMax and one: 4 KiB.
        Span<uint> numbers = stackalloc uint[count];
        LastImpliedIrreversible.Numbers.CopyTo(numbers);
        int own = LastImpliedIrreversible.IndexOf(producer);
        if (own >= 0)
        {
            numbers[own] = ProposedIrreversible;
        }

        numbers.Sort();
        return numbers[(count - 1) / 3];
    }

    /// <summary>A Savanna header: link, slot, producer, version and form. Finality is not followed: the claims of
    /// quorum certificates are neither checked nor believed, so <see cref="Irreversible"/> stays.</summary>
    private Verdict NextSavanna(
        BlockHeader header,
        in Hash256 headerDigest,
        KeySignature signature,
        IReadOnlyList<KeySignature> additional,
        out HeaderState? next)
    {
        next = null;
        if (!IsSavanna && (SavannaGenesis == 0 || Irreversible < SavannaGenesis))
        {
            return Verdict.Reject(
                RejectReason.WrongVersion,
                $"block {Number + 1} is a Savanna block; expected schedule version {ActiveSchedule.Version}: "
                + (SavannaGenesis == 0
                    ? "no block began the move to Savanna"
                    : $"the move that began at block {SavannaGenesis} is not final (final: {Irreversible})"));
        }

        Verdict verdict = CheckPlace(header, SavannaScheduleVersion, additional);
        if (!verdict.Accepted)
        {
            return verdict;
        }

        verdict = HeaderExtensions.Extract(header, out HeaderExtensions extensions);
        if (!verdict.Accepted)
        {
            return verdict;
        }

        if (extensions.Finality is null || extensions.Schedule is not null || header.NewProducers is not null)
        {
            return Verdict.Reject(
                RejectReason.BadExtension,
                $"block {Number + 1}: a Savanna header carries a finality extension, and schedules only inside it");
        }

        if (extensions.Finality.ChangesProducers)
        {
            return Verdict.Reject(
                RejectReason.BadExtension,
                $"block {Number + 1} changes the proposer policy; who signs after it cannot be checked without "
                + "Savanna finality");
        }

        FeatureSet features = Features;
        if (extensions.Features is not null)
        {
            verdict = Features.Activate(extensions.Features, out features);
            if (!verdict.Accepted)
            {
                return verdict;
            }
        }

        ProducerAuthority owner = Scheduled(header.Slot);
        var copy = (HeaderState)MemberwiseClone();
        copy.Number = Number + 1;
        copy.Header = header;
        copy.HeaderDigest = headerDigest;
        copy.Id = BlockHeader.IdOf(headerDigest, Number + 1);
        copy.Signature = signature;
        copy.AdditionalSignatures = additional;
        copy.SigningAuthority = owner.Authority;
        copy.Features = features;
        next = copy;
        return Verdict.Ok;
    }
}
