using System.Text;
using Org.BouncyCastle.Crypto.Digests;

namespace Tactus.Kernels.Tests;

public class Ripemd160Tests
{
    // Vectors of the algorithm's authors (Dobbertin, Bosselaers, Preneel 1996, appendix B).
    [Theory]
    [InlineData("", "9c1185a5c5e9fc54612808977ee8f548b2258d31")]
    [InlineData("abc", "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc")]
    [InlineData("message digest", "5d0689ef49d2fae572b881b123a85ffa21595f36")]
    [InlineData("abcdefghijklmnopqrstuvwxyz", "f71c27109c692c1b56bbdceb5b9d2865b3708dbc")]
    public void HashesThePublishedVectors(string message, string digest)
    {
        byte[] actual = new byte[Ripemd160.DigestBytes];
        Ripemd160.Hash(Encoding.ASCII.GetBytes(message), actual);
        Assert.Equal(digest, Convert.ToHexStringLower(actual));
    }

    [Fact]
    public void AgreesWithBouncyCastleAtEveryLength()
    {
        byte[] message = new byte[200];
        new Random(1996).NextBytes(message);
        for (int length = 0; length <= message.Length; length++)
        {
            var oracle = new RipeMD160Digest();
            oracle.BlockUpdate(message, 0, length);
            byte[] expected = new byte[Ripemd160.DigestBytes];
            oracle.DoFinal(expected, 0);
            byte[] actual = new byte[Ripemd160.DigestBytes];
            Ripemd160.Hash(message.AsSpan(0, length), actual);
            Assert.Equal(expected, actual);
        }
    }
}
