using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json.Nodes;
using Tactus.Kernels.Bls12381;
using Tactus.TestSupport;
using Xunit.Abstractions;

namespace Tactus.Kernels.Tests.Bls12381;

/// <summary>
/// RFC 9380: the figures of appendix J.10.1 (G2) and K.1 (expand_message_xmd), and the published hash_to_G2 set.
/// </summary>
public class HashToCurveTests(ITestOutputHelper output)
{
    private const string Tag = "QUUX-V01-CS02-with-BLS12381G2_XMD:SHA-256_SSWU_RO_";

    private static readonly string A512 = "a512_" + new string('a', 512);
    private static readonly string Q128 = "q128_" + new string('q', 128);

    /// <summary>msg, then u0, u1, P.x, P.y of J.10.1; each "c0,c1" in hexadecimal.</summary>
    public static TheoryData<string, string, string, string, string> J101 => new()
    {
        {
            "",
            "03dbc2cce174e91ba93cbb08f26b917f98194a2ea08d1cce75b2b9cc9f21689d80bd79b594a613d0a68eb807dfdc1cf8,"
                + "05a2acec64114845711a54199ea339abd125ba38253b70a92c876df10598bd1986b739cad67961eb94f7076511b3b39a",
            "02f99798e8a5acdeed60d7e18e9120521ba1f47ec090984662846bc825de191b5b7641148c0dbc237726a334473eee94,"
                + "145a81e418d4010cc027a68f14391b30074e89e60ee7a22f87217b2f6eb0c4b94c9115b436e6fa4607e95a98de30a435",
            "0141ebfbdca40eb85b87142e130ab689c673cf60f1a3e98d69335266f30d9b8d4ac44c1038e9dcdd5393faf5c41fb78a,"
                + "05cb8437535e20ecffaef7752baddf98034139c38452458baeefab379ba13dff5bf5dd71b72418717047f5b0f37da03d",
            "0503921d7f6a12805e72940b963c0cf3471c7b2a524950ca195d11062ee75ec076daf2d4bc358c4b190c0c98064fdd92,"
                + "12424ac32561493f3fe3c260708a12b7c620e7be00099a974e259ddc7d1f6395c3c811cdd19f1e8dbf3e9ecfdcbab8d6"
        },
        {
            "abc",
            "15f7c0aa8f6b296ab5ff9c2c7581ade64f4ee6f1bf18f55179ff44a2cf355fa53dd2a2158c5ecb17d7c52f63e7195771,"
                + "01c8067bf4c0ba709aa8b9abc3d1cef589a4758e09ef53732d670fd8739a7274e111ba2fcaa71b3d33df2a3a0c8529dd",
            "187111d5e088b6b9acfdfad078c4dacf72dcd17ca17c82be35e79f8c372a693f60a033b461d81b025864a0ad051a06e4,"
                + "08b852331c96ed983e497ebc6dee9b75e373d923b729194af8e72a051ea586f3538a6ebb1e80881a082fa2b24df9f566",
            "02c2d18e033b960562aae3cab37a27ce00d80ccd5ba4b7fe0e7a210245129dbec7780ccc7954725f4168aff2787776e6,"
                + "139cddbccdc5e91b9623efd38c49f81a6f83f175e80b06fc374de9eb4b41dfe4ca3a230ed250fbe3a2acf73a41177fd8",
            "1787327b68159716a37440985269cf584bcb1e621d3a7202be6ea05c4cfe244aeb197642555a0645fb87bf7466b2ba48,"
                + "00aa65dae3c8d732d10ecd2c50f8a1baf3001578f71c694e03866e9f3d49ac1e1ce70dd94a733534f106d4cec0eddd16"
        },
        {
            "abcdef0123456789",
            "0313d9325081b415bfd4e5364efaef392ecf69b087496973b229303e1816d2080971470f7da112c4eb43053130b785e1,"
                + "062f84cb21ed89406890c051a0e8b9cf6c575cf6e8e18ecf63ba86826b0ae02548d83b483b79e48512b82a6c0686df8f",
            "1739123845406baa7be5c5dc74492051b6d42504de008c635f3535bb831d478a341420e67dcc7b46b2e8cba5379cca97,"
                + "01897665d9cb5db16a27657760bbea7951f67ad68f8d55f7113f24ba6ddd82caef240a9bfa627972279974894701d975",
            "121982811d2491fde9ba7ed31ef9ca474f0e1501297f68c298e9f4c0028add35aea8bb83d53c08cfc007c1e005723cd0,"
                + "190d119345b94fbd15497bcba94ecf7db2cbfd1e1fe7da034d26cbba169fb3968288b3fafb265f9ebd380512a71c3f2c",
            "05571a0f8d3c08d094576981f4a3b8eda0a8e771fcdcc8ecceaf1356a6acf17574518acb506e435b639353c2e14827c8,"
                + "0bb5e7572275c567462d91807de765611490205a941a5a6af3b1691bfe596c31225d3aabdf15faff860cb4ef17c7c3be"
        },
        {
            Q128,
            "025820cefc7d06fd38de7d8e370e0da8a52498be9b53cba9927b2ef5c6de1e12e12f188bbc7bc923864883c57e49e253,"
                + "034147b77ce337a52e5948f66db0bab47a8d038e712123bb381899b6ab5ad20f02805601e6104c29df18c254b8618c7b",
            "0930315cae1f9a6017c3f0c8f2314baa130e1cf13f6532bff0a8a1790cd70af918088c3db94bda214e896e1543629795,"
                + "10c4df2cacf67ea3cb3108b00d4cbd0b3968031ebc8eac4b1ebcefe84d6b715fde66bef0219951ece29d1facc8a520ef",
            "19a84dd7248a1066f737cc34502ee5555bd3c19f2ecdb3c7d9e24dc65d4e25e50d83f0f77105e955d78f4762d33c17da,"
                + "0934aba516a52d8ae479939a91998299c76d39cc0c035cd18813bec433f587e2d7a4fef038260eef0cef4d02aae3eb91",
            "14f81cd421617428bc3b9fe25afbb751d934a00493524bc4e065635b0555084dd54679df1536101b2c979c0152d09192,"
                + "09bcccfa036b4847c9950780733633f13619994394c23ff0b32fa6b795844f4a0673e20282d07bc69641cee04f5e5662"
        },
        {
            A512,
            "190b513da3e66fc9a3587b78c76d1d132b1152174d0b83e3c1114066392579a45824c5fa17649ab89299ddd4bda54935,"
                + "12ab625b0fe0ebd1367fe9fac57bb1168891846039b4216b9d94007b674de2d79126870e88aeef54b2ec717a887dcf39",
            "0e6a42010cf435fb5bacc156a585e1ea3294cc81d0ceb81924d95040298380b164f702275892cedd81b62de3aba3f6b5,"
                + "117d9a0defc57a33ed208428cb84e54c85a6840e7648480ae428838989d25d97a0af8e3255be62b25c2a85630d2dddd8",
            "01a6ba2f9a11fa5598b2d8ace0fbe0a0eacb65deceb476fbbcb64fd24557c2f4b18ecfc5663e54ae16a84f5ab7f62534,"
                + "11fca2ff525572795a801eed17eb12785887c7b63fb77a42be46ce4a34131d71f7a73e95fee3f812aea3de78b4d01569",
            "0b6798718c8aed24bc19cb27f866f1c9effcdbf92397ad6448b5c9db90d2b9da6cbabf48adc1adf59a1a28344e79d57e,"
                + "03a47f8e6d1763ba0cad63d6114c0accbef65707825a511b251a660a9b3994249ae4e63fac38b23da0c398689ee2ab52"
        },
    };

