namespace Tactus.Engine.Protocols.Gasper.Transition;

/// <summary>Integer functions of the specification.</summary>
internal static class IntegerMath
{
    /// <summary>Largest x with x * x at most n.</summary>
    public static ulong SquareRoot(ulong n)
    {
        // The double is within 2^11 of the root's true value only for its low bits; two integer corrections make it
        // exact, so the result does not depend on how a machine rounds.
        ulong x = (ulong)Math.Sqrt(n);
        x = Math.Min(x, uint.MaxValue);
        while (x * x > n)
        {
            x--;
        }

        while (x < uint.MaxValue && (x + 1) * (x + 1) <= n)
        {
            x++;
        }

        return x;
    }
}
