using Tactus.Kernels.Merkle;
using Tactus.Kernels.Sha256;

namespace Tactus.Kernels.Tests.Gpu;

/// <summary>Whole trees whose levels stay on the device, against scalar.</summary>
public sealed class DeviceTreeTests
{
    public static TheoryData<string> Devices => new("sha256:gpu", "sha256:device-code");

    [KernelTheory]
    [MemberData(nameof(Devices))]
    public void Roots_of_every_shape_are_scalars(string kernel)
    {
        ISha256Kernel device = KernelCases.Sha256Of(kernel);
        var profile = KernelProfile.None with
        {
            BatchMins = new Dictionary<string, int>(StringComparer.Ordinal) { [$"sha256:{device.Name}"] = 1 },
        };
        KernelLadder<ISha256Kernel> onDevice = new KernelRegistry([device, new Sha256Scalar()], [], [])
            .Choose(profile: profile).Sha256;
        KernelLadder<ISha256Kernel> scalar = new KernelRegistry([new Sha256Scalar()], [], []).Choose().Sha256;
        Assert.Same(device, onDevice.For(1));
        byte[] leaves = new byte[32 * 5000], expected = new byte[32], actual = new byte[32];
        new Random(40).NextBytes(leaves);
        foreach (MerkleShape shape in Enum.GetValues<MerkleShape>())
        {
            foreach (int count in (int[])[1, 2, 3, 31, 33, 64, 100, 256, 1000, 4096, 5000])
            {
                MerkleTree.Root(scalar, shape, leaves.AsSpan(0, 32 * count), expected);
                MerkleTree.Root(onDevice, shape, leaves.AsSpan(0, 32 * count), actual);
                Assert.True(expected.AsSpan().SequenceEqual(actual), $"{shape}, {count} leaves");
            }
        }
    }

    [KernelTheory]
    [MemberData(nameof(Devices))]
    public void Subtrees_of_every_height_are_scalars(string kernel)
    {
        var device = (ISha256SubtreeKernel)KernelCases.Sha256Of(kernel);
        byte[] nodes = new byte[32 * 768];
        new Random(41).NextBytes(nodes);
        for (int levels = 1; levels <= device.SubtreeLevelsMax; levels++)
        {
            foreach (bool childBits in (bool[])[false, true])
            {
                byte[] expected = [.. nodes], actual = new byte[nodes.Length >> levels];
                for (int level = 0; level < levels; level++)
                {
                    Span<byte> left = expected.AsSpan(0, nodes.Length >> level);
                    if (childBits)
                    {
                        MerkleLevels.SetChildBits(left);
                    }

                    new Sha256Scalar().HashPairs(left, left);
                }

                device.HashSubtrees(nodes, levels, childBits, actual);
                Assert.True(
                    expected.AsSpan(0, actual.Length).SequenceEqual(actual),
                    $"{levels} levels, child bits {childBits}");
            }
        }
    }
}
