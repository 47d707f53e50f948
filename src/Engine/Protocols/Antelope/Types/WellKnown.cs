namespace Tactus.Engine.Protocols.Antelope.Types;

/// <summary>Names that the protocol itself knows (leap v5.0.3 config.hpp; reference-contracts
/// eosio.system.hpp).</summary>
public static class WellKnown
{
    public static readonly Name System = Name.Parse("eosio");
    public static readonly Name Null = Name.Parse("eosio.null");
    public static readonly Name Producers = Name.Parse("eosio.prods");
    public static readonly Name Token = Name.Parse("eosio.token");
    public static readonly Name Stake = Name.Parse("eosio.stake");
    public static readonly Name BlockPay = Name.Parse("eosio.bpay");
    public static readonly Name VotePay = Name.Parse("eosio.vpay");
    public static readonly Name Saving = Name.Parse("eosio.saving");

    public static readonly Name Owner = Name.Parse("owner");
    public static readonly Name Active = Name.Parse("active");
    public static readonly Name MajorityPermission = Name.Parse("prod.major");
    public static readonly Name MinorityPermission = Name.Parse("prod.minor");
    public static readonly Name CodePermission = Name.Parse("eosio.code");
    public static readonly Name AnyPermission = Name.Parse("eosio.any");

    public static readonly Name OnBlock = Name.Parse("onblock");
    public static readonly Name Transfer = Name.Parse("transfer");
    public static readonly Name Issue = Name.Parse("issue");
}
