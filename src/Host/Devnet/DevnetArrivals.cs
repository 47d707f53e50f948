using Tactus.Engine.Devnet;
using Tactus.Engine.Pipeline;
using Tactus.Engine.Production;
using Tactus.Engine.Protocols;
using Tactus.Engine.Signatures;
using Tactus.Kernels;

namespace Tactus.Host.Devnet;

/// <summary>How the load's transactions come in: as from clients, in packed form, through admission where the system
/// has one. Their signatures are then checked before they wait, in batches, and the block that carries them need not
/// check them again.</summary>
internal sealed class DevnetArrivals
{
    /// <summary>Signatures remembered: many blocks of what a devnet's load makes.</summary>
    private const int AdmittedMax = 1 << 18;

    private readonly IDevnet _devnet;
    private readonly Chain _chain;
    private readonly PendingTransactions _pending;
    private readonly PendingTransactions _arriving = new();
    private readonly TransactionAdmission? _admission;

    public DevnetArrivals(IDevnet devnet, Chain chain, KernelSet kernels, PendingTransactions pending)
    {
        _devnet = devnet;
        _chain = chain;
        _pending = pending;
        if (devnet.Protocol.CreateTransactionDecoder(kernels) is { } decoder)
        {
            Admitted = new AdmittedSignatures(AdmittedMax);
            _admission = new TransactionAdmission(
                decoder, new SignatureChecker(kernels, devnet.Protocol.SlowSignatures), pending, Admitted,
                chain.ExpectKeys);
        }
    }

    /// <summary>For the pipeline that validates the blocks; null where the system has no admission.</summary>
    public AdmittedSignatures? Admitted { get; }

    /// <summary>Transactions turned away for their signatures.</summary>
    public long RefusedCount => _admission?.RefusedCount ?? 0;

    /// <summary>Takes in the transactions for the block after the head.</summary>
    public void Fill()
    {
        if (_admission is null)
        {
            _devnet.Fill(_pending, _chain);
            return;
        }

        _devnet.Fill(_arriving, _chain);
        while (_arriving.TryTake(0, out PendingTransaction? transaction))
        {
            _admission.Offer(transaction!.Packed.Span);
            _arriving.Release(transaction);
        }

        _admission.Flush();
    }
}
