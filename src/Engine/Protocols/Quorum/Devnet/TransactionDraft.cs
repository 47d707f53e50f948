using System.Security.Cryptography;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Quorum.Coins;
using Tactus.Kernels.Secp256k1;

namespace Tactus.Engine.Protocols.Quorum.Devnet;

/// <summary>Writes and signs a transaction.</summary>
public sealed class TransactionDraft
{
    private readonly List<Hash256> _inputs = [];
    private readonly ByteWriter _outputs = new();
    private int _outputCount;

    /// <summary>Moves one output whole and burns the least fee that nodes relay.</summary>
    /// <param name="output">The output.</param>
    /// <param name="to">Who gets it.</param>
    /// <param name="headSec">Time of the block before the one that spends it.</param>
    /// <param name="burnFactor">Divisor of the least fee.</param>
    /// <param name="secret">The owner's.</param>
    /// <param name="packed">The serialized transaction.</param>
    /// <returns>False where there are no hours to burn.</returns>
    public static bool TryMove(
        in UnspentOutput output, in CoinAddress to, ulong headSec, ulong burnFactor, byte[] secret, out byte[] packed)
    {
        packed = [];
        if (!CoinHours.TryAt(output.Coins, output.Hours, output.TimeSec, headSec, out ulong hours) || hours == 0)
        {
            return false;
        }

        packed = new TransactionDraft()
            .Spend(output.Id)
            .Pay(to, output.Coins, hours - CoinHours.FeeMin(hours, burnFactor))
            .Sign(secret);
        return true;
    }

    public TransactionDraft Spend(in Hash256 outputId)
    {
        _inputs.Add(outputId);
        return this;
    }

    /// <summary>Adds an output.</summary>
    /// <param name="address">Who gets it.</param>
    /// <param name="coins">Droplets.</param>
    /// <param name="hours">Coin hours.</param>
    public TransactionDraft Pay(in CoinAddress address, ulong coins, ulong hours)
    {
        address.CopyTo(_outputs.Reserve(CoinAddress.Size));
        _outputs.WriteUInt64(coins);
        _outputs.WriteUInt64(hours);
        _outputCount++;
        return this;
    }

    /// <summary>Signs input i with secret i.</summary>
    /// <returns>The serialized transaction.</returns>
    public byte[] Sign(params byte[][] secrets)
    {
        var inner = new ByteWriter();
        inner.WriteUInt32((uint)_inputs.Count);
        foreach (Hash256 input in _inputs)
        {
            inner.WriteHash256(input);
        }

        inner.WriteUInt32((uint)_outputCount);
        inner.WriteSpan(_outputs.Written);
        byte[] innerHash = SHA256.HashData(inner.Written);

        int length = CoinTransaction.HeadSize + 4 + (_inputs.Count * CoinTransaction.SignatureSize) + inner.Length;
        var writer = new ByteWriter(length);
        writer.WriteUInt32((uint)length);
        writer.WriteByte(0);
        writer.WriteSpan(innerHash);
        writer.WriteUInt32((uint)_inputs.Count);
        Span<byte> message = stackalloc byte[64];
        Span<byte> digest = stackalloc byte[32];
        innerHash.CopyTo(message);
        for (int i = 0; i < _inputs.Count; i++)
        {
            _inputs[i].CopyTo(message[32..]);
            SHA256.HashData(message, digest);
            Span<byte> signature = writer.Reserve(CoinTransaction.SignatureSize);
            signature[64] = Secp256k1Signer.Sign(digest, secrets[i], SignatureForm.LowS, signature);
        }

        writer.WriteSpan(inner.Written);
        return writer.ToArray();
    }
}
