using System.Security.Cryptography;
using Tactus.Engine.Simulation;
using Tactus.Kernels;
using Tactus.Kernels.Bls12381;

namespace Tactus.Engine.Tests.Simulation;

/// <summary>What follows from who signed is what a pairing would say, and nothing else follows.</summary>
public sealed class RememberingBlsTests
{
    private static readonly KernelSet Kernels = KernelRegistry.Default.Choose();

    private readonly RememberingBls _bls = new(Kernels.Bls12381);
    private readonly byte[] _message = SHA256.HashData([1]);
    private readonly byte[] _other = SHA256.HashData([2]);

    [Fact]
    public void A_sum_of_own_signatures_follows_in_any_order_and_a_real_kernel_agrees()
    {
        BlsPublicKey[] keys = [.. Enumerable.Range(0, 3).Select(Key)];
        byte[][] signatures = [.. Enumerable.Range(0, 3).Select(i => Sign(i, _message))];
        byte[] pair = Sum(signatures[2], signatures[0]);
        byte[] all = Sum(pair, signatures[1]);
        _bls.AggregateKeys(keys, out BlsPublicKey sum);
        Assert.Equal(BlsVerdict.Valid, _bls.Verify(sum, _message, all));
        Assert.Equal(BlsVerdict.Valid, _bls.Verify(keys[1], _message, signatures[1]));
        Assert.Equal(2, _bls.Followed);
        Assert.Equal(BlsVerdict.Valid, Kernels.Bls12381.For(1).Verify(sum, _message, all));
    }

    [Fact]
    public void What_nobody_signed_is_computed_and_refused()
    {
        BlsPublicKey key = Key(0);
        byte[] signature = Sign(0, _message);
        byte[] both = Sum(signature, Sign(1, _other));
        Assert.Equal(BlsVerdict.Mismatch, _bls.Verify(key, _other, signature));
        Assert.Equal(BlsVerdict.Mismatch, _bls.Verify(Key(1), _message, signature));
        _bls.AggregateKeys([key, Key(1)], out BlsPublicKey sum);
        Assert.Equal(BlsVerdict.Mismatch, _bls.Verify(sum, _message, both));
        Assert.Equal(0, _bls.Followed);
    }

    [Fact]
    public void In_a_batch_only_what_does_not_follow_is_computed_and_it_decides()
    {
        BlsPublicKey[] keys = [Key(0), Key(1)];
        byte[] known = Sign(0, _message);
        byte[] foreign = Sign(1, _other, tell: false);
        byte[] messages = [.. _message, .. _other];
        ulong[] weights = [5, 7];
        Assert.Equal(BlsVerdict.Valid, _bls.VerifyBatch(keys, messages, 32, [.. known, .. foreign], weights));
        Assert.Equal(1, _bls.Followed);
        byte[] wrong = Sign(1, _message, tell: false);
        Assert.NotEqual(BlsVerdict.Valid, _bls.VerifyBatch(keys, messages, 32, [.. known, .. wrong], weights));
    }

    [Fact]
    public void A_node_that_claims_what_it_did_not_sign_is_found_out()
    {
        BlsPublicKey key = Key(0);
        Exception? found = null;
        for (int i = 0; i < 64 && found is null; i++)
        {
            byte[] message = SHA256.HashData(BitConverter.GetBytes(i));
            byte[] signature = Sign(1, _message, tell: false);
            _bls.Signed(key, message, signature);
            found = Record.Exception(() => _bls.Verify(key, message, signature));
        }

        Assert.IsType<InvalidOperationException>(found);
    }

    private static byte[] Secret(int signer)
    {
        byte[] secret = SHA256.HashData(BitConverter.GetBytes(signer + 100));
        secret[0] &= 0x3F;
        return secret;
    }

    private BlsPublicKey Key(int signer)
    {
        byte[] compressed = new byte[IBlsKernel.KeyBytes];
        Assert.True(new Bls12381Signer().TryPublicKey(Secret(signer), compressed));
        Assert.Equal(BlsVerdict.Valid, _bls.DecompressKey(compressed, out BlsPublicKey key));
        return key;
    }

    private byte[] Sign(int signer, byte[] message, bool tell = true)
    {
        byte[] signature = new byte[IBlsKernel.SignatureBytes];
        Assert.True(new Bls12381Signer().TrySign(Secret(signer), message, signature));
        if (tell)
        {
            _bls.Signed(Key(signer), message, signature);
        }

        return signature;
    }

    private byte[] Sum(byte[] x, byte[] y)
    {
        byte[] sum = new byte[IBlsKernel.SignatureBytes];
        Assert.Equal(BlsVerdict.Valid, _bls.AggregateSignatures([.. x, .. y], sum));
        return sum;
    }
}
