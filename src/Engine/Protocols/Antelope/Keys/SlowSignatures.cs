using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Engine.Signatures;
using Tactus.Kernels;
using Tactus.Kernels.Secp256k1;

namespace Tactus.Engine.Protocols.Antelope.Keys;

/// <summary>R1 and WebAuthn signatures of a block's lanes, one at a time: they are rare.</summary>
public sealed class SlowSignatures(KernelSet kernels) : ISlowSignatures
{
    /// <inheritdoc/>
    public void Check(BlockWork block, int index)
    {
        SignatureLanes lanes = block.Signatures;
        (int offset, int length) = lanes.Ranges[index];
        var signature = new KeySignature((KeyType)lanes.Types[index], block.Bytes.Slice(offset, length));
        PublicKey? key = KeyRecovery.TryRecover(kernels, new Hash256(lanes.DigestOf(index)), signature, out _);
        if (key is null)
        {
            lanes.Verdicts[index] = SignatureVerdict.Mismatch;
            return;
        }

        KeyTag tag = KeyTag.Of(key);
        ((ReadOnlySpan<byte>)tag).CopyTo(lanes.KeyTagOf(index));
        lanes.Verdicts[index] = SignatureVerdict.Valid;
    }
}
