using System.Buffers;
using Tactus.Engine.Pipeline;
using Tactus.Kernels;
using Tactus.Kernels.Secp256k1;

namespace Tactus.Engine.Signatures;

/// <summary>Decides for a run of signatures which key made each: exact recovery in batches, the slow path for other curves.</summary>
public sealed class SignatureChecker
{
    private readonly KernelSet _kernels;
    private readonly ISlowSignatures? _slow;

    public SignatureChecker(KernelSet kernels, ISlowSignatures? slow = null)
    {
        _kernels = kernels;
        _slow = slow;
    }

    /// <summary>Checks signatures [first, first + count) of a block. Safe to call for different ranges at once.</summary>
    public void Check(BlockWork block, int first, int count)
    {
        SignatureLanes lanes = block.Signatures;
        int end = first + count;
        int start = first;
        while (start < end)
        {
            // Runs of plain signatures whose verdict is still open go to the kernel together.
            int stop = start;
            while (stop < end && lanes.Types[stop] == 0 && lanes.Verdicts[stop] == SignatureVerdict.Unknown)
            {
                stop++;
            }

            if (stop > start)
            {
                Recover(lanes, start, stop - start);
                start = stop;
                continue;
            }

            if (lanes.Types[start] != 0 && lanes.Verdicts[start] == SignatureVerdict.Unknown)
            {
                if (_slow is null)
                {
                    lanes.Verdicts[start] = SignatureVerdict.BadKey;
                }
                else
                {
                    _slow.Check(block, start);
                }
            }

            start++;
        }
    }

    private void Recover(SignatureLanes lanes, int first, int count)
    {
        byte[] keys = ArrayPool<byte>.Shared.Rent(count * 64);
        try
        {
            _kernels.Secp256k1.For(count).Recover(
                lanes.Digests.AsSpan(first * 32, count * 32),
                lanes.Signatures.AsSpan(first * 64, count * 64),
                lanes.RecoveryIds.AsSpan(first, count),
                keys.AsSpan(0, count * 64),
                lanes.Verdicts.AsSpan(first, count));
            for (int i = 0; i < count; i++)
            {
                WriteTag(keys.AsSpan(i * 64, 64), lanes.KeyTagOf(first + i));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(keys);
        }
    }

    /// <summary>x|y to [0 | 02 or 03 | x].</summary>
    private static void WriteTag(ReadOnlySpan<byte> key, Span<byte> tag)
    {
        tag[0] = 0;
        tag[1] = (byte)(2 | (key[63] & 1));
        key[..32].CopyTo(tag[2..]);
    }
}
