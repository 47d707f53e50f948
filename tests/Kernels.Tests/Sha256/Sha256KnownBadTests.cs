using System.Buffers.Binary;
using System.Numerics;
using Tactus.Kernels.Sha256;

namespace Tactus.Kernels.Tests.Sha256;

/// <summary>Entries with one fault each, of kinds that lane code makes: every check that could see the fault must see it.</summary>
public class Sha256KnownBadTests
{
    public enum Fault
    {
        None = 0,

        /// <summary>Lanes 3 and 5 of a full set change places.</summary>
        SwappedLanes = 1,

        /// <summary>The last addition of word 7 loses the carry out of its lower half.</summary>
        DroppedCarry = 2,

        /// <summary>The last message of an uneven batch is left out.</summary>
        ForgottenTail = 3,

        /// <summary>A message of 56 to 63 bytes over whole blocks is padded in one block.</summary>
        ShortPadding = 4,
    }

    [Fact]
    public void Faultless_entry_passes_every_check()
    {
        Assert.All(Results(Fault.None), Assert.Null);
    }

    [Theory]
    [InlineData(Fault.SwappedLanes)]
    [InlineData(Fault.DroppedCarry)]
    [InlineData(Fault.ForgottenTail)]
    [InlineData(Fault.ShortPadding)]
    public void Fault_is_found(Fault fault)
    {
        string?[] results = Results(fault);
        Assert.NotNull(results[0]);
        Assert.NotNull(results[1]);
        Assert.NotNull(results[2]);
        Assert.NotNull(results[3]);
        Assert.True(fault == Fault.ShortPadding || results[4] is not null, "pairs");
        Assert.NotNull(results[5]);
    }

    private static string?[] Results(Fault fault)
    {
        var kernel = new FaultySha256(fault);
        return
        [
            Sha256SelfTest.AgainstScalar(kernel),
            Sha256Checks.EverySize(kernel),
            Sha256Checks.EveryLength(kernel),
            Sha256Checks.Mixed(kernel, items: 2000, seed: 1),
            Sha256Checks.Pairs(kernel, items: 2000, seed: 1),
            Sha256Checks.MixedShort(kernel, items: 2000, seed: 1),
        ];
    }

    private sealed class FaultySha256(Fault fault) : ISha256Kernel
    {
        public string Name => "faulty";

        public string? WhyUnsupported => null;

        public int Lanes => 16;

        public int BatchMinDefault => 1;

        public string? SelfTest() => Sha256SelfTest.AgainstScalar(this);

        public void HashEqual(ReadOnlySpan<byte> messages, int messageBytes, Span<byte> digests)
        {
            int count = messageBytes == 0 ? digests.Length / 32 : messages.Length / messageBytes;
            var ranges = new MessageRange[count];
            for (int i = 0; i < count; i++)
            {
                ranges[i] = new MessageRange(i * messageBytes, messageBytes);
            }

            HashMixed(messages, ranges, digests);
        }

        public void HashPairs(ReadOnlySpan<byte> pairs, Span<byte> digests) => HashEqual(pairs, 64, digests);

        public void HashMixed(ReadOnlySpan<byte> data, ReadOnlySpan<MessageRange> ranges, Span<byte> digests)
        {
            byte[] results = new byte[ranges.Length * 32];
            int count = fault == Fault.ForgottenTail && ranges.Length % 2 != 0 ? ranges.Length - 1 : ranges.Length;
            for (int i = 0; i < count; i++)
            {
                int lane = i % 16;
                bool swap = fault == Fault.SwappedLanes && ranges.Length - i + lane >= 16 && lane is 3 or 5;
                int from = swap && fault == Fault.SwappedLanes ? i - lane + (8 - lane) : i;
                Hash(data.Slice(ranges[from].Offset, ranges[from].Length), results.AsSpan(i * 32, 32));
            }

            results.CopyTo(digests);
        }

        private void Hash(ReadOnlySpan<byte> message, Span<byte> digest)
        {
            int blocks = ((message.Length + 8) / 64) + 1;
            if (fault == Fault.ShortPadding && message.Length % 64 >= 56)
            {
                blocks--;
            }

            byte[] padded = new byte[Math.Max(blocks * 64, message.Length + 1)];
            message.CopyTo(padded);
            padded[message.Length] = 0x80;
            BinaryPrimitives.WriteUInt64BigEndian(padded.AsSpan((blocks * 64) - 8), (ulong)message.Length * 8);
            uint[] state = [.. Sha256Constants.InitialState];
            for (int at = 0; at < blocks * 64; at += 64)
            {
                Compress(state, padded.AsSpan(at, 64));
            }

            for (int i = 0; i < 8; i++)
            {
                BinaryPrimitives.WriteUInt32BigEndian(digest[(4 * i)..], state[i]);
            }
        }

        private void Compress(uint[] state, ReadOnlySpan<byte> block)
        {
            uint[] w = new uint[64];
            for (int t = 0; t < 16; t++)
            {
                w[t] = BinaryPrimitives.ReadUInt32BigEndian(block[(4 * t)..]);
            }

            Sha256Scalar.Expand(w);
            uint[] s = [.. state];
            for (int t = 0; t < 64; t++)
            {
                uint sum1 = BitOperations.RotateRight(s[4], 6) ^ BitOperations.RotateRight(s[4], 11) ^ BitOperations.RotateRight(s[4], 25);
                uint t1 = s[7] + sum1 + ((s[4] & s[5]) ^ (~s[4] & s[6])) + Sha256Constants.Rounds[t] + w[t];
                uint sum0 = BitOperations.RotateRight(s[0], 2) ^ BitOperations.RotateRight(s[0], 13) ^ BitOperations.RotateRight(s[0], 22);
                uint t2 = sum0 + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
                s = [t1 + t2, s[0], s[1], s[2], s[3] + t1, s[4], s[5], s[6]];
            }

            for (int i = 0; i < 8; i++)
            {
                bool drop = fault == Fault.DroppedCarry && i == 7;
                state[i] = drop
                    ? ((state[i] + s[i]) & 0xffff) | (((state[i] >> 16) + (s[i] >> 16)) << 16)
                    : state[i] + s[i];
            }
        }
    }
}
