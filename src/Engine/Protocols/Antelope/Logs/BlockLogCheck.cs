using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Engine.Protocols.Antelope.Wire;
using Tactus.Kernels;

namespace Tactus.Engine.Protocols.Antelope.Logs;

/// <summary>What can be said of a log without consensus state and without execution.</summary>
/// <param name="Blocks">Blocks that are whole, linked, and match their transaction root.</param>
/// <param name="Transactions">Receipts in them.</param>
/// <param name="HeadId">Id of the last of them; zero where there is none.</param>
/// <param name="Failure">Why checking stopped before the end, naming the block, or null.</param>
public sealed record BlockLogReport(long Blocks, long Transactions, Hash256 HeadId, string? Failure);

/// <summary>Walks a log forward and checks decoding, numbers, links, the genesis block, and transaction roots.
/// Signatures need the consensus state; they are not checked here.</summary>
public static class BlockLogCheck
{
    public static BlockLogReport Run(BlockLog log, KernelSet kernels)
    {
        var report = new BlockLogReport(0, 0, Hash256.Zero, null);
        try
        {
            for (long i = 0; i < log.Count; i++)
            {
                uint number = (uint)(log.FirstNumber + i);
                SignedBlock block = log.ReadBlock(number);
                Hash256 id = block.Id();
                if (Problem(log, kernels, block, id, report.HeadId) is { } problem)
                {
                    return report with
                    {
                        Failure = $"block {number} at byte {log.OffsetOf(number)} of the log: {problem}",
                    };
                }

                report = new BlockLogReport(
                    report.Blocks + 1, report.Transactions + block.Transactions.Count, id, null);
            }
        }
        catch (BlockLogException e)
        {
            report = report with { Failure = e.Message };
        }

        return report;
    }

    private static string? Problem(
        BlockLog log, KernelSet kernels, SignedBlock block, in Hash256 id, in Hash256 parentId)
    {
        bool first = block.Number == log.FirstNumber;
        if (!first && block.Header.Previous != parentId)
        {
            return $"follows {block.Header.Previous}, but block {block.Number - 1} is {parentId}";
        }

        if (first && block.Number == 1 && log.Preamble.Genesis is { } genesis && id != genesis.GenesisBlock().Id())
        {
            return $"is {id}, but the genesis state gives {genesis.GenesisBlock().Id()}";
        }

        Hash256 root = TransactionRoot.Of(kernels, block);
        return root == block.Header.TransactionRoot
            ? null
            : $"its transactions have the root {root}, its header says {block.Header.TransactionRoot}";
    }
}
