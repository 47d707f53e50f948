namespace Tactus.Engine.Protocols.Gasper.State;

/// <summary>What a validator's included votes of one epoch were right about.</summary>
[Flags]
public enum Votes : byte
{
    None = 0,

    /// <summary>Any included attestation: its source was checked when it was included.</summary>
    Source = 1,

    /// <summary>The target is the epoch's first block.</summary>
    Target = 2,

    /// <summary>With the target also the head is right.</summary>
    Head = 4,
}

/// <summary>The attestation of a validator that was included soonest after its slot; the first of equals.</summary>
/// <param name="Delay">Slots; capped at 2^32 - 1, where the reward has long been zero.</param>
/// <param name="Proposer">Registry index of the proposer who included it.</param>
public readonly record struct Inclusion(uint Delay, int Proposer);

/// <summary>
/// The pending attestations of an epoch seen by validator, kept up to date as attestations are included, so that the
/// epoch transition need not derive committees again. Derived data: rebuilt from the state's lists after decoding.
/// </summary>
public sealed class EpochParticipation
{
    private readonly ChunkedList<byte> _votes;
    private readonly ChunkedList<Inclusion> _inclusions;

    public EpochParticipation(int validators)
    {
        _votes = new();
        _inclusions = new();
        _votes.Resize(validators);
        _inclusions.Resize(validators);
    }

    private EpochParticipation(EpochParticipation other)
    {
        _votes = other._votes.Clone();
        _inclusions = other._inclusions.Clone();
    }

    public int Count => _votes.Count;

    public EpochParticipation Clone() => new(this);

    public Votes VotesOf(int validator) => (Votes)_votes[validator];

    public Inclusion InclusionOf(int validator) => _inclusions[validator];

    /// <summary>Votes of validators 4096k and up: the chunks of the registry.</summary>
    public ReadOnlySpan<byte> VotesChunk(int chunk) => _votes.Chunk(chunk);

    public ReadOnlySpan<Inclusion> InclusionsChunk(int chunk) => _inclusions.Chunk(chunk);

    /// <summary>A validator that joined the registry during the epoch; it cannot vote in it.</summary>
    public void AddValidator()
    {
        _votes.Add(0);
        _inclusions.Add(default);
    }

    /// <summary>Counts one included attestation for one of its members.</summary>
    public void Include(int validator, Votes votes, Inclusion inclusion)
    {
        byte before = _votes[validator];
        byte after = (byte)(before | (byte)votes);
        if (after != before)
        {
            _votes[validator] = after;
        }

        if (before == 0 || inclusion.Delay < _inclusions[validator].Delay)
        {
            _inclusions[validator] = inclusion;
        }
    }
}
