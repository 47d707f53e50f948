using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper.State;

namespace Tactus.Engine.Protocols.Gasper.SlashingProtection;

/// <summary>
/// Decides whether a validator may sign, and remembers that it did: ask before every signature, and keep the record
/// (<see cref="Export"/>) on disk before the signature leaves. A refusal changes nothing.
/// </summary>
public interface ISlashingProtection
{
    /// <summary>Asks for, and records, the signature of a block.</summary>
    Verdict SignBlock(in PublicKey48 key, ulong slot, Hash256? signingRoot);

    /// <summary>Asks for, and records, the signature of an attestation.</summary>
    Verdict SignAttestation(in PublicKey48 key, ulong sourceEpoch, ulong targetEpoch, Hash256? signingRoot);

    /// <summary>Takes over another client's history. Slashable entries in it are kept: they only forbid more.</summary>
    Verdict Import(Interchange interchange);

    /// <summary>Everything that is recorded.</summary>
    Interchange Export();
}
