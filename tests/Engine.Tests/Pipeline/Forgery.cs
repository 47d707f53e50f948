using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Consensus;
using Tactus.Engine.Protocols.Antelope.Devnet;
using Tactus.Engine.Protocols.Antelope.Types;

namespace Tactus.Engine.Tests.Pipeline;

/// <summary>Blocks that are wrong in one place and right in all others.</summary>
internal static class Forgery
{
    /// <summary>The block with another action root, signed by its own producer.</summary>
    public static byte[] WithActionRoot(byte[] bytes, HeaderState parent, DevnetParameters parameters)
    {
        SignedBlock block = SignedBlock.TryRead(bytes, out _)!;
        BlockHeader header = block.Header;
        header.ActionRoot = new Hash256([1, 2, 3]);
        Verdict verdict = parent.Next(header, KeySignature.Empty, [], out HeaderState? next);
        Assert.True(verdict.Accepted, verdict.ToString());
        var keys = new DevnetKeys(parameters);
        byte[] signature = new byte[65];
        keys.Sign(header.Producer.Value, next!.SigningDigest(), signature);
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
