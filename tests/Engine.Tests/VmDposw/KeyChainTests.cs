using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.VmDposw.Work;
using Tactus.Kernels;

namespace Tactus.Engine.Tests.VmDposw;

public sealed class KeyChainTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(1000)]
    public void Chains_made_together_are_those_made_one_by_one(int length)
    {
        Hash256[] seeds = [.. Enumerable.Range(1, 11).Select(i => KeyChain.Hash(new Hash256([.. Enumerable.Repeat((byte)i, 32)])))];
        KeyChain[] together = KeyChain.Many(KernelRegistry.Default.Choose().Sha256, seeds, length);
        for (int i = 0; i < seeds.Length; i++)
        {
            var single = new KeyChain(seeds[i], length);
            Assert.Equal(single.Commitment, together[i].Commitment);
            foreach (int index in new[] { 1, (length / 2) + 1, length })
            {
                Assert.Equal(single.Key(Math.Min(index, length)), together[i].Key(Math.Min(index, length)));
            }
        }
    }
}
