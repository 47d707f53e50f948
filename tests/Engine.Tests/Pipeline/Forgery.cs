using Tactus.Engine.Devnet;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Consensus;
using Tactus.Engine.Protocols.Antelope.Devnet;
using Tactus.Engine.Protocols.Antelope.Types;

namespace Tactus.Engine.Tests.Pipeline;

/// <summary>Blocks that are wrong in one place and right in all others.</summary>
internal static class Forgery
{
    /// <summary>The block with another action root, signed by its own producer.</summary>
    public static byte[] WithActionRoot(byte[] bytes, HeaderState parent, DevnetParameters parameters) =>
        WithActionRoot(bytes, parent, parameters, out _);

    /// <inheritdoc cref="WithActionRoot(byte[], HeaderState, DevnetParameters)"/>
    public static byte[] WithActionRoot(byte[] bytes, HeaderState parent, DevnetParameters parameters, out HeaderState state)
    {
        SignedBlock block = SignedBlock.TryRead(bytes, out _)!;
        block.Header.ActionRoot = new Hash256([1, 2, 3]);
        return Sealed(block, parent, parameters, out state);
    }

    /// <summary>The block on top of another parent, signed by its own producer.</summary>
    public static byte[] WithParent(byte[] bytes, HeaderState parent, DevnetParameters parameters)
    {
        SignedBlock block = SignedBlock.TryRead(bytes, out _)!;
        block.Header.Previous = parent.Id;
        return Sealed(block, parent, parameters, out _);
    }

    private static byte[] Sealed(SignedBlock block, HeaderState parent, DevnetParameters parameters, out HeaderState state)
    {
        Verdict verdict = parent.Next(block.Header, KeySignature.Empty, [], out HeaderState? next);
        Assert.True(verdict.Accepted, verdict.ToString());
        state = next!;
        byte[] signature = new byte[65];
        new DevnetKeys(parameters).Sign(block.Header.Producer.Value, state.SigningDigest(), signature);
        signature[0] += 31;
        block.ProducerSignature = new KeySignature(KeyType.K1, signature);
        return block.ToBytes();
    }

    /// <summary>The block signed with the key of another producer.</summary>
    public static byte[] Resigned(byte[] bytes, DevnetParameters parameters, int key)
    {
        SignedBlock block = SignedBlock.TryRead(bytes, out _)!;
        var keys = new DevnetKeys(parameters);
        byte[] signature = new byte[65];
        keys.Sign(DevnetKeys.ProducerName(key).Value, block.Id(), signature);
        signature[0] += 31;
        block.ProducerSignature = new KeySignature(KeyType.K1, signature);
        return block.ToBytes();
    }
}
