namespace Tactus.Engine.Protocols.Antelope.Execution;

/// <summary>The protocol features that change what executing does (leap v5.0.3 protocol_feature_manager.cpp). A new chain
/// of this engine has all of them from its first block; a followed chain has those that its headers activated.</summary>
[Flags]
public enum ProtocolFeatures
{
    None = 0,

    /// <summary>Action digests cover return values: two hashes in one.</summary>
    ActionReturnValue = 1,

    /// <summary>linkauth's list of unlinkable actions holds for the system account only.</summary>
    FixLinkAuthRestriction = 4,

    /// <summary>An empty proposed schedule is refused.</summary>
    DisallowEmptyProducerSchedule = 8,

    /// <summary>Only the first authorizer of a transaction pays its NET and CPU.</summary>
    OnlyBillFirstAuthorizer = 16,

    /// <summary>No delayed transactions.</summary>
    DisableDeferred = 32,

    /// <summary>Keys of type WebAuthn may be named in authorities.</summary>
    WebAuthnKey = 64,

    /// <summary>Schedules have the authority form.</summary>
    WtmsigBlockSignatures = 128,

    All = 253,
}

/// <summary>Questions to a set of features.</summary>
public static class ProtocolFeaturesExtensions
{
    public static bool Has(this ProtocolFeatures features, ProtocolFeatures one) => (features & one) == one;
}
