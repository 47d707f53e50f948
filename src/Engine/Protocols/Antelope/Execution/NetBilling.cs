using Tactus.Engine.Protocols.Antelope.Types;

namespace Tactus.Engine.Protocols.Antelope.Execution;

/// <summary>NET that a transaction is billed (leap v5.0.3 transaction_context.cpp, init_for_input_trx).</summary>
public static class NetBilling
{
    /// <summary>Fixed bytes of a packed transaction: four vectors' and the receipt's worth (config.hpp
    /// fixed_net_overhead_of_packed_trx).</summary>
    public const uint FixedBytes = 16;

    /// <summary>Bytes that storing a delayed transaction costs: 12 for its status and 32 for its id.</summary>
    public const uint DelayedBytes = 44;

    public const int WordBytes = 8;

    /// <summary>Words of 8 bytes.</summary>
    /// <param name="packedBytes">Length of packed_trx as received.</param>
    /// <param name="prunableBytes">Length of the packed signature vector plus packed_context_free_data.</param>
    /// <param name="isDelayed">Whether delay_sec is not zero.</param>
    /// <param name="config">Base, and the discount on prunable bytes.</param>
    public static ulong WordsOf(int packedBytes, int prunableBytes, bool isDelayed, ChainConfig config)
    {
        ulong prunable = (ulong)prunableBytes;
        uint num = config.ContextFreeDiscountNetUsageNum;
        uint den = config.ContextFreeDiscountNetUsageDen;
        if (den > 0 && num < den)
        {
            prunable = ((prunable * num) + den - 1) / den;
        }

        ulong bytes = config.BasePerTransactionNetUsage + FixedBytes + (ulong)packedBytes + prunable
            + (isDelayed ? DelayedBytes : 0);
        return (bytes + WordBytes - 1) / WordBytes;
    }
}
