using System.Globalization;
using Tactus.Engine.Protocols.Gasper;
using Tactus.Engine.Protocols.Gasper.Blocks;
using Tactus.Engine.Protocols.Gasper.Ssz;
using Tactus.Engine.Protocols.Gasper.State;

namespace Tactus.Engine.Tests.Gasper;

/// <summary>The types of the ssz_generic vectors (consensus-specs tests/formats/ssz_generic/README.md).</summary>
internal static class GenericTypes
{
    private static readonly SszContainer SingleField = new("SingleFieldTestStruct", ("A", SszBasicType.UInt8));

    private static readonly SszContainer Small =
        new("SmallTestStruct", ("A", SszBasicType.UInt16), ("B", SszBasicType.UInt16));

    private static readonly SszContainer Fixed = new(
        "FixedTestStruct", ("A", SszBasicType.UInt8), ("B", SszBasicType.UInt64), ("C", SszBasicType.UInt32));

    private static readonly SszContainer Var = new(
        "VarTestStruct",
        ("A", SszBasicType.UInt16),
        ("B", new SszList(SszBasicType.UInt16, 1024)),
        ("C", SszBasicType.UInt8));

    private static readonly SszContainer Complex = new(
        "ComplexTestStruct",
        ("A", SszBasicType.UInt16),
        ("B", new SszList(SszBasicType.UInt16, 128)),
        ("C", SszBasicType.UInt8),
        ("D", new SszList(SszBasicType.UInt8, 256)),
        ("E", Var),
        ("F", new SszVector(Fixed, 4)),
        ("G", new SszVector(Var, 2)));

    private static readonly SszContainer Bits = new(
        "BitsStruct",
        ("A", new SszBitlist(5)),
        ("B", new SszBitvector(2)),
        ("C", new SszBitvector(1)),
        ("D", new SszBitlist(6)),
        ("E", new SszBitvector(8)));

    /// <summary>The type that a case's name spells, such as "vec_uint64_16_max" or "VarTestStruct_zero_3".</summary>
    public static SszType Of(string handler, string name)
    {
        string[] parts = name.Split('_');
        return handler switch
        {
            "boolean" => SszBasicType.Boolean,
            "uints" => Basic("uint" + parts[1]),
            "basic_vector" => new SszVector(Basic(parts[1]), Number(parts[2])),
            "bitvector" => new SszBitvector(Number(parts[1])),

            // "bitlist_no_delimiter_empty" names no limit: any will do, the closing bit is what is missing.
            "bitlist" => new SszBitlist(
                ulong.TryParse(parts[1], CultureInfo.InvariantCulture, out ulong limit) ? limit : 256),
            "containers" => ((SszContainer[])[SingleField, Small, Fixed, Var, Complex, Bits])
                .Single(c => string.Equals(c.Name, parts[0], StringComparison.Ordinal)),
            _ => throw new ArgumentException($"no type for {handler}/{name}", nameof(handler)),
        };
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static SszBasicType Basic(string name) => name switch
    {
        "bool" => SszBasicType.Boolean,
        "uint8" => SszBasicType.UInt8,
        "uint16" => SszBasicType.UInt16,
        "uint32" => SszBasicType.UInt32,
        "uint64" => SszBasicType.UInt64,
        "uint128" => SszBasicType.UInt128,
        "uint256" => SszBasicType.UInt256,
        _ => throw new ArgumentException($"no basic type {name}", nameof(name)),
    };
}

/// <summary>Decodes a container into the engine's object and encodes that object anew from its fields.</summary>
internal static class TypedContainers
{
    public static byte[] Rewrite(GasperContext context, string name, byte[] bytes) => name switch
    {
        "BeaconState" => BeaconState.Decode(context, bytes).Encode(),
        "SignedBeaconBlock" => Anew(SignedBeaconBlock.Decode(context.Schemas, bytes)),
        "BeaconBlock" => Anew(BeaconBlock.Decode(context.Schemas, bytes)),
        "BeaconBlockBody" => Anew(BeaconBlockBody.Decode(context.Schemas, bytes)),
        "Attestation" => Anew(Attestation.Decode(context.Schemas, bytes)),
        "IndexedAttestation" => Anew(IndexedAttestation.FromChecked(context.Schemas, bytes)),
        "PendingAttestation" => Anew(PendingAttestation.FromChecked(context.Schemas, bytes)),
        "AttesterSlashing" => Anew(AttesterSlashing.Decode(context.Schemas, bytes)),
        "ProposerSlashing" => Anew(ProposerSlashing.Decode(bytes)),
        "Deposit" => Anew(Deposit.Decode(bytes)),
        "SignedVoluntaryExit" => Anew(SignedVoluntaryExit.Decode(bytes)),
        "AttestationData" => Anew(w => AttestationData.Read(bytes).Write(w)),
        "BeaconBlockHeader" => Anew(w => BeaconBlockHeader.Read(bytes).Write(w)),
        "Checkpoint" => Anew(w => Checkpoint.Read(bytes).Write(w)),
        "Eth1Data" => Anew(w => Eth1Data.Read(bytes).Write(w)),
        "Fork" => Anew(w => Fork.Read(bytes).Write(w)),
        "Validator" => Anew(w => Validator(bytes).Write(w)),

        // Seen by the rules as bytes and roots only: no object to write anew.
        _ => bytes,
    };

