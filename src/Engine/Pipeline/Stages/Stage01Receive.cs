using Tactus.Engine.Primitives;
using Tactus.Engine.Time;

namespace Tactus.Engine.Pipeline.Stages;

/// <summary>Receive: bounds the frame and stamps its arrival.</summary>
internal sealed class Stage01Receive(PipelineOptions options, IClock clock)
{
    public Verdict Run(BlockWork block, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > options.BlockBytesMax)
        {
            return Verdict.Reject(
                RejectReason.TooLarge, $"block of {bytes.Length} bytes exceeds the limit of {options.BlockBytesMax} bytes");
        }

        block.Load(bytes);
        block.ArrivedUnixUs = clock.UnixUs;
        return Verdict.Ok;
    }
}
