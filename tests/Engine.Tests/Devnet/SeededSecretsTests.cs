using System.Security.Cryptography;
using System.Text;
using Tactus.Engine.Devnet;

namespace Tactus.Engine.Tests.Devnet;

public sealed class SeededSecretsTests
{
    /// <summary>Chains kept in data folders depend on it: seed and index are little-endian, after label and
    /// role.</summary>
    [Fact]
    public void ASecretIsTheHashOfLabelRoleSeedAndIndex()
    {
        byte[] preimage = [.. Encoding.ASCII.GetBytes("tactus-devnet/user"), 7, 1, 0, 0, 0, 0, 0, 0, 2, 1, 0, 0];
        Assert.Equal(SHA256.HashData(preimage), new SeededSecrets("tactus-devnet/", 0x107).Of("user", 0x102));
    }
}
