using Tactus.Engine.Primitives;
using Tactus.Engine.Storage;

namespace Tactus.Engine.Tests.Storage;

public sealed class BlockLogTests
{
    [Fact]
    public void Crc_is_the_published_one()
    {
        // RFC 3720 appendix B.4: 32 bytes of zeros, of ones, and ascending; "123456789" is the catalogue's check value.
        Assert.Equal(0x8A9136AAu, Crc32C.Of(new byte[32]));
        Assert.Equal(0x62A8AB43u, Crc32C.Of(Enumerable.Repeat((byte)0xFF, 32).ToArray()));
        Assert.Equal(0x46DD794Eu, Crc32C.Of([.. Enumerable.Range(0, 32).Select(i => (byte)i)]));
        Assert.Equal(0xE3069283u, Crc32C.Of("6789"u8, Crc32C.Of("12345"u8)));
    }

    [Fact]
    public void Blocks_are_found_after_reopening_and_a_lower_number_replaces_all_above()
    {
        var disk = new SimulatedDisk();
        using (BlockLog log = BlockLog.Open(disk))
        {
            Assert.True(log.IsEmpty);
            for (ulong n = 5; n <= 12; n++)
            {
                log.Append(n, Id(n, 'a'), Bytes(n, 'a'));
            }

            log.SetIrreversible(7);
            log.Append(9, Id(9, 'b'), Bytes(9, 'b'));
            log.Append(10, Id(10, 'b'), new byte[100_000]);
            Assert.Throws<ArgumentException>(() => log.Append(12, Id(12, 'b'), []));
            Assert.Throws<ArgumentException>(() => log.Append(7, Id(7, 'b'), []));
        }

        for (int i = 0; i < 2; i++)
        {
            using BlockLog log = BlockLog.Open(disk);
            Assert.Empty(log.Notes);
            Assert.Equal((5UL, 10UL, Id(10, 'b')), (log.First, log.Head, log.HeadId));
            byte[] buffer = [];
            for (ulong n = 5; n <= 10; n++)
            {
                char branch = n >= 9 ? 'b' : 'a';
                Assert.True(log.TryRead(n, ref buffer, out int length, out Hash256 id));
                Assert.Equal(Id(n, branch), id);
                Assert.Equal(n == 10 ? new byte[100_000] : Bytes(n, branch), buffer[..length]);
            }

            Assert.False(log.TryRead(11, ref buffer, out _, out _));
            Assert.False(log.TryRead(4, ref buffer, out _, out _));
        }
    }

    [Fact]
    public void A_log_cut_at_any_byte_keeps_its_whole_records_and_says_what_it_cut()
    {
        var whole = new SimulatedDisk();
        var ends = new List<int>();
        using (BlockLog log = BlockLog.Open(whole))
        {
            ends.Add((int)log.LengthBytes);
            for (ulong n = 1; n <= 4; n++)
            {
                log.Append(n, Id(n, 'a'), Bytes(n, 'a'));
                ends.Add((int)log.LengthBytes);
            }
        }

        byte[] content = whole.Read("blocks.log");
        for (int cut = 0; cut <= content.Length; cut++)
        {
            var disk = new SimulatedDisk();
            disk.Replace("blocks.log", content.AsSpan(0, cut));
            using BlockLog log = BlockLog.Open(disk);
            int blocks = ends.Count(end => end <= cut) - 1;
            Assert.Equal(blocks <= 0, log.IsEmpty);
            Assert.Equal(blocks <= 0 ? 0 : (ulong)blocks, log.Head);
            Assert.Equal(cut == 0 || ends.Contains(cut), log.Notes.Count == 0);
            log.Append(log.IsEmpty ? 1 : log.Head + 1, Id(9, 'c'), [9]);
            Assert.Equal(Id(9, 'c'), log.HeadId);
        }
    }

