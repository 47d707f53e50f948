// Value: weak elements as in DeviceField, the same reduction. Products of limbs are gathered in two accumulators, e for
// those whose low half falls on an even word and o for the odd ones, so that each chain of carries runs through pairs
// (mad.lo.cc, madc.hi.cc) of one product, which the assembler makes one wide multiply-add. A chain's carry goes to the
// next word of its accumulator, which nothing has reached yet; the last product of the other chain ends on such a word,
// so it leaves no carry (hi <= 2^32 - 2). PTX carries live only from one instruction to the next, so each product is
// one block of text.
using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Runtime.Cuda;
using Tactus.Kernels.Gpu.Device;

namespace Tactus.Kernels.Gpu.Launch;

/// <summary>
/// The same as functions. ILGPU gives each inline product slots of local memory of its own, so a point addition has 1.5
/// KB of them and a multiprocessor's threads more than its cache; a function has one set.</summary>
internal readonly struct PtxCalls : IFieldProducts
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public U256 Multiply(U256 a, U256 b) => PtxText.Multiply(a, b);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public U256 Square(U256 a) => PtxText.Square(a);
}

/// <summary>Field products in CUDA's own instructions, in line.</summary>
internal readonly struct PtxProducts : IFieldProducts
{
    public U256 Multiply(U256 a, U256 b) => PtxText.Multiply(a, b);

    public U256 Square(U256 a) => PtxText.Square(a);
}

