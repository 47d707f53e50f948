using Tactus.Kernels.Secp256k1;

namespace Tactus.Kernels.Tests.Secp256k1;

/// <summary>
/// Points, multiplication, verification and recovery over whole groups of 7, 13 and 199 points, where every special
/// case of the formulas (equal, opposite, infinity) comes up all the time. Source of the idea: libsecp256k1
/// src/tests_exhaustive.c.
/// </summary>
public sealed class SmallGroupTests
{
    [Fact]
    public void Group_of_7() => new Group<Curve7>().CheckAll(step: 1);

    [Fact]
    public void Group_of_13() => new Group<Curve13>().CheckAll(step: 1);

    [Fact]
    public void Group_of_199() => new Group<Curve199>().CheckAll(step: 29);

    private sealed class Group<TCurve>
        where TCurve : struct, ISmallCurve
    {
        private static readonly int N = TCurve.Order;

        // multiple i of the generator
        private readonly AffinePoint[] _multiples = Multiples();
        private readonly int[] _x;

        public Group()
        {
            _x = [.. _multiples.Select(Residue)];
        }

        public void CheckAll(int step)
        {
            CheckPoints();
            CheckCombine(step);
            CheckVerify(step);
            CheckRecover(step);
        }

        private void CheckPoints()
        {
            Assert.True(Same(_multiples[TCurve.Lambda], _multiples[1].TimesLambda()));
            for (int i = 0; i < N; i++)
            {
                JacobianPoint p = Rescale(_multiples[i], i + 2);
                Assert.True(i == 0 || _multiples[i].IsOnCurve(SmallScalar<TCurve>.CurveB));
                Assert.True(Same(_multiples[2 * i % N], p.Double().ToAffine()), $"2*{i}");
                Assert.True(Same(_multiples[(N - i) % N], p.Negate().ToAffine()), $"-{i}");
                Assert.True(Same(_multiples[TCurve.Lambda * i % N], p.TimesLambda().ToAffine()), $"lambda*{i}");
                for (int j = 0; j < N; j++)
                {
                    AffinePoint sum = _multiples[(i + j) % N];
                    Assert.True(Same(sum, p.Add(_multiples[j]).ToAffine()), $"{i}+{j}, affine");
                    Assert.True(Same(sum, p.Add(Rescale(_multiples[j], j + 5)).ToAffine()), $"{i}+{j}");
                    Assert.True(Same(sum, p.Add(Rescale(_multiples[j], i + 2)).ToAffine()), $"{i}+{j}, equal Z");
                }
            }

            JacobianPoint[] all = [.. _multiples.Select((point, i) => Rescale(point, i + 3))];
            AffinePoint[] affine = JacobianPoint.ToAffine(all);
            Assert.All(Enumerable.Range(0, N), i => Assert.True(Same(_multiples[i], affine[i])));
        }

        private void CheckCombine(int step)
        {
            for (int p = 0; p < N; p += step > 1 ? 66 : 1)
            {
                for (int a = 0; a < N; a += step > 1 ? 7 : 1)
                {
                    for (int b = 0; b < N; b++)
                    {
                        JacobianPoint sum = StraussScalar<SmallScalar<TCurve>>.Combine(_multiples[p], new(a), new(b));
                        Assert.True(Same(_multiples[((p * a) + b) % N], sum.ToAffine()), $"{a}*({p}G) + {b}G");
                    }
                }
            }
        }

        private void CheckVerify(int step)
        {
            int valid = 0;
            for (int d = 1; d < N; d += step)
            {
                for (int s = 1; s < N; s += step)
                {
                    for (int r = 1; r < N; r += step > 1 ? 5 : 1)
                    {
                        for (int z = 0; z < N; z += step)
                        {
                            int w = new SmallScalar<TCurve>(s).InverseVar().Value;
                            int k = ((z * w) + (r * w % N * d)) % N;
                            SignatureVerdict expected =
                                k != 0 && _x[k] == r ? SignatureVerdict.Valid : SignatureVerdict.Mismatch;
                            SignatureVerdict verdict = EcdsaScalar<SmallScalar<TCurve>>.Verify(
                                new(z), new(r), new(s), _multiples[d]);
                            Assert.True(expected == verdict, $"z {z}, r {r}, s {s}, d {d}: {verdict}");
                            valid += verdict == SignatureVerdict.Valid ? 1 : 0;
                        }
                    }
                }
            }

            Assert.NotEqual(0, valid);
        }

        private void CheckRecover(int step)
        {
            int infinite = 0;
            for (int k = 1; k < N; k++)
            {
                int r = _x[k];
                for (int s = 1; s < N && r != 0; s += step)
                {
                    for (int z = 0; z < N; z += step == 1 ? 1 : 23)
                    {
                        int w = new SmallScalar<TCurve>(r).InverseVar().Value;
                        int d = ((((s * k) - z) % N) + N) % N * w % N;
                        SignatureVerdict verdict = EcdsaScalar<SmallScalar<TCurve>>.Recover(
                            new(z), new(r), new(s), _multiples[k], out AffinePoint key);
                        Assert.True((verdict == SignatureVerdict.Infinity) == (d == 0), $"z {z}, s {s}, k {k}: {verdict}");
                        Assert.True(Same(_multiples[d], key), $"z {z}, s {s}, k {k}");
                        infinite += d == 0 ? 1 : 0;
                    }
                }
            }

            Assert.NotEqual(0, infinite);
        }

        private static AffinePoint[] Multiples()
        {
            var points = new AffinePoint[N];
            points[0] = AffinePoint.Infinity;
            points[1] = SmallScalar<TCurve>.Generator;
            for (int i = 2; i < N; i++)
            {
                points[i] = AffineSum(points[i - 1], points[1]);
            }

            // the order is right: (n-1)G = -G
            Assert.True(Same(points[1].Negate(), points[N - 1]));
            return points;
        }

        // the chord and tangent law itself, independent of the code under test
        private static AffinePoint AffineSum(in AffinePoint p, in AffinePoint q)
        {
            FieldScalar slope = Same(p, q)
                ? p.X.Square().Times(3) * p.Y.Times(2).Inverse()
                : (q.Y + p.Y.Negate(1)) * (q.X + p.X.Negate(1)).Inverse();
            FieldScalar x = (slope.Square() + (p.X + q.X).Negate(2)).Normalize();
            return new AffinePoint(x, ((slope * (p.X + x.Negate(1))) + p.Y.Negate(1)).Normalize());
        }

        private static JacobianPoint Rescale(in AffinePoint point, int z)
        {
            if (point.IsInfinity)
            {
                return JacobianPoint.Infinity;
            }

            FieldScalar f = FieldScalar.FromInt32(z);
            return new JacobianPoint(point.X * f.Square(), point.Y * f.Square() * f, f);
        }

        private static bool Same(in AffinePoint a, in AffinePoint b) =>
            a.IsInfinity || b.IsInfinity
                ? a.IsInfinity == b.IsInfinity
                : FieldScalar.Equals(a.X, b.X, 1) && FieldScalar.Equals(a.Y, b.Y, 1);

        private static int Residue(AffinePoint point)
        {
            byte[] bytes = new byte[32];
            point.X.Normalize().Write(bytes);
            return point.IsInfinity ? 0 : SmallScalar<TCurve>.ReadReduced(bytes).Value;
        }
    }
}
