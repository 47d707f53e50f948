using System.Text;
using Tactus.Kernels.Sha256;

namespace Tactus.Kernels.Tests.Sha256;

/// <summary>SHA-224 against the examples of FIPS 180-2 change notice 1, and against another library at every length of two blocks.</summary>
public class Sha224Tests
{
    [Theory]
    [InlineData("abc", "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7")]
    [InlineData("", "d14a028c2a3a2bc9476102bb288234c415a2b01f828ea62ac5b3e42f")]
    [InlineData("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "75388b16512776cc5dba5da1fd890150b0c6455cb4f58b1952522525")]
    public void Published_digests(string message, string digest)
    {
        Span<byte> actual = stackalloc byte[Sha224.DigestBytes];
        Sha224.Hash(Encoding.ASCII.GetBytes(message), actual);
        Assert.Equal(digest, Convert.ToHexStringLower(actual));
    }

    [Fact]
    public void Every_length_equals_BouncyCastle()
    {
        byte[] message = new byte[160];
        new Random(1).NextBytes(message);
        Span<byte> actual = stackalloc byte[Sha224.DigestBytes];
        byte[] expected = new byte[Sha224.DigestBytes];
        for (int length = 0; length <= message.Length; length++)
        {
            Sha224.Hash(message.AsSpan(0, length), actual);
            var other = new Org.BouncyCastle.Crypto.Digests.Sha224Digest();
            other.BlockUpdate(message, 0, length);
            other.DoFinal(expected, 0);
            Assert.Equal(Convert.ToHexStringLower(expected), Convert.ToHexStringLower(actual));
        }
    }
}
