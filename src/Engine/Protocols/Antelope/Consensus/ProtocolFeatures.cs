using System.Collections.Frozen;
using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols.Antelope.Consensus;

/// <summary>A protocol feature that a block may activate.</summary>
/// <param name="Codename">Name of the built-in feature.</param>
/// <param name="Digest">What a block header names.</param>
/// <param name="Dependencies">Codenames of features that must be active before, or earlier in the same block.</param>
public sealed record ProtocolFeature(string Codename, Hash256 Digest, IReadOnlyList<string> Dependencies);

/// <summary>The built-in features of nodeos, as its deep-mind logs print them on activation (FEATURE_OP lines of
/// deep-mind-5.0.x.dmlog, leap-main-deep-mind.log and spring-main-deep-mind.log; a test compares this table with
/// them).</summary>
public static class ProtocolFeatures
{
    private static readonly ProtocolFeature[] Table =
    [
        Feature("PREACTIVATE_FEATURE", "0ec7e080177b2c02b278d5088611686b49d739925a92d9bfcacd7fc6b74053bd"),
        Feature("ONLY_LINK_TO_EXISTING_PERMISSION", "1a99a59d87e06e09ec5b028a9cbb7749b4a5ad8819004365d02dc4379a8b7241"),
        Feature("REPLACE_DEFERRED", "ef43112c6543b88db2283a2e077278c315ae2c84719a8b25f25cc88565fbea99"),
        Feature(
            "NO_DUPLICATE_DEFERRED_ID",
            "4a90c00d55454dc5b059055ca213579c6ea856967712a56017487886a4d4cc0f",
            "REPLACE_DEFERRED"),
        Feature("FIX_LINKAUTH_RESTRICTION", "e0fb64b1085cc5538970158d05a009c24e276fb94e1a0bf6a528b48fbc4ff526"),
        Feature("DISALLOW_EMPTY_PRODUCER_SCHEDULE", "68dcaa34c0517d19666e6b33add67351d8c5f69e999ca1e37931bc410a297428"),
        Feature("RESTRICT_ACTION_TO_SELF", "ad9e3d8f650687709fd68f4b90b41f7d825a365b02c23a636cef88ac2ac00c43"),
        Feature("ONLY_BILL_FIRST_AUTHORIZER", "8ba52fe7a3956c5cd3a656a3174b931d3bb2abb45578befc59f283ecd816a405"),
        Feature("FORWARD_SETCODE", "2652f5f96006294109b3dd0bbde63693f55324af452b799ee137a81a905eed25"),
        Feature("GET_SENDER", "f0af56d2c5a48d60a4a5b5c903edfb7db3a736a94ed589d0b797df33ff9d3e1d"),
        Feature("RAM_RESTRICTIONS", "4e7bf348da00a945489b2a681749eb56f5de00b900014e137ddae39f48f69d67"),
        Feature("WEBAUTHN_KEY", "4fca8bd82bbd181e714e283f83e1b45d95ca5af40fb89ad3977b653c448f78c2"),
        Feature("WTMSIG_BLOCK_SIGNATURES", "299dcb6af692324b899b39f16d5a530a33062804e41f09dc97e9f156b4476707"),
        Feature("ACTION_RETURN_VALUE", "c3a6138c5061cf291310887c0b5c71fcaffeab90d5deb50d3b9e687cead45071"),
        Feature("CONFIGURABLE_WASM_LIMITS2", "d528b9f6e9693f45ed277af93474fd473ce7d831dae2180cca35d907bd10cb40"),
        Feature("BLOCKCHAIN_PARAMETERS", "5443fcf88330c586bc0e5f3dee10e7f63c76c00249c87fe4fbf7f38c082006b4"),
        Feature("GET_CODE_HASH", "bcd2a26394b36614fd4894241d3c451ab0f6fd110958c3423073621a70826e99"),
        Feature("CRYPTO_PRIMITIVES", "6bcb40a24e49c26d0a60513b6aeb8551d264e4717f306b81a37a5afb3b47cedc"),
        Feature("GET_BLOCK_NUM", "35c2186cc36f7bb4aeaf4487b36e57039ccf45a9136aa856a5d569ecca55ef2b"),
        Feature("BLS_PRIMITIVES2", "63320dd4a58212e4d32d1f58926b73ca33a247326c2a5e9fd39268d2384e011a"),
        Feature("DISABLE_DEFERRED_TRXS_STAGE_1", "fce57d2331667353a0eac6b4209b67b843a7262a848af0a49a6e2fa9f6584eb4"),
        Feature(
            "DISABLE_DEFERRED_TRXS_STAGE_2",
            "09e86cb0accf8d81c9e85d34bea4b925ae936626d00c984e4691186891f5bc16",
            "DISABLE_DEFERRED_TRXS_STAGE_1"),
        Feature(
            "SAVANNA",
            "cbe0fafc8fcc6cc998395e9b6de6ebd94644467b1b4a97ec126005df07013c52",
            "ONLY_LINK_TO_EXISTING_PERMISSION",
            "REPLACE_DEFERRED",
            "NO_DUPLICATE_DEFERRED_ID",
            "FIX_LINKAUTH_RESTRICTION",
            "DISALLOW_EMPTY_PRODUCER_SCHEDULE",
            "RESTRICT_ACTION_TO_SELF",
            "ONLY_BILL_FIRST_AUTHORIZER",
            "FORWARD_SETCODE",
            "GET_SENDER",
            "RAM_RESTRICTIONS",
            "WEBAUTHN_KEY",
            "WTMSIG_BLOCK_SIGNATURES",
            "ACTION_RETURN_VALUE",
            "CONFIGURABLE_WASM_LIMITS2",
            "BLOCKCHAIN_PARAMETERS",
            "GET_CODE_HASH",
            "CRYPTO_PRIMITIVES",
            "GET_BLOCK_NUM",
            "BLS_PRIMITIVES2",
            "DISABLE_DEFERRED_TRXS_STAGE_1",
            "DISABLE_DEFERRED_TRXS_STAGE_2"),
    ];

    private static readonly FrozenDictionary<Hash256, ProtocolFeature> ByDigest = Table.ToFrozenDictionary(
        f => f.Digest);

    private static readonly FrozenDictionary<string, ProtocolFeature> ByCodename =
        Table.ToFrozenDictionary(f => f.Codename, StringComparer.Ordinal);

    public static IReadOnlyList<ProtocolFeature> All => Table;

    public static Hash256 DisallowEmptyProducerSchedule { get; } = Named("DISALLOW_EMPTY_PRODUCER_SCHEDULE").Digest;

    public static Hash256 WtmsigBlockSignatures { get; } = Named("WTMSIG_BLOCK_SIGNATURES").Digest;

    public static Hash256 ActionReturnValue { get; } = Named("ACTION_RETURN_VALUE").Digest;

    public static Hash256 Savanna { get; } = Named("SAVANNA").Digest;

    /// <summary>The feature a digest names, or null.</summary>
    public static ProtocolFeature? Find(in Hash256 digest) => ByDigest.GetValueOrDefault(digest);

    /// <exception cref="KeyNotFoundException">No built-in feature has this codename.</exception>
    public static ProtocolFeature Named(string codename) => ByCodename[codename];

    private static ProtocolFeature Feature(string codename, string digest, params string[] dependencies) =>
        new(codename, Hash256.FromHex(digest), dependencies);
}
