using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Keys;
using Tactus.Engine.Protocols.Antelope.Logs;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.TestSupport;

namespace Tactus.Engine.Tests.Antelope.Logs;

public class BlockLogTests
{
    private static readonly GenesisState Genesis = new()
    {
        InitialTimestampUs = 1_577_836_800_000_000,
        InitialKey = KeyText.ParsePublicKey("EOS5P52UyPoYL7vMiSREPvqxh6WebuMAunCMK4w53J7Gu6zmk4qyN"),
    };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void WritesEveryVersionThatItReads(uint version)
    {
        (byte[] log, byte[] index, List<SignedBlock> blocks) = Write(BlockLogPreamble.Of(Genesis, version), 5);
        foreach (byte[]? given in new[] { index, null })
        {
            using BlockLog opened = BlockLog.Open(new MemoryBytes(log), given is null ? null : new MemoryBytes(given));
            Assert.Equal(version, opened.Preamble.Version);
            Assert.Equal(Genesis.ChainId(), opened.Preamble.ChainId);
            Assert.Equal(5, opened.Count);
            Assert.Equal(blocks.Select(b => b.Id()), opened.Walk(1, 5).Select(b => b.Id()));
            Assert.Equal(blocks.Select(b => b.Id()).Reverse(), opened.Walk(5, 1).Select(b => b.Id()));
            Assert.Equal(given is null ? 1 : 0, opened.Notices.Count);
            var rebuilt = new MemoryStream();
            opened.WriteIndex(rebuilt);
            Assert.Equal(index, rebuilt.ToArray());
            Assert.Null(BlockLogCheck.Run(opened, RealLogs.Kernels).Failure);
        }
    }

    [Fact]
    public void ALogThatStartsLaterCarriesTheChainId()
    {
        var preamble = new BlockLogPreamble { Version = 3, FirstNumber = 1001, ChainId = Genesis.ChainId() };
        (byte[] log, byte[] index, List<SignedBlock> blocks) = Write(preamble, 3);
        using BlockLog opened = BlockLog.Open(new MemoryBytes(log), new MemoryBytes(index));
        Assert.Null(opened.Preamble.Genesis);
        Assert.Equal(Genesis.ChainId(), opened.Preamble.ChainId);
        Assert.Equal(1001u, opened.FirstNumber);
        Assert.Equal(1003u, opened.HeadNumber);
        Assert.Equal(blocks[2].Id(), opened.ReadBlock(1003).Id());
        var error = Assert.Throws<BlockLogException>(() => opened.ReadBlock(1004));
        Assert.Contains("1001 to 1003", error.Message, StringComparison.Ordinal);
        Assert.Equal(1004u, error.BlockNumber);
    }

    [Theory]
    [InlineData(0x8000_0003u, "leap-util block-log vacuum")]
    [InlineData(4u, "EOSIO 2.1")]
    [InlineData(0u, "version 0 is unknown")]
    [InlineData(5u, "version 5 is unknown")]
    public void VersionsThatCannotBeReadSayWhatToDo(uint version, string advice)
    {
        byte[] bytes = new byte[200];
        BitConverter.TryWriteBytes(bytes, version);
        var error = Assert.Throws<BlockLogException>(() => BlockLog.Open(new MemoryBytes(bytes), null));
        Assert.Contains(advice, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AMissingFileIsNamed()
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName(), "blocks.log");
        var error = Assert.Throws<BlockLogException>(() => BlockLog.Open(path));
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AWriterGoesOnAfterATornTail()
    {
        string folder = Directory.CreateTempSubdirectory("tactus-log-").FullName;
        try
        {
            (_, byte[] index, List<SignedBlock> blocks) = Write(BlockLogPreamble.Of(Genesis), 6);
            using (BlockLogWriter writer = BlockLogWriter.Create(folder, BlockLogPreamble.Of(Genesis)))
            {
                blocks.Take(4).ToList().ForEach(writer.Append);
            }

            string path = Path.Combine(folder, "blocks.log");
            File.AppendAllText(path, "torn");
            using (BlockLogWriter writer = BlockLogWriter.Append(folder, out IReadOnlyList<string> notices))
            {
                Assert.Contains("ends at block 4", Assert.Single(notices), StringComparison.Ordinal);
                Assert.Equal(5u, writer.NextNumber);
                Assert.Throws<ArgumentException>(() => writer.Append(blocks[5]));
                writer.Append(blocks[4]);
                writer.Append(blocks[5]);
            }

            using BlockLog opened = BlockLog.Open(path);
            Assert.Empty(opened.Notices);
            Assert.Equal(blocks.Select(b => b.Id()), opened.Walk(1, 6).Select(b => b.Id()));
            Assert.Equal(index, File.ReadAllBytes(Path.Combine(folder, "blocks.index")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void AnEmptyLogHasNoBlocks()
    {
        (byte[] log, _, _) = Write(BlockLogPreamble.Of(Genesis), 0);
        using BlockLog opened = BlockLog.Open(new MemoryBytes(log), null);
        Assert.Equal(0, opened.Count);
        Assert.Empty(opened.Walk(1, 5));
        Assert.Throws<BlockLogException>(() => opened.ReadBlock(1));
    }

    [Fact]
    public void AForeignGenesisBlockIsNamed()
    {
        (byte[] log, byte[] index, _) = Write(BlockLogPreamble.Of(Genesis), 2);

        // The first byte of the genesis timestamp: another chain.
        log[8] ^= 1;
        using BlockLog opened = BlockLog.Open(new MemoryBytes(log), new MemoryBytes(index));
        BlockLogReport report = BlockLogCheck.Run(opened, RealLogs.Kernels);
        Assert.Contains("block 1", report.Failure, StringComparison.Ordinal);
        Assert.Contains("genesis", report.Failure, StringComparison.Ordinal);
    }

    [DataTheory]
    [MemberData(nameof(RealLogs.Theory), MemberType = typeof(RealLogs))]
    public void RealLogsAreWrittenBackByteForByte(string name)
    {
        using BlockLog log = RealLogs.Open(name);
        var output = new MemoryStream();
        var index = new MemoryStream();
        using (var writer = new BlockLogWriter(output, index, log.Preamble))
        {
            foreach (SignedBlock block in log.Walk(log.FirstNumber, log.HeadNumber))
            {
                writer.Append(block);
            }
        }

        Assert.Equal(File.ReadAllBytes(RealLogs.PathOf(name)), output.ToArray());
        Assert.Equal(File.ReadAllBytes(RealLogs.PathOf(name, "blocks.index")), index.ToArray());
    }

    /// <summary>A linked chain of empty blocks.</summary>
    private static (byte[] Log, byte[] Index, List<SignedBlock> Blocks) Write(BlockLogPreamble preamble, int count)
    {
        var log = new MemoryStream();
        var index = new MemoryStream();
        var blocks = new List<SignedBlock>();
        using (var writer = new BlockLogWriter(log, index, preamble))
        {
            Hash256 parent = BlockHeader.IdOf(Hash256.Zero, preamble.FirstNumber - 1);
            for (int i = 0; i < count; i++)
            {
                SignedBlock block = preamble.FirstNumber == 1 && i == 0
                    ? Genesis.GenesisBlock()
                    : new SignedBlock(new BlockHeader { Slot = 1_262_304_000 + (uint)i, Producer = Name.Parse("eosio"), Previous = parent });
                writer.Append(block);
                blocks.Add(block);
                parent = block.Id();
            }
        }

        return (log.ToArray(), index.ToArray(), blocks);
    }
}