/// <summary>Field products in CUDA's own instructions. Used only after a device's answers were compared with the
/// portable form.</summary>
internal static class PtxText
{
    private const string MultiplyText = """
            {
            .reg .u32 e0, e1, e2, e3, e4, e5, e6, e7, e8, e9, e10, e11, e12, e13, e14, e15, m0, m1, m2, o1, o2, o3, o4, o5;
            .reg .u32 o6, o7, o8, o9, o10, o11, o12, o13, o14, o15, q0, q1, r0, r1, r2, r3, r4, r5, r6, r7, r8, r9, r10, r11;
            .reg .u32 r12, r13, r14, r15;
            mad.lo.cc.u32 e0, %8, %16, 0;
            madc.hi.cc.u32 e1, %8, %16, 0;
            madc.lo.cc.u32 e2, %10, %16, 0;
            madc.hi.cc.u32 e3, %10, %16, 0;
            madc.lo.cc.u32 e4, %12, %16, 0;
            madc.hi.cc.u32 e5, %12, %16, 0;
            madc.lo.cc.u32 e6, %14, %16, 0;
            madc.hi.u32 e7, %14, %16, 0;
            mad.lo.cc.u32 o1, %9, %16, 0;
            madc.hi.cc.u32 o2, %9, %16, 0;
            madc.lo.cc.u32 o3, %11, %16, 0;
            madc.hi.cc.u32 o4, %11, %16, 0;
            madc.lo.cc.u32 o5, %13, %16, 0;
            madc.hi.cc.u32 o6, %13, %16, 0;
            madc.lo.cc.u32 o7, %15, %16, 0;
            madc.hi.u32 o8, %15, %16, 0;
            mad.lo.cc.u32 o1, %8, %17, o1;
            madc.hi.cc.u32 o2, %8, %17, o2;
            madc.lo.cc.u32 o3, %10, %17, o3;
            madc.hi.cc.u32 o4, %10, %17, o4;
            madc.lo.cc.u32 o5, %12, %17, o5;
            madc.hi.cc.u32 o6, %12, %17, o6;
            madc.lo.cc.u32 o7, %14, %17, o7;
            madc.hi.cc.u32 o8, %14, %17, o8;
            addc.u32 o9, 0, 0;
            mad.lo.cc.u32 e2, %9, %17, e2;
            madc.hi.cc.u32 e3, %9, %17, e3;
            madc.lo.cc.u32 e4, %11, %17, e4;
            madc.hi.cc.u32 e5, %11, %17, e5;
            madc.lo.cc.u32 e6, %13, %17, e6;
            madc.hi.cc.u32 e7, %13, %17, e7;
            madc.lo.cc.u32 e8, %15, %17, 0;
            madc.hi.u32 e9, %15, %17, 0;
            mad.lo.cc.u32 e2, %8, %18, e2;
            madc.hi.cc.u32 e3, %8, %18, e3;
            madc.lo.cc.u32 e4, %10, %18, e4;
            madc.hi.cc.u32 e5, %10, %18, e5;
            madc.lo.cc.u32 e6, %12, %18, e6;
            madc.hi.cc.u32 e7, %12, %18, e7;
            madc.lo.cc.u32 e8, %14, %18, e8;
            madc.hi.cc.u32 e9, %14, %18, e9;
            addc.u32 e10, 0, 0;
            mad.lo.cc.u32 o3, %9, %18, o3;
            madc.hi.cc.u32 o4, %9, %18, o4;
            madc.lo.cc.u32 o5, %11, %18, o5;
            madc.hi.cc.u32 o6, %11, %18, o6;
            madc.lo.cc.u32 o7, %13, %18, o7;
            madc.hi.cc.u32 o8, %13, %18, o8;
            madc.lo.cc.u32 o9, %15, %18, o9;
            madc.hi.u32 o10, %15, %18, 0;
            mad.lo.cc.u32 o3, %8, %19, o3;
            madc.hi.cc.u32 o4, %8, %19, o4;
            madc.lo.cc.u32 o5, %10, %19, o5;
            madc.hi.cc.u32 o6, %10, %19, o6;
            madc.lo.cc.u32 o7, %12, %19, o7;
            madc.hi.cc.u32 o8, %12, %19, o8;
            madc.lo.cc.u32 o9, %14, %19, o9;
            madc.hi.cc.u32 o10, %14, %19, o10;
            addc.u32 o11, 0, 0;
            mad.lo.cc.u32 e4, %9, %19, e4;
            madc.hi.cc.u32 e5, %9, %19, e5;
            madc.lo.cc.u32 e6, %11, %19, e6;
            madc.hi.cc.u32 e7, %11, %19, e7;
            madc.lo.cc.u32 e8, %13, %19, e8;
            madc.hi.cc.u32 e9, %13, %19, e9;
            madc.lo.cc.u32 e10, %15, %19, e10;
            madc.hi.u32 e11, %15, %19, 0;
            mad.lo.cc.u32 e4, %8, %20, e4;
            madc.hi.cc.u32 e5, %8, %20, e5;
            madc.lo.cc.u32 e6, %10, %20, e6;
            madc.hi.cc.u32 e7, %10, %20, e7;
            madc.lo.cc.u32 e8, %12, %20, e8;
            madc.hi.cc.u32 e9, %12, %20, e9;
            madc.lo.cc.u32 e10, %14, %20, e10;
            madc.hi.cc.u32 e11, %14, %20, e11;
            addc.u32 e12, 0, 0;
            mad.lo.cc.u32 o5, %9, %20, o5;
            madc.hi.cc.u32 o6, %9, %20, o6;
            madc.lo.cc.u32 o7, %11, %20, o7;
            madc.hi.cc.u32 o8, %11, %20, o8;
            madc.lo.cc.u32 o9, %13, %20, o9;
            madc.hi.cc.u32 o10, %13, %20, o10;
            madc.lo.cc.u32 o11, %15, %20, o11;
            madc.hi.u32 o12, %15, %20, 0;
            mad.lo.cc.u32 o5, %8, %21, o5;
            madc.hi.cc.u32 o6, %8, %21, o6;
            madc.lo.cc.u32 o7, %10, %21, o7;
            madc.hi.cc.u32 o8, %10, %21, o8;
            madc.lo.cc.u32 o9, %12, %21, o9;
            madc.hi.cc.u32 o10, %12, %21, o10;
            madc.lo.cc.u32 o11, %14, %21, o11;
            madc.hi.cc.u32 o12, %14, %21, o12;
            addc.u32 o13, 0, 0;
            mad.lo.cc.u32 e6, %9, %21, e6;
            madc.hi.cc.u32 e7, %9, %21, e7;
            madc.lo.cc.u32 e8, %11, %21, e8;
            madc.hi.cc.u32 e9, %11, %21, e9;
            madc.lo.cc.u32 e10, %13, %21, e10;
            madc.hi.cc.u32 e11, %13, %21, e11;
            madc.lo.cc.u32 e12, %15, %21, e12;
            madc.hi.u32 e13, %15, %21, 0;
            mad.lo.cc.u32 e6, %8, %22, e6;
            madc.hi.cc.u32 e7, %8, %22, e7;
            madc.lo.cc.u32 e8, %10, %22, e8;
            madc.hi.cc.u32 e9, %10, %22, e9;
            madc.lo.cc.u32 e10, %12, %22, e10;
            madc.hi.cc.u32 e11, %12, %22, e11;
            madc.lo.cc.u32 e12, %14, %22, e12;
            madc.hi.cc.u32 e13, %14, %22, e13;
            addc.u32 e14, 0, 0;
            mad.lo.cc.u32 o7, %9, %22, o7;
            madc.hi.cc.u32 o8, %9, %22, o8;
            madc.lo.cc.u32 o9, %11, %22, o9;
            madc.hi.cc.u32 o10, %11, %22, o10;
            madc.lo.cc.u32 o11, %13, %22, o11;
            madc.hi.cc.u32 o12, %13, %22, o12;
            madc.lo.cc.u32 o13, %15, %22, o13;
            madc.hi.u32 o14, %15, %22, 0;
            mad.lo.cc.u32 o7, %8, %23, o7;
            madc.hi.cc.u32 o8, %8, %23, o8;
            madc.lo.cc.u32 o9, %10, %23, o9;
            madc.hi.cc.u32 o10, %10, %23, o10;
            madc.lo.cc.u32 o11, %12, %23, o11;
            madc.hi.cc.u32 o12, %12, %23, o12;
            madc.lo.cc.u32 o13, %14, %23, o13;
            madc.hi.cc.u32 o14, %14, %23, o14;
            addc.u32 o15, 0, 0;
            mad.lo.cc.u32 e8, %9, %23, e8;
            madc.hi.cc.u32 e9, %9, %23, e9;
            madc.lo.cc.u32 e10, %11, %23, e10;
            madc.hi.cc.u32 e11, %11, %23, e11;
            madc.lo.cc.u32 e12, %13, %23, e12;
            madc.hi.cc.u32 e13, %13, %23, e13;
            madc.lo.cc.u32 e14, %15, %23, e14;
            madc.hi.u32 e15, %15, %23, 0;
            mov.u32 r0, e0;
            add.cc.u32 r1, e1, o1;
            addc.cc.u32 r2, e2, o2;
            addc.cc.u32 r3, e3, o3;
            addc.cc.u32 r4, e4, o4;
            addc.cc.u32 r5, e5, o5;
            addc.cc.u32 r6, e6, o6;
            addc.cc.u32 r7, e7, o7;
            addc.cc.u32 r8, e8, o8;
            addc.cc.u32 r9, e9, o9;
            addc.cc.u32 r10, e10, o10;
            addc.cc.u32 r11, e11, o11;
            addc.cc.u32 r12, e12, o12;
            addc.cc.u32 r13, e13, o13;
            addc.cc.u32 r14, e14, o14;
            addc.u32 r15, e15, o15;
            mad.lo.cc.u32 r0, r8, 977, r0;
            madc.hi.cc.u32 r1, r8, 977, r1;
            madc.lo.cc.u32 r2, r10, 977, r2;
            madc.hi.cc.u32 r3, r10, 977, r3;
            madc.lo.cc.u32 r4, r12, 977, r4;
            madc.hi.cc.u32 r5, r12, 977, r5;
            madc.lo.cc.u32 r6, r14, 977, r6;
            madc.hi.cc.u32 r7, r14, 977, r7;
            addc.u32 q0, 0, 0;
            mad.lo.cc.u32 r1, r9, 977, r1;
            madc.hi.cc.u32 r2, r9, 977, r2;
            madc.lo.cc.u32 r3, r11, 977, r3;
            madc.hi.cc.u32 r4, r11, 977, r4;
            madc.lo.cc.u32 r5, r13, 977, r5;
            madc.hi.cc.u32 r6, r13, 977, r6;
            madc.lo.cc.u32 r7, r15, 977, r7;
            madc.hi.u32 q0, r15, 977, q0;
            add.cc.u32 r1, r1, r8;
            addc.cc.u32 r2, r2, r9;
            addc.cc.u32 r3, r3, r10;
            addc.cc.u32 r4, r4, r11;
            addc.cc.u32 r5, r5, r12;
            addc.cc.u32 r6, r6, r13;
            addc.cc.u32 r7, r7, r14;
            addc.cc.u32 q0, q0, r15;
            addc.u32 q1, 0, 0;
            mul.lo.u32 m0, q0, 977;
            mul.hi.u32 m1, q0, 977;
            mad.lo.u32 m1, q1, 977, m1;
            add.cc.u32 m1, m1, q0;
            addc.u32 m2, q1, 0;
            add.cc.u32 r0, r0, m0;
            addc.cc.u32 r1, r1, m1;
            addc.cc.u32 r2, r2, m2;
            addc.cc.u32 r3, r3, 0;
            addc.cc.u32 r4, r4, 0;
            addc.cc.u32 r5, r5, 0;
            addc.cc.u32 r6, r6, 0;
            addc.cc.u32 r7, r7, 0;
            addc.u32 q0, 0, 0;
            mul.lo.u32 m0, q0, 977;
            add.cc.u32 %0, r0, m0;
            addc.cc.u32 %1, r1, q0;
            addc.u32 %2, r2, 0;
            mov.u32 %3, r3;
            mov.u32 %4, r4;
            mov.u32 %5, r5;
            mov.u32 %6, r6;
            mov.u32 %7, r7;
            }
            """;

