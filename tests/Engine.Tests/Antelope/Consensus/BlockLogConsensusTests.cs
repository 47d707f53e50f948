using System.Buffers.Binary;
using System.Globalization;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Consensus;
using Tactus.Engine.Protocols.Antelope.Keys;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Kernels;
using Tactus.TestSupport;

namespace Tactus.Engine.Tests.Antelope.Consensus;

/// <summary>Consensus over the real block logs, from genesis to the last header, against
/// expected/*.blocks.csv.</summary>
public class BlockLogConsensusTests
{
    private static readonly KernelSet Kernels = KernelRegistry.Default.Choose();

    [DataTheory]
    [InlineData("leap-v2-small")]
    [InlineData("leap-v2-prodsched")]
    [InlineData("spring-v3-savanna")]
    [InlineData("telosdevnet-7c7fbb7-88")]
    [InlineData("telosdevnet-e890aa9-87")]
    [InlineData("telosdevnet-7fe82c0-1001")]
    [InlineData("telosdevnet-98041f4-1002")]
    public void Every_block_has_the_expected_finality_and_signer(string name)
    {
        byte[] log = File.ReadAllBytes(TestData.PathOf("antelope", "blockslog", name, "blocks.log"));
        byte[] index = File.ReadAllBytes(TestData.PathOf("antelope", "blockslog", name, "blocks.index"));
        string[] rows = File.ReadAllLines(TestData.PathOf("antelope", "expected", name + ".blocks.csv"));
        Assert.Equal(rows.Length - 1, index.Length / 8);

        // Versions 2 and 3 from block 1: version u32, first u32, genesis state.
        var preamble = new ByteReader(log, 8);
        GenesisState genesis = GenesisState.Read(ref preamble);
        HeaderState state = HeaderState.Genesis(genesis.InitialSlot, genesis.InitialKey, genesis.ChainId());
        var batch = new BlockSignatureBatch(Kernels);
        for (int i = 0; i < index.Length / 8; i++)
        {
            var reader = new ByteReader(log, (int)BinaryPrimitives.ReadUInt64LittleEndian(index.AsSpan(8 * i)));
            BlockHeader header = BlockHeader.Read(ref reader);
            KeySignature signature = KeySignature.Read(ref reader);
            string[] expected = rows[i + 1].Split(',');
            if (i > 0)
            {
                Verdict verdict = state.Next(header, signature, [], out HeaderState? next);
                Assert.True(verdict.Accepted, verdict.ToString());
                state = next!;
                batch.Add(state);
                Assert.Equal(expected[10], state.SigningDigest().ToString());
                Assert.Equal(expected[11], KeyText.ToText(Assert.Single(state.SigningAuthority.Keys).Key));
            }

            Assert.Equal(expected[0], state.Number.ToString(CultureInfo.InvariantCulture));
            Assert.Equal(expected[1], state.Id.ToString());
            Assert.Equal(expected[1], header.Id().ToString());
            Assert.Equal(expected[2], state.Slot.ToString(CultureInfo.InvariantCulture));
            Assert.Equal(expected[3], header.Producer.ToString());
            Assert.Equal(expected[4], header.Confirmed.ToString(CultureInfo.InvariantCulture));
            if (expected[6].Length > 0)
            {
                Assert.True(state.FinalityChecked);
                Assert.Equal(expected[6], state.ProposedIrreversible.ToString(CultureInfo.InvariantCulture));
                Assert.Equal(expected[7], state.Irreversible.ToString(CultureInfo.InvariantCulture));
            }
            else
            {
                Assert.False(state.FinalityChecked);
            }

            if (expected[8].Length > 0)
            {
                Assert.Equal(expected[8], state.BlockRoot.Root().ToString());
                Assert.Equal(expected[9], state.Pending.Hash.ToString());
            }
        }

        int count = batch.Count;
        Assert.Equal(rows.Length - 2, count);
        Verdict signatures = batch.Check(out int rejected);
        Assert.True(signatures.Accepted, $"{rejected}: {signatures}");
    }

    [DataFact]
    public void Savanna_blocks_need_the_transition_and_never_advance_finality()
    {
        byte[] log = File.ReadAllBytes(TestData.PathOf("antelope", "blockslog", "spring-v3-savanna", "blocks.log"));
        byte[] index = File.ReadAllBytes(TestData.PathOf("antelope", "blockslog", "spring-v3-savanna", "blocks.index"));
        var preamble = new ByteReader(log, 8);
        GenesisState genesis = GenesisState.Read(ref preamble);
        HeaderState state = HeaderState.Genesis(genesis.InitialSlot, genesis.InitialKey, genesis.ChainId());
        for (int i = 1; i < 16; i++)
        {
            var reader = new ByteReader(log, (int)BinaryPrimitives.ReadUInt64LittleEndian(index.AsSpan(8 * i)));
            BlockHeader header = BlockHeader.Read(ref reader);
            KeySignature signature = KeySignature.Read(ref reader);
            uint version = header.ScheduleVersion;

            // The same header with the other kind of version is refused, before and after the transition.
            header.ScheduleVersion = version == 0 ? HeaderState.SavannaScheduleVersion : 0;
            Assert.Equal(RejectReason.WrongVersion, state.Next(header, signature, [], out _).Reason);
            header.ScheduleVersion = version;
            Assert.True(state.Next(header, signature, [], out HeaderState? next).Accepted);
            state = next!;

            var saved = new ByteWriter();
            HeaderStateForkCodec.Instance.Write(saved, state);
            var again = new ByteReader(saved.Written);
            Assert.Equal(state, HeaderStateForkCodec.Instance.Read(ref again));
            Assert.False(again.Failed);
            Assert.Equal(0, again.Remaining);
        }

        Assert.Equal(16u, state.Number);
        Assert.True(state.IsSavanna);
        Assert.Equal(4u, state.SavannaGenesis);
        Assert.Equal(4u, state.Irreversible);
    }

    [DataFact]
    public void A_wrong_block_signature_is_found_in_the_batch()
    {
        List<DeepMindLog.Dumped> dumped = DeepMindLog.States("leap-main-deep-mind.log");
        var batch = new BlockSignatureBatch(Kernels);
        batch.Add(dumped[0].State);
        batch.Add(dumped[1].State.Signed(dumped[2].State.Signature, []));
        batch.Add(dumped[2].State);
        Verdict verdict = batch.Check(out int rejected);
        Assert.Equal(RejectReason.BadBlockSignature, verdict.Reason);
        Assert.Equal(1, rejected);
        Assert.Equal(0, batch.Count);

        byte[] high = dumped[0].State.Signature.Data.ToArray();
        high[1] |= 0x80;
        batch.Add(dumped[0].State.Signed(new KeySignature(KeyType.K1, high), []));
        verdict = batch.Check(out rejected);
        Assert.Equal(0, rejected);
        Assert.Contains("canonical", verdict.Detail, StringComparison.Ordinal);
    }
}
