using System.Globalization;
using System.Security.Cryptography;
using Tactus.Engine.Devnet;
using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Production;
using Tactus.Engine.Protocols.Gasper.Blocks;
using Tactus.Engine.Protocols.Gasper.Presets;
using Tactus.Engine.Protocols.Gasper.Production;
using Tactus.Engine.Protocols.Gasper.State;
using Tactus.Engine.Protocols.Gasper.Transition;
using Tactus.Engine.State;
using Tactus.Kernels;

namespace Tactus.Engine.Protocols.Gasper.Devnet;

/// <summary>The Gasper devnet: every validator in this process, epochs of 8 slots, and a share of the validators that
/// goes offline where that is wished.</summary>
public sealed class GasperDevnet : IDevnet
{
    /// <summary>Epochs of 8 slots, so that finality shows within minutes at 12 s; stakes of 1000 coins.</summary>
    public const string PresetName = "btc20-minimal";

    public const int SlotMsDefault = 12_000;

    public const int SlotMsMin = 50;

    /// <summary>All of them sign in this process, an eighth in each slot: a whole epoch takes 4096 about ten
    /// seconds.</summary>
    public const int ValidatorsMax = 4096;

    private readonly DevnetParameters _parameters;
    private readonly int _offline;
    private readonly int _slotMs;
    private readonly GasperProtocol _protocol;
    private readonly CommitteeVotes _votes;

    /// <param name="parameters">Seed, producers (validators), slot length, share that goes offline and when.</param>
    /// <param name="kernels">Kernels chosen at start.</param>
    /// <param name="salt">Secret salt of signature batches; changes no block.</param>
    /// <param name="trusted">A checkpoint that the chain must go through, or null.</param>
    /// <exception cref="DevnetException">A parameter is out of range.</exception>
    public GasperDevnet(
        DevnetParameters parameters, KernelSet kernels, in Hash256 salt, Blocks.Checkpoint? trusted = null)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        GasperPreset preset = PresetLoader.BuiltIn(PresetName);
        _slotMs = parameters.SlotMs ?? SlotMsDefault;
        if (_slotMs is < SlotMsMin or > (int)(GasperConsensus.SlotUsMax / 1000))
        {
            throw new DevnetException(
                $"--slot-ms {_slotMs}: {SlotMsMin} to {GasperConsensus.SlotUsMax / 1000} are possible");
        }

        if ((ulong)parameters.Producers < preset.SlotsPerEpoch)
        {
            throw new DevnetException(
                $"--producers {parameters.Producers}: a committee per slot needs {preset.SlotsPerEpoch} validators at "
                + "least");
        }

        if (parameters.Producers > ValidatorsMax)
        {
            throw new DevnetException(
                $"--producers {parameters.Producers}: at most {ValidatorsMax} validators are possible");
        }

        _parameters = parameters;
        _offline = ((parameters.Producers * parameters.OfflinePercent) + 99) / 100;
        var keys = new GasperDevnetKeys(
            parameters.Seed, parameters.Producers, _offline, (ulong)parameters.OfflineFromEpoch);
        Keys = keys;
        _votes = new CommitteeVotes(kernels.Bls12381.For(1), keys);
        var seed = new Hash256(SHA256.HashData(BitConverter.GetBytes(parameters.Seed)));
        _protocol = new GasperProtocol(
            kernels,
            Transition.Genesis.FromKeys(
                new GasperContext(preset, kernels), keys.PublicKeys, DevnetGenesis.UnixSec, seed),
            _slotMs * 1000L,
            salt)
        {
            TrustedCheckpoint = trusted,
        };
    }

    public IProtocol Protocol => _protocol;

    public IProducerKeys Keys { get; }

    public long RecordsExpected => (_parameters.Producers * 3L) + 1;

    public string Describe() =>
        $"{_parameters.Producers} validators, preset {PresetName} (8 slots per epoch), {_slotMs} ms slots, "
        + (_offline > 0 ? $"{_offline} offline from epoch {_parameters.OfflineFromEpoch}, " : string.Empty)
        + $"seed {_parameters.Seed}, chain {_protocol.ChainId.ToShortString()}";

    /// <summary>Nothing to take up: blocks and votes are for slots from the head on, and follow from it, so signing one
    /// again after a crash gives the same bytes. The head's slot is voted on again, which brings back the votes that
    /// waited.</summary>
    public void Resume(ChainStore store)
    {
    }

    /// <summary>Nothing to add: votes are the load.</summary>
    public void Fill(PendingTransactions pending, Chain chain)
    {
    }

    public IReadOnlyList<byte[]> Vote(Chain chain, long slot)
    {
        ArgumentNullException.ThrowIfNull(chain);
        Verdict verdict = _votes.Sign(
            (GasperState)chain.Head.State.ConsensusState, (ulong)slot, out IReadOnlyList<Attestation> votes);
        return verdict.Accepted
            ? [.. votes.Select(GasperMessage.Of)]
            : throw new InvalidOperationException($"the head's state does not get to slot {slot}: {verdict}");
    }

    /// <summary>Participation is the stake whose vote for the previous epoch's checkpoint is included so far.</summary>
    public string Status(Chain chain)
    {
        var head = (GasperState)chain.Head.State.ConsensusState;
        BeaconState state = head.Copy();
        var totals = ParticipationTotals.Of(state);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"slot {head.Slot} epoch {head.Epoch} justified {head.Justified.Epoch} finalized {head.Finalized.Epoch} "
            + $"participation {100.0 * totals.PreviousTarget / totals.Active:F0} % leak "
            + $"{(IsLeaking(state) ? "yes" : "no")}");
    }

    /// <summary>is_in_inactivity_leak of the state's epoch.</summary>
    public static bool IsLeaking(BeaconState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return state.PreviousEpoch - state.Finalized.Epoch > state.Context.Preset.MinEpochsToInactivityPenalty;
    }
}