    private const string SquareText = """
            {
            .reg .u32 e2, e3, e4, e5, e6, e7, e8, e9, e10, e11, e12, e13, m0, m1, m2, o1, o2, o3, o4, o5, o6, o7, o8, o9;
            .reg .u32 o10, o11, o12, o13, o14, q0, q1, r0, r1, r2, r3, r4, r5, r6, r7, r8, r9, r10, r11, r12, r13, r14, r15;
            mad.lo.cc.u32 e2, %10, %8, 0;
            madc.hi.cc.u32 e3, %10, %8, 0;
            madc.lo.cc.u32 e4, %12, %8, 0;
            madc.hi.cc.u32 e5, %12, %8, 0;
            madc.lo.cc.u32 e6, %14, %8, 0;
            madc.hi.u32 e7, %14, %8, 0;
            mad.lo.cc.u32 o1, %9, %8, 0;
            madc.hi.cc.u32 o2, %9, %8, 0;
            madc.lo.cc.u32 o3, %11, %8, 0;
            madc.hi.cc.u32 o4, %11, %8, 0;
            madc.lo.cc.u32 o5, %13, %8, 0;
            madc.hi.cc.u32 o6, %13, %8, 0;
            madc.lo.cc.u32 o7, %15, %8, 0;
            madc.hi.u32 o8, %15, %8, 0;
            mad.lo.cc.u32 o3, %10, %9, o3;
            madc.hi.cc.u32 o4, %10, %9, o4;
            madc.lo.cc.u32 o5, %12, %9, o5;
            madc.hi.cc.u32 o6, %12, %9, o6;
            madc.lo.cc.u32 o7, %14, %9, o7;
            madc.hi.cc.u32 o8, %14, %9, o8;
            addc.u32 o9, 0, 0;
            mad.lo.cc.u32 e4, %11, %9, e4;
            madc.hi.cc.u32 e5, %11, %9, e5;
            madc.lo.cc.u32 e6, %13, %9, e6;
            madc.hi.cc.u32 e7, %13, %9, e7;
            madc.lo.cc.u32 e8, %15, %9, 0;
            madc.hi.u32 e9, %15, %9, 0;
            mad.lo.cc.u32 e6, %12, %10, e6;
            madc.hi.cc.u32 e7, %12, %10, e7;
            madc.lo.cc.u32 e8, %14, %10, e8;
            madc.hi.cc.u32 e9, %14, %10, e9;
            addc.u32 e10, 0, 0;
            mad.lo.cc.u32 o5, %11, %10, o5;
            madc.hi.cc.u32 o6, %11, %10, o6;
            madc.lo.cc.u32 o7, %13, %10, o7;
            madc.hi.cc.u32 o8, %13, %10, o8;
            madc.lo.cc.u32 o9, %15, %10, o9;
            madc.hi.u32 o10, %15, %10, 0;
            mad.lo.cc.u32 o7, %12, %11, o7;
            madc.hi.cc.u32 o8, %12, %11, o8;
            madc.lo.cc.u32 o9, %14, %11, o9;
            madc.hi.cc.u32 o10, %14, %11, o10;
            addc.u32 o11, 0, 0;
            mad.lo.cc.u32 e8, %13, %11, e8;
            madc.hi.cc.u32 e9, %13, %11, e9;
            madc.lo.cc.u32 e10, %15, %11, e10;
            madc.hi.u32 e11, %15, %11, 0;
            mad.lo.cc.u32 e10, %14, %12, e10;
            madc.hi.cc.u32 e11, %14, %12, e11;
            addc.u32 e12, 0, 0;
            mad.lo.cc.u32 o9, %13, %12, o9;
            madc.hi.cc.u32 o10, %13, %12, o10;
            madc.lo.cc.u32 o11, %15, %12, o11;
            madc.hi.u32 o12, %15, %12, 0;
            mad.lo.cc.u32 o11, %14, %13, o11;
            madc.hi.cc.u32 o12, %14, %13, o12;
            addc.u32 o13, 0, 0;
            mad.lo.cc.u32 e12, %15, %13, e12;
            madc.hi.u32 e13, %15, %13, 0;
            mad.lo.cc.u32 o13, %15, %14, o13;
            madc.hi.u32 o14, %15, %14, 0;
            mov.u32 r0, 0;
            add.cc.u32 r1, 0, o1;
            addc.cc.u32 r2, e2, o2;
            addc.cc.u32 r3, e3, o3;
            addc.cc.u32 r4, e4, o4;
            addc.cc.u32 r5, e5, o5;
            addc.cc.u32 r6, e6, o6;
            addc.cc.u32 r7, e7, o7;
            addc.cc.u32 r8, e8, o8;
            addc.cc.u32 r9, e9, o9;
            addc.cc.u32 r10, e10, o10;
            addc.cc.u32 r11, e11, o11;
            addc.cc.u32 r12, e12, o12;
            addc.cc.u32 r13, e13, o13;
            addc.cc.u32 r14, 0, o14;
            addc.u32 r15, 0, 0;
            add.cc.u32 r1, r1, r1;
            addc.cc.u32 r2, r2, r2;
            addc.cc.u32 r3, r3, r3;
            addc.cc.u32 r4, r4, r4;
            addc.cc.u32 r5, r5, r5;
            addc.cc.u32 r6, r6, r6;
            addc.cc.u32 r7, r7, r7;
            addc.cc.u32 r8, r8, r8;
            addc.cc.u32 r9, r9, r9;
            addc.cc.u32 r10, r10, r10;
            addc.cc.u32 r11, r11, r11;
            addc.cc.u32 r12, r12, r12;
            addc.cc.u32 r13, r13, r13;
            addc.cc.u32 r14, r14, r14;
            addc.u32 r15, r15, r15;
            mad.lo.cc.u32 r0, %8, %8, r0;
            madc.hi.cc.u32 r1, %8, %8, r1;
            madc.lo.cc.u32 r2, %9, %9, r2;
            madc.hi.cc.u32 r3, %9, %9, r3;
            madc.lo.cc.u32 r4, %10, %10, r4;
            madc.hi.cc.u32 r5, %10, %10, r5;
            madc.lo.cc.u32 r6, %11, %11, r6;
            madc.hi.cc.u32 r7, %11, %11, r7;
            madc.lo.cc.u32 r8, %12, %12, r8;
            madc.hi.cc.u32 r9, %12, %12, r9;
            madc.lo.cc.u32 r10, %13, %13, r10;
            madc.hi.cc.u32 r11, %13, %13, r11;
            madc.lo.cc.u32 r12, %14, %14, r12;
            madc.hi.cc.u32 r13, %14, %14, r13;
            madc.lo.cc.u32 r14, %15, %15, r14;
            madc.hi.u32 r15, %15, %15, r15;
            mad.lo.cc.u32 r0, r8, 977, r0;
            madc.hi.cc.u32 r1, r8, 977, r1;
            madc.lo.cc.u32 r2, r10, 977, r2;
            madc.hi.cc.u32 r3, r10, 977, r3;
            madc.lo.cc.u32 r4, r12, 977, r4;
            madc.hi.cc.u32 r5, r12, 977, r5;
            madc.lo.cc.u32 r6, r14, 977, r6;
            madc.hi.cc.u32 r7, r14, 977, r7;
            addc.u32 q0, 0, 0;
            mad.lo.cc.u32 r1, r9, 977, r1;
            madc.hi.cc.u32 r2, r9, 977, r2;
            madc.lo.cc.u32 r3, r11, 977, r3;
            madc.hi.cc.u32 r4, r11, 977, r4;
            madc.lo.cc.u32 r5, r13, 977, r5;
            madc.hi.cc.u32 r6, r13, 977, r6;
            madc.lo.cc.u32 r7, r15, 977, r7;
            madc.hi.u32 q0, r15, 977, q0;
            add.cc.u32 r1, r1, r8;
            addc.cc.u32 r2, r2, r9;
            addc.cc.u32 r3, r3, r10;
            addc.cc.u32 r4, r4, r11;
            addc.cc.u32 r5, r5, r12;
            addc.cc.u32 r6, r6, r13;
            addc.cc.u32 r7, r7, r14;
            addc.cc.u32 q0, q0, r15;
            addc.u32 q1, 0, 0;
            mul.lo.u32 m0, q0, 977;
            mul.hi.u32 m1, q0, 977;
            mad.lo.u32 m1, q1, 977, m1;
            add.cc.u32 m1, m1, q0;
            addc.u32 m2, q1, 0;
            add.cc.u32 r0, r0, m0;
            addc.cc.u32 r1, r1, m1;
            addc.cc.u32 r2, r2, m2;
            addc.cc.u32 r3, r3, 0;
            addc.cc.u32 r4, r4, 0;
            addc.cc.u32 r5, r5, 0;
            addc.cc.u32 r6, r6, 0;
            addc.cc.u32 r7, r7, 0;
            addc.u32 q0, 0, 0;
            mul.lo.u32 m0, q0, 977;
            add.cc.u32 %0, r0, m0;
            addc.cc.u32 %1, r1, q0;
            addc.u32 %2, r2, 0;
            mov.u32 %3, r3;
            mov.u32 %4, r4;
            mov.u32 %5, r5;
            mov.u32 %6, r6;
            mov.u32 %7, r7;
            }
            """;

