using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols.Gasper;

/// <summary>Carries a rejection out of the rules to the caller that holds the unchanged state. Never leaves this
/// protocol.</summary>
internal sealed class GasperException(RejectReason reason, string detail, long index = -1)
    : Exception($"{reason}: {detail}")
{
    public Verdict Verdict { get; } = Verdict.Reject(reason, detail, index);

    /// <summary>Runs rules that throw; what they refuse, malformed bytes and 64-bit overflows become
    /// verdicts.</summary>
    /// <remarks>The specification makes an overflow of uint64 an invalid transition (beacon-chain.md,
    /// "Math").</remarks>
    public static Verdict Guard(Action rules)
    {
        try
        {
            rules();
            return Verdict.Ok;
        }
        catch (GasperException e)
        {
            return e.Verdict;
        }
        catch (Ssz.SszException e)
        {
            return Verdict.Reject(RejectReason.Malformed, e.Message, e.Offset);
        }
        catch (OverflowException)
        {
            return Verdict.Reject(RejectReason.ActionFailed, "a number leaves the 64-bit range");
        }
    }
}
