namespace Tactus.Engine.Protocols.Antelope.Execution;

/// <summary>Processor time that a producer bills, in microseconds: a model, not a clock, so that a chain made from a
/// seed is the same on every machine. A validator takes the receipt's figure and only checks its limits.</summary>
/// <param name="PerTransactionUs">Decoding, dedupe, receipts.</param>
/// <param name="PerActionUs">Each action executed, inline ones too.</param>
/// <param name="PerSignatureUs">Each signature.</param>
public sealed record CpuCosts(uint PerTransactionUs = 20, uint PerActionUs = 60, uint PerSignatureUs = 20)
{
    /// <summary>The model's figure, at least the chain's minimum.</summary>
    public uint Of(int actions, int signatures, uint minUs)
    {
        long us = PerTransactionUs + ((long)PerActionUs * actions) + ((long)PerSignatureUs * signatures);
        return (uint)Math.Clamp(us, minUs, uint.MaxValue);
    }
}
