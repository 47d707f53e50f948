// An answer is the verdict in bits 0..7 and a tag in bits 8..31. The tag mixes the batch's nonce with words of the
// item's digest, of its s and of its key, and with the verdict, so memory that was not written, was written for another
// batch or item, or was cleared or overwritten with a pattern does not pass for an answer but with a chance of 2^-24
// for each item.
namespace Tactus.Kernels.Gpu.Device;

/// <summary>Ties a verdict to its item and batch, so that the host can tell an answer from whatever else lay
/// there.</summary>
internal static class AnswerTag
{
    /// <summary>The answer's word.</summary>
    /// <param name="nonce">Of the batch; different for each.</param>
    /// <param name="digest">As the number that its bytes are.</param>
    /// <param name="s">Likewise.</param>
    /// <param name="keyX">The key's x as it was given or is answered; zero where there is none.</param>
    /// <param name="verdict">A value of SignatureVerdict.</param>
    public static uint Of(uint nonce, U256 digest, U256 s, U256 keyX, uint verdict) =>
        Of(nonce, digest.W0, s.W0, keyX.W0 ^ keyX.W7, verdict);

    /// <summary>The same from the words that take part.</summary>
    public static uint Of(uint nonce, uint digest, uint s, uint keyX, uint verdict)
    {
        uint mix = Round(nonce ^ digest);
        mix = Round(mix ^ s);
        mix = Round(mix ^ keyX);
        mix = Round(mix ^ verdict);
        return (mix & 0xFFFFFF00) | (verdict & 0xFF);
    }

    // The finaliser of MurmurHash3 (Appleby, 2011): each bit of the input moves about half of the output's.
    private static uint Round(uint a)
    {
        a = (a ^ (a >> 16)) * 0x85EBCA6B;
        a = (a ^ (a >> 13)) * 0xC2B2AE35;
        return a ^ (a >> 16);
    }
}
