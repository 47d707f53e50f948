using System.Numerics;

namespace Tactus.Engine.Protocols.VmDposw.Analysis;

/// <summary>The rank condition of section IV of the document, formulas (15) and (16), with Hash replaced by a
/// differentiable h: A = [[k h', 0], [1, 0]], B = [[h', 0], [0, -floor(S/M)]], controllable exactly when U = [B AB] has
/// rank 2.</summary>
/// <remarks>Columns 1 and 3 of U have the determinant h'^2, so the rank is 2 exactly when h' is not zero. The
/// document's reason ("all positive real numbers") is neither needed nor sufficient: a constant h has rank 1 at
/// positive values. SHA-256 has no derivative, so the claim says nothing of the real system.</remarks>
public static class Controllability
{
    /// <summary>U, two rows of four.</summary>
    /// <param name="slope">h' at the equilibrium.</param>
    /// <param name="delegates">k, terms of the sum.</param>
    /// <param name="signature">S at the equilibrium.</param>
    /// <param name="machines">M at the equilibrium.</param>
    public static BigInteger[][] Matrix(BigInteger slope, int delegates, BigInteger signature, BigInteger machines)
    {
        if (machines <= 0)
        {
            throw new ArgumentOutOfRangeException(nameof(machines), machines, "at least one delegate");
        }

        (BigInteger a11, BigInteger a21) = (delegates * slope, BigInteger.One);
        (BigInteger b11, BigInteger b22) = (slope, -BigInteger.Divide(signature, machines));

        // The second column of A is zero, so AB takes only the first row of B.
        return
        [
            [b11, 0, a11 * b11, 0],
            [0, b22, a21 * b11, 0],
        ];
    }

    /// <summary>Rank of a matrix of two rows.</summary>
    public static int RankOf(BigInteger[][] rows)
    {
        (BigInteger[] first, BigInteger[] second) = (rows[0], rows[1]);
        for (int i = 0; i < first.Length; i++)
        {
            for (int j = i + 1; j < first.Length; j++)
            {
                if (first[i] * second[j] != first[j] * second[i])
                {
                    return 2;
                }
            }
        }

        return first.Concat(second).All(x => x.IsZero) ? 0 : 1;
    }

    public static bool IsControllable(BigInteger slope, int delegates, BigInteger signature, BigInteger machines) =>
        RankOf(Matrix(slope, delegates, signature, machines)) == 2;
}