    public static U256 Multiply(U256 a, U256 b)
    {
        Output<uint> r0 = default, r1 = default, r2 = default, r3 = default;
        Output<uint> r4 = default, r5 = default, r6 = default, r7 = default;
        Input<uint> a0 = a.W0, a1 = a.W1, a2 = a.W2, a3 = a.W3, a4 = a.W4, a5 = a.W5, a6 = a.W6, a7 = a.W7;
        Input<uint> b0 = b.W0, b1 = b.W1, b2 = b.W2, b3 = b.W3, b4 = b.W4, b5 = b.W5, b6 = b.W6, b7 = b.W7;
        CudaAsm.EmitRef(
            MultiplyText,
            ref r0, ref r1, ref r2, ref r3, ref r4, ref r5, ref r6, ref r7,
            ref a0, ref a1, ref a2, ref a3, ref a4, ref a5, ref a6, ref a7,
            ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref b6, ref b7);
        return new U256(r0.Value, r1.Value, r2.Value, r3.Value, r4.Value, r5.Value, r6.Value, r7.Value);
    }

    public static U256 Square(U256 a)
    {
        Output<uint> r0 = default, r1 = default, r2 = default, r3 = default;
        Output<uint> r4 = default, r5 = default, r6 = default, r7 = default;
        Input<uint> a0 = a.W0, a1 = a.W1, a2 = a.W2, a3 = a.W3, a4 = a.W4, a5 = a.W5, a6 = a.W6, a7 = a.W7;
        CudaAsm.EmitRef(
            SquareText,
            ref r0, ref r1, ref r2, ref r3, ref r4, ref r5, ref r6, ref r7,
            ref a0, ref a1, ref a2, ref a3, ref a4, ref a5, ref a6, ref a7);
        return new U256(r0.Value, r1.Value, r2.Value, r3.Value, r4.Value, r5.Value, r6.Value, r7.Value);
    }
}
