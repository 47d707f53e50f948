using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols.Quorum.Coins;

/// <summary>Applies one transaction to the set of unspent outputs (skycoin src/coin/transactions.go and
/// src/visor/blockdb [C]): inputs exist and are older than the block, their owners signed, coins are conserved, hours
/// are not created, and the difference in hours is burned.</summary>
public static class TransactionRules
{
    /// <summary>Checks a transaction against the set, spends its inputs and adds its outputs.</summary>
    /// <param name="transaction">The transaction; its form, inner hash and signatures are checked.</param>
    /// <param name="place">Its block.</param>
    /// <param name="outputHashes">Id and snapshot hash of each output, 64 bytes each.</param>
    /// <param name="signers">Addresses that signed, one per input; empty where signatures are trusted.</param>
    /// <param name="unspent">The set.</param>
    /// <param name="fee">Hours burned.</param>
    public static Verdict Apply(
        CoinTransaction transaction,
        in BlockPlace place,
        ReadOnlySpan<byte> outputHashes,
        ReadOnlySpan<CoinAddress> signers,
        IUnspentOutputs unspent,
        out ulong fee)
    {
        fee = 0;
        Verdict verdict = Spend(transaction, place, signers, unspent, out UInt128 coinsIn, out UInt128 hoursIn);
        if (!verdict.Accepted)
        {
            return verdict;
        }

        verdict = Create(transaction, place, outputHashes, unspent, out ulong coinsOut, out ulong hoursOut);
        if (!verdict.Accepted)
        {
            return verdict;
        }

        if (coinsIn != coinsOut)
        {
            return Verdict.Reject(RejectReason.ActionFailed, $"{coinsIn} droplets come in, {coinsOut} go out");
        }

        if (hoursIn > ulong.MaxValue || hoursIn < hoursOut)
        {
            return Verdict.Reject(RejectReason.ActionFailed, $"{hoursIn} coin hours come in, {hoursOut} go out");
        }

        fee = (ulong)hoursIn - hoursOut;
        return Verdict.Ok;
    }

    private static Verdict Spend(
        CoinTransaction transaction,
        in BlockPlace place,
        ReadOnlySpan<CoinAddress> signers,
        IUnspentOutputs unspent,
        out UInt128 coins,
        out UInt128 hours)
    {
        coins = 0;
        hours = 0;
        for (int i = 0; i < transaction.InputCount; i++)
        {
            // A second use of the same output, in this transaction or an earlier one of the block, finds it gone.
            Hash256 id = transaction.Input(i);
            if (!unspent.TryGet(id, out UnspentOutput input) || input.Seq >= place.Seq)
            {
                return Verdict.Reject(
                    RejectReason.ActionFailed,
                    $"input {i} {id.ToShortString()} is not an unspent output of an earlier block", i);
            }

            if (!signers.IsEmpty && signers[i] != input.Address)
            {
                return Verdict.Reject(
                    RejectReason.Unauthorized, $"input {i} {id.ToShortString()} is not signed by its owner", i);
            }

            if (!CoinHours.TryAt(input.Coins, input.Hours, input.TimeSec, place.ParentTimeSec, out ulong earned))
            {
                return Verdict.Reject(RejectReason.ActionFailed, $"the coin hours of input {i} exceed 64 bits", i);
            }

            coins += input.Coins;
            hours += earned;
            unspent.Spend(input, place.Seq);
        }

        return Verdict.Ok;
    }

    private static Verdict Create(
        CoinTransaction transaction,
        in BlockPlace place,
        ReadOnlySpan<byte> outputHashes,
        IUnspentOutputs unspent,
        out ulong coins,
        out ulong hours)
    {
        coins = 0;
        hours = 0;
        for (int i = 0; i < transaction.OutputCount; i++)
        {
            ReadOnlySpan<byte> hashes = outputHashes.Slice(i * 64, 64);
            var output = UnspentOutput.Of(hashes, hashes[32..], transaction.Output(i), place.TimeSec, place.Seq);
            if (!unspent.TryAdd(output))
            {
                return Verdict.Reject(
                    RejectReason.ActionFailed, $"output {i} {output.Id.ToShortString()} exists already", i);
            }

            // The sums fit: CheckForm added them up.
            coins += output.Coins;
            hours += output.Hours;
        }

        return Verdict.Ok;
    }
}

/// <summary>The block that a transaction is in.</summary>
/// <param name="Seq">Its number.</param>
/// <param name="TimeSec">Its time, from which outputs earn hours.</param>
/// <param name="ParentTimeSec">Its parent's time, up to which inputs have earned hours.</param>
public readonly record struct BlockPlace(ulong Seq, ulong TimeSec, ulong ParentTimeSec);
