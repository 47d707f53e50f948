using System.Security.Cryptography;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Quorum.Ballots;
using Tactus.Engine.Protocols.Quorum.Coins;
using Tactus.Kernels;

namespace Tactus.Engine.Protocols.Quorum.Rounds;

/// <summary>A transaction that waits for a proposal: its form and its signatures were checked when it came, because one
/// bad signature in a proposal makes the whole of it invalid.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Bytes">Serialized.</param>
/// <param name="Signers">Who signed each input; whether they own it is for the ledger to say.</param>
public sealed record SubmittedTransaction(Hash256 Id, byte[] Bytes, CoinAddress[] Signers)
{
    /// <summary>Checks a transaction as far as that is possible without the ledger.</summary>
    public static Verdict Check(KernelSet kernels, ReadOnlySpan<byte> bytes, out SubmittedTransaction? submitted)
    {
        submitted = null;
        var reader = new ByteReader(bytes);
        CoinTransaction transaction = CoinTransaction.Read(ref reader);
        if (reader.Failed)
        {
            return Verdict.Malformed(in reader);
        }

        Verdict verdict = reader.Remaining > 0
            ? Verdict.Reject(RejectReason.TrailingBytes, $"{reader.Remaining} bytes too many", reader.Position)
            : transaction.CheckForm();
        if (!verdict.Accepted)
        {
            return verdict;
        }

        Hash256 inner = new(SHA256.HashData(bytes[transaction.InnerOffset..]));
        if (inner != transaction.InnerHash)
        {
            return Verdict.Reject(RejectReason.WrongRoot, "the inner hash is not that of the inputs and outputs");
        }

        byte[] digests = new byte[transaction.InputCount * Hash256.Size];
        Span<byte> message = stackalloc byte[2 * Hash256.Size];
        inner.CopyTo(message);
        for (int i = 0; i < transaction.InputCount; i++)
        {
            transaction.Input(i).CopyTo(message[Hash256.Size..]);
            SHA256.HashData(message, digests.AsSpan(i * Hash256.Size));
        }

        var signers = new MemberKey[transaction.InputCount];
        int bad = MemberSignatures.Recover(kernels, digests, transaction.Signatures, signers);
        if (bad >= 0)
        {
            return Verdict.Reject(RejectReason.BadSignature, $"signature {bad} is not valid", bad);
        }

        submitted = new SubmittedTransaction(transaction.Id(), bytes.ToArray(), [.. signers.Select(AddressOf)]);
        return Verdict.Ok;
    }

    private static CoinAddress AddressOf(MemberKey key)
    {
        Span<byte> bytes = stackalloc byte[MemberKey.Size];
        key.CopyTo(bytes);
        return CoinAddress.OfKey(bytes);
    }
}