    [Fact]
    public void A_flipped_byte_is_an_error_that_names_the_offset_or_a_cut_of_the_last_record_only()
    {
        var whole = new SimulatedDisk();
        var starts = new List<int>();
        using (BlockLog log = BlockLog.Open(whole))
        {
            for (ulong n = 1; n <= 4; n++)
            {
                starts.Add((int)log.LengthBytes);
                log.Append(n, Id(n, 'a'), Bytes(n, 'a'));
            }
        }

        byte[] content = whole.Read("blocks.log");
        for (int at = 0; at < content.Length; at++)
        {
            byte[] damaged = [.. content];
            damaged[at] ^= 0x40;
            var disk = new SimulatedDisk();
            disk.Replace("blocks.log", damaged);
            if (at >= starts[3])
            {
                using BlockLog log = BlockLog.Open(disk);
                Assert.Equal(3UL, log.Head);
                Assert.Contains(
                    $"torn record at byte {starts[3]} was cut", Assert.Single(log.Notes), StringComparison.Ordinal);
            }
            else
            {
                var e = Assert.Throws<StorageException>(() => BlockLog.Open(disk));
                string where = at < 16 ? "first 16 bytes" : $"byte {starts.FindLast(start => start <= at)} is damaged";
                Assert.Contains(where, e.Message, StringComparison.Ordinal);
                Assert.Equal(damaged, disk.Read("blocks.log"));
            }
        }
    }

    [Fact]
    public void A_missing_or_wrong_index_is_made_again()
    {
        var disk = new SimulatedDisk();
        using (BlockLog log = BlockLog.Open(disk))
        {
            for (ulong n = 1; n <= 20; n++)
            {
                log.Append(n, Id(n, 'a'), Bytes(n, 'a'));
                log.SetIrreversible(n - 1);
            }
        }

        byte[] index = disk.Read("blocks.index");
        Assert.Equal(19 * 20, index.Length);
        for (int cut = 0; cut < index.Length; cut++)
        {
            disk.Replace("blocks.index", index.AsSpan(0, cut));
            CheckAll(disk);
        }

        byte[] log0 = disk.Read("blocks.log");
        for (int at = 0; at < index.Length; at++)
        {
            byte[] damaged = [.. index];
            damaged[at] ^= 1;
            disk.Replace("blocks.index", damaged);

            CheckAll(disk);
        }

        // The index of another log.
        var other = new SimulatedDisk();
        using (BlockLog log = BlockLog.Open(other))
        {
            log.Append(3, Id(3, 'x'), new byte[500]);
            log.Append(4, Id(4, 'x'), []);
        }

        disk.Replace("blocks.log", other.Read("blocks.log"));
        disk.Replace("blocks.index", index);
        using (BlockLog log = BlockLog.Open(disk))
        {
            Assert.Equal(4UL, log.Head);
            Assert.Contains("index", Assert.Single(log.Notes), StringComparison.Ordinal);
        }

        Assert.NotEqual(log0, disk.Read("blocks.log"));

        static void CheckAll(SimulatedDisk disk)
        {
            using BlockLog log = BlockLog.Open(disk);
            Assert.Equal((1UL, 20UL), (log.First, log.Head));
            byte[] buffer = [];
            for (ulong n = 1; n <= 20; n++)
            {
                Assert.True(log.TryRead(n, ref buffer, out int length, out Hash256 id));
                Assert.Equal(Bytes(n, 'a'), buffer[..length]);
                Assert.Equal(Id(n, 'a'), id);
            }
        }
    }

    [Fact]
    public void Nothing_is_allocated_per_block_in_steady_state()
    {
        string folder = Directory.CreateTempSubdirectory("tactus-log").FullName;
        try
        {
            using BlockLog log = BlockLog.Open(new FileDisk(folder), new BlockLogOptions { FlushEveryBlocks = 0 });
            byte[] block = new byte[500];
            for (ulong n = 1; n <= 40; n++)
            {
                log.Append(n, Id(1, 'a'), block);
                log.SetIrreversible(n);
            }

            long start = GC.GetAllocatedBytesForCurrentThread();
            for (ulong n = 41; n <= 60; n++)
            {
                log.Append(n, default, block);
                log.SetIrreversible(n);
            }

            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - start);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Hash256 Id(ulong number, char branch)
    {
        byte[] id = new byte[32];
        id[0] = (byte)number;
        id[31] = (byte)branch;
        return new Hash256(id);
    }

    private static byte[] Bytes(ulong number, char branch)
    {
        byte[] bytes = new byte[10 + ((int)number * 7 % 30)];
        new Random((int)number + branch).NextBytes(bytes);
        return bytes;
    }
}
