using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Logs;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.TestSupport;
using Xunit.Abstractions;

namespace Tactus.Engine.Tests.Antelope.Logs;

/// <summary>Damaged logs: always a clear error that names the block, or a valid shorter chain; never a crash, a hang,
/// or a chain that differs. What is outside links and roots (signatures, the head's header) is for the replay to
/// find.</summary>
public class BlockLogFaultTests(ITestOutputHelper output)
{
    private const string Small = "leap-v2-small";

    [DataTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void EveryTruncationIsAnErrorOrAShorterChain(bool withIndex)
    {
        (byte[] log, byte[] index, List<Hash256> ids) = Load(Small);
        int[] blocksSeen = new int[ids.Count + 1];
        for (int length = 0; length < log.Length; length++)
        {
            Outcome outcome = Try(log.AsMemory(0, length), withIndex ? index : null);
            if (outcome.Error is not null)
            {
                Assert.True(length < 126, $"{length}: {outcome.Error}");
                Assert.Contains("block log", outcome.Error, StringComparison.Ordinal);
                continue;
            }

            // As many blocks as are whole at this length, said so unless the cut is between two blocks.
            int whole = 0;
            while (whole < ids.Count && End(index, log.Length, whole) <= length)
            {
                whole++;
            }

            Assert.Equal(whole, outcome.Ids.Count);
            Assert.Equal(ids.Take(whole), outcome.Ids);
            bool between = length == 126 || (whole > 0 && End(index, log.Length, whole - 1) == length);
            Assert.True(between || outcome.Notices.Count > 0, $"{length}: a torn tail went unsaid");
            blocksSeen[whole]++;
        }

        Assert.All(blocksSeen[..ids.Count], count => Assert.True(count > 0));
    }

    [DataTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void EveryChangedByteIsFoundOrLiesOutsideLinksAndRoots(bool withIndex)
    {
        (byte[] log, byte[] index, List<Hash256> ids) = Load(Small);
        bool[] open = OutsideLinksAndRoots(log, index);

        // Version 2 becomes 3, which has the same layout where the first block is block 1.
        open[0] = true;
        int errors = 0;
        int shorter = 0;
        int accepted = 0;
        for (int at = 0; at < log.Length; at++)
        {
            byte[] changed = [.. log];
            changed[at] ^= (byte)(1 << (at % 8));
            Outcome outcome = Try(changed, withIndex ? index : null);
            if (outcome.Error is not null)
            {
                Assert.True(
                    outcome.Error.Contains("block ", StringComparison.Ordinal),
                    $"byte {at}: '{outcome.Error}' names no block");
                errors++;
            }
            else if (outcome.Ids.Count < ids.Count)
            {
                Assert.Equal(ids.Take(outcome.Ids.Count), outcome.Ids);
                Assert.Contains(outcome.Notices, n => n.Contains("ends at block", StringComparison.Ordinal)
                    || n.Contains("no whole block", StringComparison.Ordinal));
                shorter++;
            }
            else
            {
                Assert.True(open[at], $"byte {at} was changed and the log accepted");
                accepted++;
            }
        }

        output.WriteLine(
            $"errors {errors}, shorter {shorter}, outside links and roots {accepted} of {open.Count(o => o)}");
        Assert.True(errors > 1_000);
    }

    [DataFact]
    public void EveryChangedIndexByteIsHarmlessOrNamed()
    {
        (byte[] log, byte[] index, List<Hash256> ids) = Load("leap-v2-prodsched");
        for (int at = 0; at < index.Length; at++)
        {
            byte[] changed = [.. index];
            changed[at] ^= 1;
            Outcome outcome = Try(log, changed);
            if (outcome.Error is not null)
            {
                Assert.Contains("index", outcome.Error, StringComparison.Ordinal);
            }
            else
            {
                Assert.Equal(ids, outcome.Ids);
            }
        }
    }

    [Fact]
    public void RandomBytesAreRefused()
    {
        const int Seed = 271828;
        output.WriteLine($"seed {Seed}");
        var random = new Random(Seed);
        for (int i = 0; i < 3_000; i++)
        {
            byte[] bytes = new byte[random.Next(2_000)];
            random.NextBytes(bytes);
            if (bytes.Length > 8)
            {
                // A version that is known, so that what follows is looked at.
                BitConverter.TryWriteBytes(bytes, random.Next(1, 4));
                BitConverter.TryWriteBytes(bytes.AsSpan(4), random.Next(0, 3));
            }

            Outcome outcome = Try(bytes, random.Next(2) == 0 ? bytes : null);
            Assert.True(outcome.Error is not null || outcome.Ids.Count == 0);
        }
    }

    [DataFact]
    public void RandomBytesBehindARealPreambleAreATornTail()
    {
        const int Seed = 314159;
        output.WriteLine($"seed {Seed}");
        var random = new Random(Seed);
        (byte[] log, byte[] index, List<Hash256> ids) = Load(Small);
        for (int i = 0; i < 1_000; i++)
        {
            int keep = random.Next(ids.Count + 1);
            byte[] tail = new byte[random.Next(1, 600)];
            random.NextBytes(tail);
            byte[] bytes = [.. log.AsSpan(0, keep == 0 ? 126 : (int)End(index, log.Length, keep - 1)), .. tail];
            Outcome outcome = Try(bytes, random.Next(2) == 0 ? index : null);
            Assert.Null(outcome.Error);
            Assert.Equal(ids.Take(keep), outcome.Ids);
            Assert.NotEmpty(outcome.Notices);
        }
    }

    private static Outcome Try(ReadOnlyMemory<byte> log, byte[]? index)
    {
        try
        {
            using BlockLog opened = BlockLog.Open(new MemoryBytes(log), index is null ? null : new MemoryBytes(index));
            BlockLogReport report = BlockLogCheck.Run(opened, RealLogs.Kernels);
            return report.Failure is not null
                ? new Outcome([], opened.Notices, report.Failure)
                : new Outcome([.. opened.Walk(1, opened.HeadNumber).Select(b => b.Id())], opened.Notices, null);
        }
        catch (BlockLogException e)
        {
            return new Outcome([], [], e.Message);
        }
    }

    private static (byte[] Log, byte[] Index, List<Hash256> Ids) Load(string name)
    {
        using BlockLog log = RealLogs.Open(name);
        return (
            File.ReadAllBytes(RealLogs.PathOf(name)),
            File.ReadAllBytes(RealLogs.PathOf(name, "blocks.index")),
            [.. log.Walk(1, log.HeadNumber).Select(block => block.Id())]);
    }

    /// <summary>File offset behind block i (from 0) and the offset that follows it.</summary>
    private static long End(byte[] index, long logLength, int i) =>
        8 * (i + 1) < index.Length ? BitConverter.ToInt64(index, 8 * (i + 1)) : logLength;

    /// <summary>Bytes that neither a link nor a root covers: the producer signatures, the head's header apart from its
    /// transaction root, block extensions.</summary>
    private static bool[] OutsideLinksAndRoots(byte[] log, byte[] index)
    {
        bool[] open = new bool[log.Length];
        int blocks = index.Length / 8;
        for (int i = 0; i < blocks; i++)
        {
            int start = (int)BitConverter.ToInt64(index, 8 * i);
            int end = (int)End(index, log.Length, i) - 8;
            var reader = new ByteReader(log.AsSpan(start, end - start));
            BlockHeader.Read(ref reader);
            int headerEnd = start + reader.Position;
            KeySignature.Read(ref reader);
            int signatureEnd = start + reader.Position;
            open.AsSpan(headerEnd, signatureEnd - headerEnd).Fill(true);
            if (i == blocks - 1)
            {
                open.AsSpan(start, headerEnd - start).Fill(true);
            }
        }

        return open;
    }

    private sealed record Outcome(List<Hash256> Ids, IReadOnlyList<string> Notices, string? Error);
}
