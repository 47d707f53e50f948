using Tactus.Kernels.Secp256k1;
using Tactus.Kernels.Secp256k1.Lanes;

namespace Tactus.Bench.Peers;

/// <summary>
/// Field products per lane, four independent chains (as the group code runs them). libsecp256k1 does not export its
/// field, so
/// these rows have no ratio: its own <c>bench_internal field</c>, built with the same flags, prints field_mul and
/// field_sqr.
/// </summary>
internal static unsafe class FieldPeerBench
{
    private const int Calls = 4096;

    public static IReadOnlyList<PeerRow> Run(int measureMs)
    {
        var subjects = new List<(string Name, int Lanes, Action Call)>();
        if (FieldAvx512.IsSupported)
        {
            subjects.Add(("avx512", FieldAvx512.Lanes, Products<FieldAvx512>()));
        }

        if (FieldAvx2.IsSupported)
        {
            subjects.Add(("avx2", FieldAvx2.Lanes, Products<FieldAvx2>()));
        }

        FieldScalar a = FieldScalar.Beta, b = a.Square(), c = b.Square(), d = c.Square();
        subjects.Add(("scalar", 1, () =>
        {
            FieldScalar k = FieldScalar.Beta;
            for (int i = 0; i < Calls; i += 4)
            {
                a *= k;
                b *= k;
                c *= k;
                d *= k;
            }
        }
        ));
        (double MedianNs, double MinNs)[] times = Alternating.Measure([.. subjects.Select(s => s.Call)], warmUpMs: 500,
            measureMs);
        return [.. subjects.Select((s, i) => new PeerRow(
            s.Name, "field-multiply", s.Lanes, null, times[i].MedianNs / (Calls * s.Lanes),
                times[i].MinNs / (Calls * s.Lanes), null))];
    }

    private static Action Products<TField>()
        where TField : unmanaged, IFieldLanes<TField>
    {
        var memory = new PinnedMemory(PinnedMemory.SizeOf<TField>(5));
        TField* x = memory.Take<TField>(5);
        Packed256 beta = Packed256.FromScalar(FieldScalar.Beta);
        for (int i = 0; i < 5; i++)
        {
            TField.Broadcast(in beta, out x[i]);
        }

        return () =>
        {
            for (int i = 0; i < Calls; i += 4)
            {
                TField.Mul(in x[0], in x[4], out x[0]);
                TField.Mul(in x[1], in x[4], out x[1]);
                TField.Mul(in x[2], in x[4], out x[2]);
                TField.Mul(in x[3], in x[4], out x[3]);
            }

            GC.KeepAlive(memory);
        };
    }
}
