using Tactus.Engine.Protocols.Antelope.Consensus;

namespace Tactus.Engine.Protocols.Antelope.Execution;

/// <summary>The protocol features that change what executing the native actions does.</summary>
[Flags]
public enum ExecutionFeatures
{
    None = 0,

    /// <summary>Action digests cover return values: two hashes in one.</summary>
    ActionReturnValue = 1,

    /// <summary>linkauth's list of unlinkable actions holds for the system account only.</summary>
    FixLinkAuthRestriction = 2,

    /// <summary>Only the first authorizer of a transaction pays its NET and CPU.</summary>
    OnlyBillFirstAuthorizer = 4,

    /// <summary>Keys of type WebAuthn may be named in authorities.</summary>
    WebAuthnKey = 8,

    All = 15,
}

/// <summary>Questions to a set of features.</summary>
public static class ExecutionFeaturesExtensions
{
    public static bool Has(this ExecutionFeatures features, ExecutionFeatures one) => (features & one) == one;

    /// <summary>What the features activated by headers mean for execution.</summary>
    public static ExecutionFeatures ForExecution(this FeatureSet features) =>
        One(features, "ACTION_RETURN_VALUE", ExecutionFeatures.ActionReturnValue)
        | One(features, "FIX_LINKAUTH_RESTRICTION", ExecutionFeatures.FixLinkAuthRestriction)
        | One(features, "ONLY_BILL_FIRST_AUTHORIZER", ExecutionFeatures.OnlyBillFirstAuthorizer)
        | One(features, "WEBAUTHN_KEY", ExecutionFeatures.WebAuthnKey);

    private static ExecutionFeatures One(FeatureSet features, string codename, ExecutionFeatures feature) =>
        features.Contains(ProtocolFeatures.Named(codename).Digest) ? feature : ExecutionFeatures.None;
}
