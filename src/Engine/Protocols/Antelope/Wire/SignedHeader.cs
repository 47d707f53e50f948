using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Types;

namespace Tactus.Engine.Protocols.Antelope.Wire;

/// <summary>What the lane decoder leaves in <see cref="Pipeline.BlockWork.Header"/>: the header, its digest, who signed
/// it.</summary>
/// <param name="Header">The decoded header.</param>
/// <param name="Digest">sha256 of the header's bytes.</param>
/// <param name="Signature">The producer's signature.</param>
/// <param name="Additional">Signatures of block extension 2.</param>
public sealed record SignedHeader(
    BlockHeader Header,
    Hash256 Digest,
    KeySignature Signature,
    IReadOnlyList<KeySignature> Additional);
