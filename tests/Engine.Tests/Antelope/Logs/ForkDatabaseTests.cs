using Tactus.Engine.Protocols.Antelope.Logs;
using Tactus.TestSupport;

namespace Tactus.Engine.Tests.Antelope.Logs;

public class ForkDatabaseTests
{
    public static TheoryData<string> Names =>
        [.. RealLogs.Names.Where(n => n.StartsWith("telos", StringComparison.Ordinal))];

    [DataTheory]
    [MemberData(nameof(Names))]
    public void RootIsTheLogsHeadAndOneBlockFollows(string name)
    {
        ForkDatabaseFile file = ForkDatabaseFile.Open(RealLogs.PathOf(name, "fork_db.dat"));
        using BlockLog log = RealLogs.Open(name);
        Assert.Equal(log.HeadNumber, file.Root.Number);
        Assert.Equal(log.ReadBlock(log.HeadNumber).Id(), file.Root.Id);
        ReversibleBlock block = Assert.Single(file.Blocks);
        Assert.Equal(log.HeadNumber + 1, block.Block.Number);
        Assert.Equal(file.Root.Id, block.Block.Header.Previous);
        Assert.Equal(file.HeadId, block.State.Id);
        if (name.EndsWith("-88", StringComparison.Ordinal))
        {
            Assert.StartsWith("000000598210cbd4", file.HeadId.ToString(), StringComparison.Ordinal);
        }
    }

    [DataFact]
    public void EveryTruncationAndEveryChangedByteIsAnErrorOrReads()
    {
        byte[] bytes = File.ReadAllBytes(RealLogs.PathOf("telosdevnet-7c7fbb7-88", "fork_db.dat"));
        for (int length = 0; length < bytes.Length; length++)
        {
            var error = Assert.Throws<BlockLogException>(() => ForkDatabaseFile.Read(bytes.AsSpan(0, length)));
            Assert.Contains("fork_db.dat", error.Message, StringComparison.Ordinal);
        }

        for (int at = 0; at < bytes.Length; at++)
        {
            byte[] changed = [.. bytes];
            changed[at] ^= 0x41;
            try
            {
                ForkDatabaseFile.Read(changed);
            }
            catch (BlockLogException e)
            {
                Assert.Contains("fork_db.dat", e.Message, StringComparison.Ordinal);
            }
        }
    }
}
