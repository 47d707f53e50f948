using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper.Blocks;
using Tactus.Engine.Protocols.Gasper.Presets;
using Tactus.Engine.Protocols.Gasper.Signatures;
using Tactus.Engine.Protocols.Gasper.Ssz;
using Tactus.Engine.Protocols.Gasper.State;

namespace Tactus.Engine.Protocols.Gasper.Transition;

/// <summary>How a chain starts (beacon-chain.md, "Genesis").</summary>
public static class Genesis
{
    /// <summary>initialize_beacon_state_from_eth1.</summary>
    /// <param name="context">Constants and kernels.</param>
    /// <param name="eth1BlockHash">Seeds the first RANDAO mixes.</param>
    /// <param name="eth1Timestamp">Seconds; genesis follows GENESIS_DELAY later.</param>
    /// <param name="deposits">With branches into the tree of the deposits up to and with each.</param>
    /// <param name="signatures">Judges the proofs of possession.</param>
    /// <param name="state">The state of slot 0, or null.</param>
    public static Verdict TryInitialize(
        GasperContext context,
        in Hash256 eth1BlockHash,
        ulong eth1Timestamp,
        IReadOnlyList<Deposit> deposits,
        ISignatureChecks signatures,
        out BeaconState? state)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(deposits);
        var created = new BeaconState(context);
        Hash256 blockHash = eth1BlockHash;
        Verdict verdict = GasperException.Guard(
            () => Initialize(created, blockHash, eth1Timestamp, deposits, signatures));
        state = verdict.Accepted ? created : null;
        return verdict;
    }

    /// <summary>A genesis without a deposit contract: every key with full balance and active from the start.</summary>
    /// <param name="context">Constants and kernels.</param>
    /// <param name="keys">Public keys in registry order.</param>
    /// <param name="genesisTime">Seconds since 1970-01-01.</param>
    /// <param name="seed">Seeds the first RANDAO mixes.</param>
    public static BeaconState FromKeys(
        GasperContext context, IReadOnlyList<PublicKey48> keys, ulong genesisTime, in Hash256 seed)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(keys);
        var state = new BeaconState(context) { GenesisTime = genesisTime };
        SetFirst(state, seed);
        foreach (PublicKey48 key in keys)
        {
            RegistryActions.AddValidator(state, key, default, context.Preset.MaxEffectiveBalance);
        }

        ActivateAll(state);
        return state;
    }

    /// <summary>The block of slot 0 that stands for a genesis state: the anchor of fork choice.</summary>
    public static BeaconBlock Block(BeaconState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return new BeaconBlock
        {
            Slot = 0,
            ProposerIndex = 0,
            ParentRoot = default,
            StateRoot = state.HashTreeRoot(),
            Body = EmptyBody(),
        };
    }

    /// <summary>is_valid_genesis_state: late enough, and enough validators.</summary>
    public static bool IsValid(BeaconState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        GasperPreset preset = state.Context.Preset;
        return state.GenesisTime >= preset.MinGenesisTime
            && Accessors.ActiveCount(state, 0) >= preset.MinGenesisActiveValidatorCount;
    }

    /// <summary>Makes validators of full balance active from the first epoch, and fixes the validators root.</summary>
    internal static void ActivateAll(BeaconState state)
    {
        GasperPreset preset = state.Context.Preset;
        ValidatorRegistry validators = state.Validators;
        for (int i = 0; i < validators.Count; i++)
        {
            ulong balance = state.Balances[i];
            ulong effective = Math.Min(
                balance - (balance % preset.EffectiveBalanceIncrement), preset.MaxEffectiveBalance);
            validators.SetEffectiveBalance(i, effective);
            if (effective == preset.MaxEffectiveBalance)
            {
                validators.SetActivationEligibilityEpoch(i, 0);
                validators.SetActivationEpoch(i, 0);
            }
        }

        state.GenesisValidatorsRoot = validators.Root(state.Context.Hasher, preset.ValidatorRegistryLimit);
    }

    private static void Initialize(
        BeaconState state,
        in Hash256 eth1BlockHash,
        ulong eth1Timestamp,
        IReadOnlyList<Deposit> deposits,
        ISignatureChecks signatures)
    {
        GasperContext context = state.Context;
        state.GenesisTime = checked(eth1Timestamp + context.Preset.GenesisDelay);
        SetFirst(state, eth1BlockHash);
        var tree = new DepositTree(context.Hasher);
        foreach (Deposit deposit in deposits)
        {
            tree.Append(GasperSchemas.DepositData.Root(deposit.EncodedData.Span, context.Hasher));
            state.Eth1Data = new Eth1Data(tree.Root(), (ulong)deposits.Count, eth1BlockHash);
            Operations.ProcessDeposit(state, deposit, signatures);
        }

        ActivateAll(state);
    }

    private static BeaconBlockBody EmptyBody() => new() { RandaoReveal = new byte[96], Eth1Data = default };

    /// <summary>What both ways to start share: fork, header of an empty block, first mixes.</summary>
    private static void SetFirst(BeaconState state, in Hash256 seed)
    {
        GasperContext context = state.Context;
        uint version = context.Preset.GenesisForkVersionBytes;
        state.Fork = new Fork(version, version, 0);
        Hash256 bodyRoot = context.Schemas.BeaconBlockBody.Root(EmptyBody().Encoded.Span, context.Hasher);
        state.LatestBlockHeader = new BeaconBlockHeader(0, 0, default, default, bodyRoot);
        for (int i = 0; i < state.RandaoMixes.Count; i++)
        {
            state.RandaoMixes[i] = seed;
        }
    }
}
