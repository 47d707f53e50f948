using Tactus.Engine.Protocols.Gasper.State;

namespace Tactus.Engine.Protocols.Gasper.Transition;

/// <summary>
/// Effective balances that voted, unslashed validators only (get_attesting_balance): each at least one increment, as
/// get_total_balance has it.
/// </summary>
/// <param name="Active">Everyone active in the current epoch.</param>
/// <param name="PreviousSource">Previous epoch, any included vote.</param>
/// <param name="PreviousTarget">Previous epoch, right target.</param>
/// <param name="PreviousHead">Previous epoch, right target and head.</param>
/// <param name="CurrentTarget">Current epoch, right target.</param>
internal readonly record struct ParticipationTotals(
    ulong Active, ulong PreviousSource, ulong PreviousTarget, ulong PreviousHead, ulong CurrentTarget)
{
    public static ParticipationTotals Of(BeaconState state)
    {
        ValidatorRegistry validators = state.Validators;
        EpochParticipation current = state.Caches.Current(state);

        // In the first epoch both names mean the current one (get_matching_source_attestations).
        EpochParticipation previous = state.CurrentEpoch == 0 ? current : state.Caches.Previous(state);
        ulong source = 0, target = 0, head = 0, currentTarget = 0;
        for (int chunk = 0; chunk < validators.ChunkCount; chunk++)
        {
            ReadOnlySpan<ulong> balances = validators.EffectiveBalances(chunk);
            ReadOnlySpan<byte> slashed = validators.Slashed(chunk)[..balances.Length];
            ReadOnlySpan<byte> before = previous.VotesChunk(chunk)[..balances.Length];
            ReadOnlySpan<byte> now = current.VotesChunk(chunk)[..balances.Length];
            for (int i = 0; i < balances.Length; i++)
            {
                // A mask of the balance for each vote; slashed validators (1) count for nothing (1 - 1).
                ulong counts = unchecked(slashed[i] - 1UL);
                ulong balance = balances[i] & counts;
                checked
                {
                    source += balance & Mask(before[i]);
                    target += balance & Mask(before[i] >> 1);
                    head += balance & Mask(before[i] >> 2);
                    currentTarget += balance & Mask(now[i] >> 1);
                }
            }
        }

        ulong floor = state.Context.Preset.EffectiveBalanceIncrement;
        return new(
            Accessors.TotalActiveBalance(state),
            Math.Max(floor, source),
            Math.Max(floor, target),
            Math.Max(floor, head),
            Math.Max(floor, currentTarget));
    }

    private static ulong Mask(int vote) => unchecked(0UL - (ulong)(vote & 1));
}
