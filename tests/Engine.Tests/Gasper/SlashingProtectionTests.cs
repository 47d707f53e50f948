using System.Globalization;
using System.Text.Json;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper.SlashingProtection;
using Tactus.Engine.Protocols.Gasper.State;
using Tactus.TestSupport;
using Xunit.Abstractions;

namespace Tactus.Engine.Tests.Gasper;

/// <summary>EIP-3076: the published interchange tests under both strategies, and what the exported file must
/// keep.</summary>
public sealed class SlashingProtectionTests(ITestOutputHelper output)
{
    [DataTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void Interchange_tests(bool isComplete)
    {
        int cases = 0;
        int questions = 0;
        foreach (string file in Directory.EnumerateFiles(
            TestData.PathOf("gasper", "slashing-protection-interchange", "tests", "generated"), "*.json"))
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllText(file));
            JsonElement test = document.RootElement;
            string name = test.GetProperty("name").GetString()!;
            Hash256 chain = Root(test.GetProperty("genesis_validators_root"))!.Value;
            ISlashingProtection protection = isComplete ? new CompleteProtection(chain) : new MinimalProtection(chain);
            foreach (JsonElement step in test.GetProperty("steps").EnumerateArray())
            {
                Verdict imported = protection.Import(Interchange.Parse(step.GetProperty("interchange").GetRawText()));
                Assert.True(
                    imported.Accepted == step.GetProperty("should_succeed").GetBoolean(), $"{name}: {imported}");

                // A record that went through a file must answer as the original would.
                protection = Reload(protection, isComplete, chain);
                questions += Ask(protection, step, isComplete, name);
            }

            cases++;
        }

        output.WriteLine(
            $"slashing-protection/{(isComplete ? "complete" : "minimal")}: {cases} cases, {questions} questions");
        Assert.Equal((38, 150), (cases, questions));
    }

    [Fact]
    public void Pruning_the_record_never_allows_more()
    {
        var key = default(PublicKey48);
        var full = new CompleteProtection(default);
        var pruned = new CompleteProtection(default);
        for (ulong i = 2; i < 40; i += 2)
        {
            foreach (CompleteProtection p in (CompleteProtection[])[full, pruned])
            {
                Assert.True(p.SignBlock(key, i, null).Accepted);
                Assert.True(p.SignAttestation(key, i - 2, i, null).Accepted);
            }
        }

        pruned.Prune(slot: 20, targetEpoch: 20);
        Assert.True(pruned.Export().Histories[0].Blocks.Count < full.Export().Histories[0].Blocks.Count);
        string record = pruned.Export().ToJson();
        for (ulong a = 0; a < 45; a++)
        {
            CompleteProtection again = new(default);
            again.Import(Interchange.Parse(record));
            CompleteProtection fullAgain = new(default);
            fullAgain.Import(full.Export());
            Assert.True(!again.SignBlock(key, a, null).Accepted || fullAgain.SignBlock(key, a, null).Accepted);
            for (ulong b = a; b < 45; b++)
            {
                CompleteProtection x = new(default);
                x.Import(pruned.Export());
                CompleteProtection y = new(default);
                y.Import(full.Export());
                Assert.True(
                    !x.SignAttestation(key, a, b, null).Accepted || y.SignAttestation(key, a, b, null).Accepted);
            }
        }
    }

    [Theory]
    [InlineData("{")]
    [InlineData("""{"metadata":{"interchange_format_version":"4"},"data":[]}""")]
    [InlineData("""{"metadata":{"interchange_format_version":"5","genesis_validators_root":"0x12"},"data":[]}""")]
    public void Files_that_are_none_are_refused_with_a_reason(string json)
    {
        FormatException e = Assert.Throws<FormatException>(() => Interchange.Parse(json));
        Assert.StartsWith("interchange: ", e.Message, StringComparison.Ordinal);
    }

    private static ISlashingProtection Reload(ISlashingProtection protection, bool isComplete, Hash256 chain)
    {
        ISlashingProtection again = isComplete ? new CompleteProtection(chain) : new MinimalProtection(chain);
        Assert.True(again.Import(Interchange.Parse(protection.Export().ToJson())).Accepted);
        return again;
    }

    private static int Ask(ISlashingProtection protection, JsonElement step, bool isComplete, string name)
    {
        string expected = isComplete ? "should_succeed_complete" : "should_succeed";
        int questions = 0;
        foreach (JsonElement block in step.GetProperty("blocks").EnumerateArray())
        {
            Verdict verdict = protection.SignBlock(
                Key(block), Number(block, "slot"), Root(block.GetProperty("signing_root")));
            Assert.True(verdict.Accepted == block.GetProperty(expected).GetBoolean(), $"{name}, {block}: {verdict}");
            questions++;
        }

        foreach (JsonElement vote in step.GetProperty("attestations").EnumerateArray())
        {
            Verdict verdict = protection.SignAttestation(
                Key(vote), Number(vote, "source_epoch"), Number(vote, "target_epoch"),
                Root(vote.GetProperty("signing_root")));
            Assert.True(verdict.Accepted == vote.GetProperty(expected).GetBoolean(), $"{name}, {vote}: {verdict}");
            questions++;
        }

        return questions;
    }

    private static PublicKey48 Key(JsonElement e) =>
        new(Convert.FromHexString(e.GetProperty("pubkey").GetString().AsSpan(2)));

    private static ulong Number(JsonElement e, string name) =>
        ulong.Parse(e.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);

    private static Hash256? Root(JsonElement e) =>
        e.ValueKind == JsonValueKind.Null ? null : new Hash256(Convert.FromHexString(e.GetString().AsSpan(2)));
}