    [Theory, MemberData(nameof(J101))]
    public void Published_points_of_appendix_J_10_1(string message, string u0, string u1, string x, string y)
    {
        HashToField.Hash(
            Encoding.ASCII.GetBytes(message), Encoding.ASCII.GetBytes(Tag), out Fp2<Fp> v0, out Fp2<Fp> v1);
        Assert.Equal(Parse(u0), Value(v0));
        Assert.Equal(Parse(u1), Value(v1));
        HashToG2<Fp>.Map(out JacobianPoint<Fp2<Fp>> point, v0, v1);
        JacobianPoint<Fp2<Fp>>.ToAffine(out AffinePoint<Fp2<Fp>> affine, point);
        Assert.Equal(Parse(x), Value(affine.X));
        Assert.Equal(Parse(y), Value(affine.Y));
        if (FpX8.IsSupported)
        {
            Fp2<FpX8>.Broadcast(out Fp2<FpX8> w0, v0);
            Fp2<FpX8>.Broadcast(out Fp2<FpX8> w1, v1);
            HashToG2<FpX8>.Map(out JacobianPoint<Fp2<FpX8>> lanes, w0, w1);
            for (int lane = 0; lane < FpX8.LaneCount; lane++)
            {
                LanePoints.Get(out JacobianPoint<Fp2<Fp>> own, lanes, lane);
                Assert.Equal(1, JacobianPoint<Fp2<Fp>>.EqualMask(own, point));
            }
        }
    }