    private static ValidatorRegistry Validator(byte[] bytes)
    {
        var registry = new ValidatorRegistry();
        registry.AddEncoded(bytes);
        return registry;
    }

    private static byte[] Anew(Action<SszWriter> write)
    {
        var writer = new SszWriter();
        write(writer);
        return writer.ToArray();
    }

    private static byte[] Anew(SignedBeaconBlock b) =>
        Copy(new SignedBeaconBlock(BlockAnew(b.Message), b.Signature));

    private static byte[] Anew(BeaconBlock b) => Copy(BlockAnew(b));

    private static byte[] Anew(BeaconBlockBody b) => Copy(BodyAnew(b));

    private static byte[] Anew(Attestation a) => Copy(AttestationAnew(a));

    private static byte[] Anew(IndexedAttestation a) => Copy(IndexedAnew(a));

    private static byte[] Anew(PendingAttestation a) =>
        Copy(new PendingAttestation(a.AggregationBits, a.Data, a.InclusionDelay, a.ProposerIndex));

    private static byte[] Anew(AttesterSlashing s) =>
        Copy(new AttesterSlashing(IndexedAnew(s.Attestation1), IndexedAnew(s.Attestation2)));

    private static byte[] Anew(ProposerSlashing s) =>
        Copy(new ProposerSlashing(HeaderAnew(s.Header1), HeaderAnew(s.Header2)));

    private static byte[] Anew(Deposit d) => Copy(DepositAnew(d));

    private static byte[] Anew(SignedVoluntaryExit e) =>
        Copy(new SignedVoluntaryExit(e.Epoch, e.ValidatorIndex, e.Signature));

    private static byte[] Copy(SszObject item) => item.Encoded.ToArray();

    private static BeaconBlock BlockAnew(BeaconBlock b) => new()
    {
        Slot = b.Slot,
        ProposerIndex = b.ProposerIndex,
        ParentRoot = b.ParentRoot,
        StateRoot = b.StateRoot,
        Body = BodyAnew(b.Body),
    };

    private static BeaconBlockBody BodyAnew(BeaconBlockBody b) => new()
    {
        RandaoReveal = b.RandaoReveal,
        Eth1Data = b.Eth1Data,
        Graffiti = b.Graffiti,
        ProposerSlashings =
        [
            .. b.ProposerSlashings.Select(s => new ProposerSlashing(HeaderAnew(s.Header1), HeaderAnew(s.Header2))),
        ],
        AttesterSlashings =
        [
            .. b.AttesterSlashings.Select(
                s => new AttesterSlashing(IndexedAnew(s.Attestation1), IndexedAnew(s.Attestation2))),
        ],
        Attestations = [.. b.Attestations.Select(AttestationAnew)],
        Deposits = [.. b.Deposits.Select(DepositAnew)],
        VoluntaryExits =
        [
            .. b.VoluntaryExits.Select(e => new SignedVoluntaryExit(e.Epoch, e.ValidatorIndex, e.Signature)),
        ],
    };

    private static SignedHeader HeaderAnew(SignedHeader h) => new(h.Message, h.Signature);

    private static Attestation AttestationAnew(Attestation a) => new(a.AggregationBits, a.Data, a.Signature);

    private static IndexedAttestation IndexedAnew(IndexedAttestation a) => new(a.Indices, a.Data, a.Signature);

    private static Deposit DepositAnew(Deposit d) =>
        new(d.Proof, d.PublicKey, d.WithdrawalCredentials, d.Amount, d.Signature);
}
