// The state of a message is two vectors, words from low to high: FEBA and HGDC, as sha256rnds2 takes them. Registers: 0 words and
// round constants of the next two rounds; 1, 2 the first message's state and 3..6 its last sixteen words; 7, 8 and 9..12 the
// second's; 13 spare; 14 the order that turns big-endian words.
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Tactus.Kernels.MachineCode;

namespace Tactus.Kernels.Sha256;

/// <summary>Blocks of two messages at once by the processor's SHA instructions.</summary>
/// <remarks>
/// Two rounds take four cycles after the two before them and the unit begins new ones every two: one message alone leaves half of
/// it idle. .NET 10 has no intrinsics for these instructions (dotnet/runtime issue 256), so the code is assembled here.
/// </remarks>
internal static unsafe class Sha256TwoCode
{
    /// <summary>Words of the two states.</summary>
    public const int StateWords = 16;

    private const int RoundsBytes = 64 * sizeof(uint);
    private const int Turn = 14;
    private const int Spare = 13;
    private const int FeatureLeaf = 7;
    private const int ShaBit = 29;

    private static readonly (int Feba, int Hgdc, int Words)[] Registers = [(1, 2, 3), (7, 8, 9)];
    private static readonly void* Entry = Place();
    private static readonly byte* Constants = MakeConstants();

    /// <summary>Why this machine cannot run it, or null.</summary>
    public static string? WhyUnsupported => ExecutableMemory.WhyUnsupported ?? (HasInstructions ? PlacingProblem : "needs SHA-NI");

    private static string? PlacingProblem { get; set; }

    private static bool HasInstructions =>
        Ssse3.IsSupported && X86Base.CpuId(0, 0).Eax >= FeatureLeaf && ((X86Base.CpuId(FeatureLeaf, 0).Ebx >> ShaBit) & 1) != 0;

    /// <summary>Runs blocks into two states.</summary>
    /// <param name="states">Two states in the order of this file, at a multiple of 16.</param>
    /// <param name="first">Blocks of the first message, end to end.</param>
    /// <param name="second">As many of the second.</param>
    /// <param name="blocks">At least 1, and few: the collector waits meanwhile.</param>
    public static void Run(uint* states, byte* first, byte* second, nint blocks) =>
        ((delegate* unmanaged[SuppressGCTransition]<uint*, byte*, byte*, nint, byte*, void>)Entry)(
            states, first, second, blocks, Constants);

    private static void* Place()
    {
        if (ExecutableMemory.WhyUnsupported is not null || !HasInstructions)
        {
            return null;
        }

        void* code = ExecutableMemory.TryPlace(Assemble(), out string? problem);
        PlacingProblem = problem;
        return code;
    }

    private static byte* MakeConstants()
    {
        byte* bytes = (byte*)NativeMemory.AlignedAlloc(RoundsBytes + 16, 64);
        Sha256Constants.Rounds.CopyTo(new Span<uint>(bytes, 64));
        for (int i = 0; i < 16; i++)
        {
            bytes[RoundsBytes + i] = (byte)(i ^ 3);
        }

        return bytes;
    }

    private static byte[] Assemble()
    {
        // System V: rdi states, rsi and rdx messages, rcx blocks, r8 constants; all vector registers are the callee's.
        var code = new Assembler();
        code.BranchTarget();
        code.ClearUpper();
        code.Load(Turn, Assembler.Base.R8, RoundsBytes);
        for (int m = 0; m < 2; m++)
        {
            code.Load(Registers[m].Feba, Assembler.Base.Rdi, 32 * m);
            code.Load(Registers[m].Hgdc, Assembler.Base.Rdi, (32 * m) + 16);
        }

        int block = code.Position;
        for (int m = 0; m < 2; m++)
        {
            for (int i = 0; i < 4; i++)
            {
                code.LoadAnywhere(Registers[m].Words + i, m == 0 ? Assembler.Base.Rsi : Assembler.Base.Rdx, 16 * i);
                code.ShuffleBytes(Registers[m].Words + i, Turn);
            }
        }

        for (int four = 0; four < 16; four++)
        {
            for (int m = 0; m < 2; m++)
            {
                FourRounds(code, Registers[m], four);
            }
        }

        for (int m = 0; m < 2; m++)
        {
            code.Add(Registers[m].Feba, Assembler.Base.Rdi, 32 * m);
            code.Add(Registers[m].Hgdc, Assembler.Base.Rdi, (32 * m) + 16);
            code.Store(Assembler.Base.Rdi, 32 * m, Registers[m].Feba);
            code.Store(Assembler.Base.Rdi, (32 * m) + 16, Registers[m].Hgdc);
        }

        code.Advance(Assembler.Base.Rsi, Sha256Scalar.BlockBytes);
        code.Advance(Assembler.Base.Rdx, Sha256Scalar.BlockBytes);
        code.CountDown(block);
        code.Return();
        return code.ToArray();
    }

    private static void FourRounds(Assembler code, (int Feba, int Hgdc, int Words) message, int four)
    {
        int Words(int ahead) => message.Words + ((four + ahead) % 4);

        code.Load(0, Assembler.Base.R8, 16 * four);
        code.Add(0, Words(0));
        code.TwoRounds(message.Hgdc, message.Feba);
        code.ShuffleWords(0, 0, 0b1110);
        code.TwoRounds(message.Feba, message.Hgdc);
        if (four < 12)
        {
            // W[t] of sixteen rounds on = W[t-16] + s0(W[t-15]) + W[t-7] + s1(W[t-2]).
            code.ScheduleFirst(Words(0), Words(1));
            code.Move(Spare, Words(3));
            code.AlignRight(Spare, Words(2), 4);
            code.Add(Words(0), Spare);
            code.ScheduleLast(Words(0), Words(3));
        }
    }
}
