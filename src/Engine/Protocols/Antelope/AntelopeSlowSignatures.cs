using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Keys;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Engine.Signatures;
using Tactus.Kernels;
using Tactus.Kernels.Secp256k1;

namespace Tactus.Engine.Protocols.Antelope;

/// <summary>P-256 and WebAuthn signatures of transactions, one by one.</summary>
internal sealed class AntelopeSlowSignatures(KernelSet kernels) : ISlowSignatures
{
    public void Check(BlockWork block, int index)
    {
        SignatureLanes lanes = block.Signatures;
        (int offset, int length) = lanes.Ranges[index];
        var reader = new ByteReader(block.Bytes.Slice(offset, length));
        KeySignature signature = KeySignature.Read(ref reader);
        PublicKey? key = reader.Failed
            ? null
            : KeyRecovery.TryRecover(kernels, new Hash256(lanes.DigestOf(index)), signature, out _);
        if (key is null)
        {
            lanes.Verdicts[index] = SignatureVerdict.BadKey;
            return;
        }

        KeyTag tag = KeyTag.Of(key);
        ((ReadOnlySpan<byte>)tag).CopyTo(lanes.KeyTagOf(index));
        lanes.Verdicts[index] = SignatureVerdict.Valid;
    }
}
