using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper;
using Tactus.Engine.Protocols.Gasper.Ssz;
using Tactus.Engine.Protocols.Gasper.State;
using Tactus.Engine.Tests.Gasper.Vectors;
using Tactus.TestSupport;
using Xunit.Abstractions;

namespace Tactus.Engine.Tests.Gasper;

/// <summary>SSZ against the generic vectors (made types, valid and invalid) and the roots of the phase-0
/// containers.</summary>
public sealed class SszVectorTests(ITestOutputHelper output)
{
    private const string Static = "published-v1.1.0-alpha.8/minimal/phase0/ssz_static";

    [DataTheory]
    [InlineData("basic_vector", 1077)]
    [InlineData("bitlist", 264)]
    [InlineData("bitvector", 61)]
    [InlineData("boolean", 6)]
    [InlineData("containers", 391)]
    [InlineData("uints", 66)]
    public void Generic_values_have_their_roots_and_invalid_bytes_are_refused(string handler, int expected)
    {
        SszHasher hasher = VectorSet.Context("minimal").Hasher;
        int count = 0;
        foreach (VectorCase c in VectorSet.ArchiveCases("ssz_generic.tar.xz", $"general/phase0/ssz_generic/{handler}"))
        {
            bool isValid = c.Name.StartsWith("valid/", StringComparison.Ordinal);
            byte[] bytes = c.Ssz("serialized")!;
            Hash256? root = RootOf(handler, c.Name[(c.Name.IndexOf('/') + 1)..], bytes, hasher);
            Hash256? wanted = isValid ? VectorSet.Root(Yaml.Map(c.Yaml("meta"))["root"]) : null;
            Assert.True(root == wanted, $"{c}: {root} where {wanted} is right");
            count++;
        }

        output.WriteLine($"ssz_generic/{handler}: {count} cases");
        Assert.Equal(expected, count);
    }

    [DataFact]
    public void Static_containers_have_their_roots()
    {
        GasperContext context = VectorSet.Context("minimal-v1.1.0-alpha.8");
        int count = 0;
        foreach (VectorCase c in VectorSet.Cases(Static))
        {
            byte[] bytes = c.Ssz("serialized")!;
            Hash256 wanted = VectorSet.Root(Yaml.Map(c.Yaml("roots"))["root"]);
            SszContainer type = context.Schemas.All[c.Name.Split(Path.DirectorySeparatorChar)[0]];
            type.Check(bytes);
            Assert.True(wanted == type.Root(bytes, context.Hasher), c.Name);
            Assert.True(
                bytes.AsSpan().SequenceEqual(TypedContainers.Rewrite(context, type.Name, bytes)), $"{c}: encoding");
            count++;
        }

        output.WriteLine($"ssz_static/minimal: {count} cases");
        Assert.Equal(189, count);
    }

    [DataFact]
    public void State_root_by_columns_equals_the_root_of_its_bytes()
    {
        GasperContext context = VectorSet.Context("minimal-v1.1.0-alpha.8");
        int count = 0;
        foreach (VectorCase c in VectorSet.Cases($"{Static}/BeaconState"))
        {
            BeaconState state = BeaconState.Decode(context, c.Ssz("serialized")!);
            Assert.Equal(VectorSet.Root(Yaml.Map(c.Yaml("roots"))["root"]), state.HashTreeRoot());
            count++;
        }

        output.WriteLine($"ssz_static/minimal BeaconState: {count} cases");
        Assert.Equal(7, count);
    }

    [DataFact]
    public void Cut_flipped_and_random_bytes_are_refused_or_decode_to_themselves()
    {
        const int Seed = 7;
        var random = new Random(Seed);
        GasperContext context = VectorSet.Context("minimal-v1.1.0-alpha.8");
        int refused = 0;
        foreach (VectorCase c in VectorSet.Cases(Static))
        {
            byte[] bytes = c.Ssz("serialized")!;
            string name = c.Name.Split(Path.DirectorySeparatorChar)[0];
            SszContainer type = context.Schemas.All[name];
            for (int i = 0; i < 8; i++)
            {
                byte[] damaged = (i & 1) == 0 ? bytes[..random.Next(bytes.Length)] : (byte[])bytes.Clone();
                if ((i & 1) != 0)
                {
                    damaged[random.Next(Math.Min(damaged.Length, 400))] ^= (byte)(1 << random.Next(8));
                }

                try
                {
                    type.Check(damaged);
                    Assert.True(
                        damaged.AsSpan().SequenceEqual(TypedContainers.Rewrite(context, name, damaged)),
                        $"{c}, seed {Seed}: accepted bytes encode differently");
                }
                catch (SszException e)
                {
                    Assert.Contains("byte", e.Message, StringComparison.Ordinal);
                    refused++;
                }
            }
        }

        output.WriteLine($"seed {Seed}: {refused} damaged inputs refused");
        Assert.True(refused > 700);
    }

    private static Hash256? RootOf(string handler, string name, byte[] bytes, SszHasher hasher)
    {
        try
        {
            SszType type = GenericTypes.Of(handler, name);
            type.Check(bytes);
            return type.Root(bytes, hasher);
        }
        catch (Exception e) when (e is SszException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }
}
