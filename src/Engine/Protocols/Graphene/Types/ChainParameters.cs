using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols.Graphene.Types;

/// <summary>"All network parameters, from fee schedules to block intervals and transaction sizes, can be tuned via
/// elected delegates." Byte order and defaults [C]; the fee schedule is empty: an operation pays the fee that it names
/// [N].</summary>
public sealed record ChainParameters
{
    /// <summary>[C] 1..30 s. The document says 2 s, mainnet runs 3 s, the code's default is 5 s.</summary>
    public byte BlockIntervalSec { get; init; } = 5;

    public uint MaintenanceIntervalSec { get; init; } = 86_400;

    public byte MaintenanceSkipSlots { get; init; } = 3;

    /// <summary>"the stakeholders are granted a 2 week review period".</summary>
    public uint ReviewPeriodSec { get; init; } = 1_209_600;

    public uint TransactionBytesMax { get; init; } = 65_536;

    public uint BlockBytesMax { get; init; } = 2_000_000;

    public uint ExpirationSecMax { get; init; } = 86_400;

    public uint ProposalLifetimeSecMax { get; init; } = 2_419_200;

    public byte WhitelistAuthoritiesMax { get; init; } = 10;

    public byte FeedPublishersMax { get; init; } = 10;

    public ushort WitnessCountMax { get; init; } = 1001;

    public ushort DelegateCountMax { get; init; } = 1001;

    public ushort AuthorityMembershipMax { get; init; } = 10;

    public ushort ReservePercentOfFee { get; init; } = 2_000;

    public ushort NetworkPercentOfFee { get; init; } = 2_000;

    public ushort LifetimeReferrerPercentOfFee { get; init; } = 3_000;

    public uint CashbackVestingPeriodSec { get; init; } = 31_536_000;

    public long CashbackVestingThreshold { get; init; } = 10_000_000;

    public bool CountNonMemberVotes { get; init; } = true;

    public bool AllowNonMemberWhitelists { get; init; }

    public long WitnessPayPerBlock { get; init; } = 1_000_000;

    public long WorkerBudgetPerDay { get; init; } = 50_000_000_000;

    public ushort PredicateOpcodeMax { get; init; } = 1;

    public long FeeLiquidationThreshold { get; init; } = 10_000_000;

    public ushort AccountsPerFeeScale { get; init; } = 1_000;

    public byte AccountFeeScaleBitshifts { get; init; } = 4;

    public byte AuthorityDepthMax { get; init; } = 2;

    public static ChainParameters Read(ref ByteReader reader)
    {
        int at = reader.Position;
        if (reader.ReadVarUInt32() != 0 || reader.ReadUInt32() != 10_000)
        {
            reader.Fail("a fee schedule with entries or a scale is not supported", at);
        }

        var parameters = new ChainParameters
        {
            BlockIntervalSec = reader.ReadByte(),
            MaintenanceIntervalSec = reader.ReadUInt32(),
            MaintenanceSkipSlots = reader.ReadByte(),
            ReviewPeriodSec = reader.ReadUInt32(),
            TransactionBytesMax = reader.ReadUInt32(),
            BlockBytesMax = reader.ReadUInt32(),
            ExpirationSecMax = reader.ReadUInt32(),
            ProposalLifetimeSecMax = reader.ReadUInt32(),
            WhitelistAuthoritiesMax = reader.ReadByte(),
            FeedPublishersMax = reader.ReadByte(),
            WitnessCountMax = reader.ReadUInt16(),
            DelegateCountMax = reader.ReadUInt16(),
            AuthorityMembershipMax = reader.ReadUInt16(),
            ReservePercentOfFee = reader.ReadUInt16(),
            NetworkPercentOfFee = reader.ReadUInt16(),
            LifetimeReferrerPercentOfFee = reader.ReadUInt16(),
            CashbackVestingPeriodSec = reader.ReadUInt32(),
            CashbackVestingThreshold = reader.ReadInt64(),
            CountNonMemberVotes = reader.ReadBool(),
            AllowNonMemberWhitelists = reader.ReadBool(),
            WitnessPayPerBlock = reader.ReadInt64(),
            WorkerBudgetPerDay = reader.ReadInt64(),
            PredicateOpcodeMax = reader.ReadUInt16(),
            FeeLiquidationThreshold = reader.ReadInt64(),
            AccountsPerFeeScale = reader.ReadUInt16(),
            AccountFeeScaleBitshifts = reader.ReadByte(),
            AuthorityDepthMax = reader.ReadByte(),
        };
        WireForm.ReadNoExtensions(ref reader);
        return parameters;
    }

    public void Write(ByteWriter writer)
    {
        writer.WriteVarUInt32(0);
        writer.WriteUInt32(10_000);
        writer.WriteByte(BlockIntervalSec);
        writer.WriteUInt32(MaintenanceIntervalSec);
        writer.WriteByte(MaintenanceSkipSlots);
        writer.WriteUInt32(ReviewPeriodSec);
        writer.WriteUInt32(TransactionBytesMax);
        writer.WriteUInt32(BlockBytesMax);
        writer.WriteUInt32(ExpirationSecMax);
        writer.WriteUInt32(ProposalLifetimeSecMax);
        writer.WriteByte(WhitelistAuthoritiesMax);
        writer.WriteByte(FeedPublishersMax);
        writer.WriteUInt16(WitnessCountMax);
        writer.WriteUInt16(DelegateCountMax);
        writer.WriteUInt16(AuthorityMembershipMax);
        writer.WriteUInt16(ReservePercentOfFee);
        writer.WriteUInt16(NetworkPercentOfFee);
        writer.WriteUInt16(LifetimeReferrerPercentOfFee);
        writer.WriteUInt32(CashbackVestingPeriodSec);
        writer.WriteInt64(CashbackVestingThreshold);
        writer.WriteBool(CountNonMemberVotes);
        writer.WriteBool(AllowNonMemberWhitelists);
        writer.WriteInt64(WitnessPayPerBlock);
        writer.WriteInt64(WorkerBudgetPerDay);
        writer.WriteUInt16(PredicateOpcodeMax);
        writer.WriteInt64(FeeLiquidationThreshold);
        writer.WriteUInt16(AccountsPerFeeScale);
        writer.WriteByte(AccountFeeScaleBitshifts);
        writer.WriteByte(AuthorityDepthMax);
        writer.WriteVarUInt32(0);
    }

    /// <summary>Null, or why these parameters cannot run a chain.</summary>
    public string? Check() =>
        BlockIntervalSec is < 1 or > 30 ? $"a block interval of {BlockIntervalSec} s is not in 1..30"
        : MaintenanceIntervalSec <= BlockIntervalSec || MaintenanceIntervalSec % BlockIntervalSec != 0
            ? $"the maintenance interval of {MaintenanceIntervalSec} s is not a larger multiple of the block interval"
        : (MaintenanceSkipSlots + 1L) * BlockIntervalSec >= MaintenanceIntervalSec ? "maintenance skips a whole interval"
        : ProposalLifetimeSecMax <= ReviewPeriodSec ? "no proposal could live through its review period"
        : BlockBytesMax < 1024
            || TransactionBytesMax < 256 ? "blocks or transactions would be too small to hold anything"
        : WitnessCountMax < 1 || DelegateCountMax < 1 ? "there must be room for a witness and a delegate"
        : WitnessPayPerBlock < 0 || WorkerBudgetPerDay < 0
            || ExpirationSecMax == 0 ? "pay and expiration cannot be negative"
        : null;
}
