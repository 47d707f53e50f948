using System.Buffers.Binary;
using Tactus.Kernels.Gpu;
using Tactus.Kernels.Gpu.Device;
using Tactus.TestSupport;

namespace Tactus.Kernels.Tests.Gpu;

/// <summary>Wrong answers whose tags fit, so that only what they say can give them away.</summary>
internal static class DeviceFalsifier
{
    /// <summary>Bends the answers, as <see cref="FaultyDevice"/> asks.</summary>
    public static void Falsify(DeviceFault fault, IGpuLane lane, int count, uint nonce)
    {
        switch (fault)
        {
            case DeviceFault.ClearedSums:
                lane.BatchSums.Clear();
                return;
            case DeviceFault.StaleSums:
                // what another batch would leave: the same points under other weights
                lane.BatchSecret[0] ^= 1;
                return;
        }

        for (int i = 0; i < count; i++)
        {
            uint verdict = lane.Answers[i] & 0xFF;
            switch (fault)
            {
                case DeviceFault.AcceptsAll:
                    verdict = 1;
                    break;
                case DeviceFault.RefusesAll:
                    verdict = 5;
                    break;
                case DeviceFault.WrongKeys:
                    lane.Keys[(64 * i) + 63] ^= 1;
                    break;
                case DeviceFault.OneAnswerOverwritten when i == count / 2:
                    lane.Answers[i] = 0x01010101;
                    continue;
            }

            lane.Answers[i] = AnswerTag.Of(
                nonce, Low(lane.Digests, 32 * i), Low(lane.Signatures, (64 * i) + 32),
                Low(lane.Keys, 64 * i) ^ High(lane.Keys, 64 * i), verdict);
        }
    }

    private static uint Low(ReadOnlySpan<byte> bytes, int at) => High(bytes, at + 28);

    private static uint High(ReadOnlySpan<byte> bytes, int at) =>
        BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]);
}