    [Theory]
    [InlineData("", 32, "68a985b87eb6b46952128911f2a4412bbc302a9d759667f87f7a21d803f07235")]
    [InlineData("abc", 32, "d8ccab23b5985ccea865c6c97b6e5b8350e794e603b4b97902f53a8a0d605615")]
    public void Published_strings_of_appendix_K_1(string message, int bytes, string expected)
    {
        byte[] uniform = new byte[bytes];
        HashToField.ExpandMessage(
            Encoding.ASCII.GetBytes(message), "QUUX-V01-CS02-with-expander-SHA256-128"u8, uniform);
        Assert.Equal(expected, Convert.ToHexStringLower(uniform));
    }

    [DataFact]
    public void Hash_to_G2_set()
    {
        IReadOnlyList<BlsVectorFile> cases = BlsVectorFile.ReadAll(
            TestData.PathOf("gasper", "bls12-381-tests", "hash_to_G2"));
        foreach (BlsVectorFile c in cases)
        {
            JsonNode expected = c.Output!;
            byte[] message = Encoding.ASCII.GetBytes(c.Input!["msg"]!.GetValue<string>());
            HashToField.Hash(message, Encoding.ASCII.GetBytes(Tag), out Fp2<Fp> u0, out Fp2<Fp> u1);
            HashToG2<Fp>.Map(out JacobianPoint<Fp2<Fp>> point, u0, u1);
            JacobianPoint<Fp2<Fp>>.ToAffine(out AffinePoint<Fp2<Fp>> affine, point);
            Assert.Equal(Parse(expected["x"]!.GetValue<string>()), Value(affine.X));
            Assert.Equal(Parse(expected["y"]!.GetValue<string>()), Value(affine.Y));
        }

        Assert.Equal(4, cases.Count);
        output.WriteLine($"bls12-381-tests/hash_to_G2: {cases.Count} of 4 pass");
    }

    [Fact]
    public void Elements_that_the_map_treats_apart_land_on_the_curve()
    {
        // u = 0 makes the denominator vanish; equal elements make the sum a doubling
        var samples = new FieldSamples(9380);
        foreach (Fp2<Fp> u in (ReadOnlySpan<Fp2<Fp>>)[default, samples.Next2(), samples.Next2(), new(samples.Next(), default)])
        {
            MapToTwist<Fp>.Map(out JacobianPoint<Fp2<Fp>> point, u);
            JacobianPoint<Fp2<Fp>>.ToAffine(out AffinePoint<Fp2<Fp>> affine, point);
            G2<Fp>.RightSide(out Fp2<Fp> right, affine.X);
            Fp2<Fp>.Square(out Fp2<Fp> left, affine.Y);
            Assert.True(FieldSamples.Equal(left, right));
            HashToG2<Fp>.Map(out point, u, u);
            JacobianPoint<Fp2<Fp>>.ToAffine(out affine, point);
            Assert.Equal(1, G2<Fp>.SubgroupMask(affine));
        }
    }

    private static (BigInteger C0, BigInteger C1) Value(in Fp2<Fp> a) =>
        (FieldSamples.Value(a.C0), FieldSamples.Value(a.C1));

    private static (BigInteger C0, BigInteger C1) Parse(string pair)
    {
        string[] parts = pair.Split(',');
        return (Number(parts[0]), Number(parts[1]));
    }

    private static BigInteger Number(string hex) => BigInteger.Parse(
        "0" + hex.Replace("0x", "", StringComparison.Ordinal), NumberStyles.AllowHexSpecifier,
        CultureInfo.InvariantCulture);
}
