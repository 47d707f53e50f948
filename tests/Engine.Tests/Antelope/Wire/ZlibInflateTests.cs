using System.IO.Compression;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Engine.Protocols.Antelope.Wire;
using Xunit.Abstractions;

namespace Tactus.Engine.Tests.Antelope.Wire;

public class ZlibInflateTests(ITestOutputHelper output)
{
    public static TheoryData<CompressionLevel> Levels =>
        [CompressionLevel.NoCompression, CompressionLevel.Fastest, CompressionLevel.Optimal, CompressionLevel.SmallestSize];

    [Theory]
    [MemberData(nameof(Levels))]
    public void InflatesWhatZlibDeflates(CompressionLevel level)
    {
        var random = new Random(1951);
        for (int i = 0; i < 60; i++)
        {
            byte[] plain = Plain(random, 1 + random.Next(i * 400));
            var stream = new MemoryStream();
            using (var zlib = new ZLibStream(stream, level, leaveOpen: true))
            {
                zlib.Write(plain);
            }

            byte[] packed = stream.ToArray();
            var result = Inflate(packed, out byte[] actual);
            Assert.Null(result.Error);
            Assert.Equal(plain, actual);
            Assert.Equal(packed.Length, result.Consumed);

            // Bytes behind the stream are ignored.
            Assert.Null(Inflate([.. packed, 1, 2, 3], out actual).Error);
            Assert.Equal(plain, actual);
        }
    }

    [Fact]
    public void AgreesWithZlibOnChangedStreams()
    {
        const int Seed = 1950;
        output.WriteLine($"seed {Seed}");
        var random = new Random(Seed);
        int good = 0;
        int bad = 0;
        for (int i = 0; i < 30_000; i++)
        {
            byte[] packed = SampleBlocks.Compress(Plain(random, random.Next(1, 120)));
            packed[random.Next(packed.Length)] = (byte)random.Next(256);
            if (random.Next(4) == 0)
            {
                // The checksum hides most accepted streams; put the right one behind what zlib would inflate.
                packed = WithChecksumOfPrefix(packed);
            }

            byte[]? expected = ByLibraryWhole(packed);
            var result = Inflate(packed, out byte[] actual);
            Assert.True(
                (result.Error is null) == (expected is not null), $"{Convert.ToHexString(packed)}: {result.Error}");
            if (expected is null)
            {
                bad++;
            }
            else
            {
                Assert.Equal(expected, actual);
                good++;
            }
        }

        output.WriteLine($"good {good}, bad {bad}");
        Assert.True(good > 100 && bad > 100);
    }

    [Fact]
    public void EveryTruncationIsAnError()
    {
        byte[] packed = SampleBlocks.Compress(Plain(new Random(3), 600));
        for (int length = 0; length < packed.Length; length++)
        {
            Assert.NotNull(Inflate(packed.AsSpan(0, length), out _).Error);
        }
    }

    [Fact]
    public void AZipBombIsRefusedAtTheLimit()
    {
        byte[] atLimit = SampleBlocks.Compress(new byte[WireLimits.InflatedBytesMax]);
        byte[] over = SampleBlocks.Compress(new byte[WireLimits.InflatedBytesMax + 1]);
        Assert.True(over.Length < 2_000);
        Assert.Null(Inflate(atLimit, out _).Error);
        var result = Inflate(over, out byte[] written);
        Assert.True(result.TooLarge);
        Assert.True(written.Length <= WireLimits.InflatedBytesMax);

        var packed = new PackedTransaction([], TransactionCompression.Zlib, [], over);
        Assert.Null(packed.TryUnpack(out Verdict verdict));
        Assert.Equal(RejectReason.LimitExceeded, verdict.Reason);
        Assert.Contains("1048576", verdict.Detail, StringComparison.Ordinal);
    }

    private static InflateResult Inflate(ReadOnlySpan<byte> packed, out byte[] plain)
    {
        var writer = new ByteWriter();
        InflateResult result = ZlibInflate.Run(packed, writer, WireLimits.InflatedBytesMax);
        plain = writer.ToArray();
        return result;
    }

    /// <summary>What the library inflates, or null; its stream takes a cut one for whole, which zlib and nodeos do not.
    /// A whole stream does not care what follows it.</summary>
    private static byte[]? ByLibraryWhole(byte[] packed)
    {
        byte[]? plain = ByLibrary(packed);
        byte[]? zeros = ByLibrary([.. packed, .. new byte[64]]);
        byte[]? ones = ByLibrary([.. packed, .. Enumerable.Repeat((byte)0xff, 64)]);
        return plain is not null && zeros is not null && ones is not null
            && plain.AsSpan().SequenceEqual(zeros) && plain.AsSpan().SequenceEqual(ones)
            ? plain
            : null;
    }

    private static byte[]? ByLibrary(byte[] packed)
    {
        try
        {
            using var zlib = new ZLibStream(new MemoryStream(packed), CompressionMode.Decompress);
            var plain = new MemoryStream();
            zlib.CopyTo(plain);
            return plain.ToArray();
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            return null;
        }
    }

    private static byte[] WithChecksumOfPrefix(byte[] packed)
    {
        // Our own inflation says where the stream ends; a wrong answer there only leaves the checksum wrong.
        var writer = new ByteWriter();
        InflateResult result = ZlibInflate.Run(packed, writer, WireLimits.InflatedBytesMax);
        if (result.Error is null || !result.Error.Contains("checksum", StringComparison.Ordinal))
        {
            return packed;
        }

        uint a = 1;
        uint b = 0;
        foreach (byte value in writer.Written)
        {
            a = (a + value) % 65521;
            b = (b + a) % 65521;
        }

        byte[] fixedUp = packed[..result.Consumed];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(fixedUp.AsSpan(result.Consumed - 4), (b << 16) | a);
        return fixedUp;
    }

    /// <summary>Bytes with repeats, so that every part of the format is used.</summary>
    private static byte[] Plain(Random random, int length)
    {
        byte[] bytes = new byte[length];
        int alphabet = random.Next(1, 256);
        for (int i = 0; i < length; i++)
        {
            bytes[i] = i > 8 && random.Next(3) > 0 ? bytes[i - random.Next(1, 9)] : (byte)random.Next(alphabet);
        }

        return bytes;
    }
}
