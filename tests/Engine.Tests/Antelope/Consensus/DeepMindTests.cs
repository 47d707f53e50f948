using System.Text.Json;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Consensus;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Kernels;
using Tactus.Kernels.Merkle;
using Tactus.TestSupport;

namespace Tactus.Engine.Tests.Antelope.Consensus;

/// <summary>nodeos printed its whole header state after each block: ours must be the same, field by field and byte by
/// byte.</summary>
public class DeepMindTests
{
    private static readonly KernelSet Kernels = KernelRegistry.Default.Choose();

    [DataTheory]
    [InlineData("deep-mind-5.0.x.dmlog", 176, 177u, "000000b18923a02274f212dad1b430feb614e9ad98aede55b94ab8871aacbd7c", 19)]
    [InlineData("leap-main-deep-mind.log", 4, 5u, "0000000592c5b38047f9308c633fa2d88c9df8de6c6a0caee99923c031c5a0d9", 22)]
    [InlineData("spring-main-deep-mind.log", 2, 3u, null, 1)]
    public void Every_transition_gives_the_state_that_nodeos_dumped(
        string file, int states, uint head, string? headId, int features)
    {
        List<DeepMindLog.Dumped> dumped = DeepMindLog.States(file);
        Assert.Equal(states, dumped.Count);
        HeaderState state = dumped[0].State;
        Assert.Equal(dumped[0].Packed, state.ToBytes());
        var batch = new BlockSignatureBatch(Kernels);
        batch.Add(state);
        for (int i = 1; i < dumped.Count; i++)
        {
            HeaderState expected = dumped[i].State;
            Verdict verdict = state.Next(
                expected.Header, expected.Signature, expected.AdditionalSignatures, out HeaderState? next);
            Assert.True(verdict.Accepted, verdict.ToString());
            Assert.Equal(expected, next);
            Assert.Equal(Convert.ToHexStringLower(dumped[i].Packed), Convert.ToHexStringLower(next!.ToBytes()));
            state = next;
            batch.Add(state);
        }

        Assert.Equal(head, state.Number);
        Assert.Equal(features, state.Features.Digests.Count);
        Assert.True(headId is null || headId == state.Id.ToString());

        Verdict signatures = batch.Check(out int rejected);
        Assert.True(signatures.Accepted, $"{rejected}: {signatures}");
    }

    [DataFact]
    public void The_five_x_log_promotes_a_schedule_and_ends_where_expected()
    {
        List<DeepMindLog.Dumped> dumped = DeepMindLog.States("deep-mind-5.0.x.dmlog");
        HeaderState last = dumped[^1].State;
        Assert.Equal(176u, last.Irreversible);
        Assert.Equal(177u, last.ProposedIrreversible);
        Assert.Equal(1u, last.ActiveSchedule.Version);
        Assert.Equal("producer111a", Assert.Single(last.ActiveSchedule.Producers).Producer.ToString());
        Assert.Equal(68u, dumped.First(d => d.State.Pending.Schedule.Version == 1).State.Number);
        Assert.Equal(69u, dumped.First(d => d.State.ActiveSchedule.Version == 1).State.Number);
    }

    [DataFact]
    public void Action_roots_follow_from_the_receipts()
    {
        const string File = "deep-mind-5.0.x.dmlog";
        var leaves = new Dictionary<uint, SortedDictionary<ulong, Hash256>>();
        int plain = 0;
        int withReturnValue = 0;
        foreach ((uint number, byte[] trace) in DeepMindLog.Traces(File))
        {
            foreach ((ActionReceipt receipt, Hash256 plainDigest, Hash256 returnDigest) in DeepMindLog.Receipts(trace))
            {
                Assert.True(receipt.ActDigest == plainDigest || receipt.ActDigest == returnDigest);
                plain += receipt.ActDigest == plainDigest ? 1 : 0;
                withReturnValue += receipt.ActDigest == returnDigest ? 1 : 0;
                if (!leaves.TryGetValue(number, out SortedDictionary<ulong, Hash256>? block))
                {
                    leaves.Add(number, block = []);
                }

                block.Add(receipt.GlobalSequence, receipt.Digest());
            }
        }

        Assert.Equal(605, leaves.Values.Sum(block => block.Count));
        Assert.Equal(59, plain);
        Assert.Equal(546, withReturnValue);
        List<DeepMindLog.Dumped> dumped = DeepMindLog.States(File);
        Assert.Equal(176, dumped.Count);
        foreach (DeepMindLog.Dumped block in dumped)
        {
            byte[] packed = [.. leaves[block.State.Number].Values.SelectMany(leaf => leaf.ToArray())];
            byte[] root = new byte[Hash256.Size];
            MerkleTree.Root(Kernels.Sha256, MerkleShape.AntelopeLegacy, packed, root);
            Assert.Equal(block.State.Header.ActionRoot, new Hash256(root));
        }
    }

    [DataFact]
    public void Feature_table_equals_what_the_logs_print()
    {
        var seen = new HashSet<string>();
        foreach (string file in (string[])["deep-mind-5.0.x.dmlog", "leap-main-deep-mind.log", "spring-main-deep-mind.log"])
        {
            foreach (string json in DeepMindLog.Features(file))
            {
                JsonElement line = JsonDocument.Parse(json).RootElement;
                string codename = line.GetProperty("specification")[0].GetProperty("value").GetString()!;
                ProtocolFeature feature = ProtocolFeatures.Named(codename);
                Assert.Equal(line.GetProperty("feature_digest").GetString(), feature.Digest.ToString());
                Assert.Equal(
                    line.GetProperty("dependencies")
                        .EnumerateArray()
                        .Select(d => d.GetString()!)
                        .Order(StringComparer.Ordinal),
                    feature.Dependencies.Select(d => ProtocolFeatures.Named(d).Digest.ToString())
                        .Order(StringComparer.Ordinal));
                seen.Add(codename);
            }
        }

        Assert.Equal(ProtocolFeatures.All.Count, seen.Count);
    }
}
