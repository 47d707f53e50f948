namespace Tactus.Kernels.MachineCode;

/// <summary>What a step computes, in each 64-bit lane.</summary>
internal enum VectorOperation
{
    /// <summary>A B + C of doubles, rounded once.</summary>
    MultiplyAdd,

    Add,
    Subtract,
    AddWords,
    And,
    Or,
    ShiftRight,
    ShiftLeft,

    /// <summary>Writes A to memory.</summary>
    Store,
}

/// <summary>A vector that steps work on.</summary>
/// <param name="Kind">Where it comes from.</param>
/// <param name="Index">Number of the constant, argument or result.</param>
/// <param name="Offset">Bytes from the argument's address.</param>
internal readonly record struct VectorValue(VectorValue.Source Kind, int Index, int Offset = 0)
{
    public enum Source
    {
        None,
        Constant,
        Argument,
        Result,
    }

    /// <summary>It can be read again where it came from.</summary>
    public bool IsInMemory => Kind != Source.Result;
}

/// <summary>One operation.</summary>
internal readonly record struct VectorStep(
    VectorOperation Operation, VectorValue A, VectorValue B, VectorValue C, int Shift, VectorValue Target);

/// <summary>Straight-line code over vectors of four 64-bit lanes, as a list of steps: written without registers, which
/// <see cref="VectorCompiler"/> finds.</summary>
internal sealed class VectorProgram
{
    /// <summary>Bytes of a vector.</summary>
    public const int VectorBytes = 32;

    private readonly List<ulong> _constants = [];
    private int _results;

    /// <summary>The steps in order.</summary>
    public List<VectorStep> Steps { get; private set; } = [];

    /// <summary>What each constant's lanes hold.</summary>
    public IReadOnlyList<ulong> Constants => _constants;

    public VectorValue Constant(ulong bits)
    {
        int at = _constants.IndexOf(bits);
        if (at < 0)
        {
            at = _constants.Count;
            _constants.Add(bits);
        }

        return new VectorValue(VectorValue.Source.Constant, at);
    }

    public VectorValue Constant(double number) => Constant(BitConverter.DoubleToUInt64Bits(number));

    /// <summary>The vector at an offset from a pointer that the code is called with.</summary>
    public static VectorValue Argument(int argument, int offset) => new(VectorValue.Source.Argument, argument, offset);

    public VectorValue MultiplyAdd(VectorValue a, VectorValue b, VectorValue c) =>
        Step(VectorOperation.MultiplyAdd, a, b, c, 0);

    public VectorValue Add(VectorValue a, VectorValue b) => Step(VectorOperation.Add, a, b, default, 0);

    public VectorValue Subtract(VectorValue a, VectorValue b) => Step(VectorOperation.Subtract, a, b, default, 0);

    public VectorValue AddWords(VectorValue a, VectorValue b) => Step(VectorOperation.AddWords, a, b, default, 0);

    public VectorValue And(VectorValue a, VectorValue b) => Step(VectorOperation.And, a, b, default, 0);

    public VectorValue Or(VectorValue a, VectorValue b) => Step(VectorOperation.Or, a, b, default, 0);

    public VectorValue ShiftRight(VectorValue a, int bits) =>
        Step(VectorOperation.ShiftRight, a, default, default, bits);

    public VectorValue ShiftLeft(VectorValue a, int bits) => Step(VectorOperation.ShiftLeft, a, default, default, bits);

    public void Store(VectorValue value, VectorValue place) =>
        Steps.Add(new VectorStep(VectorOperation.Store, value, default, default, 0, place));

    /// <summary>Makes one line of several that do not depend on each other, each a range of steps: the last part of one
    /// beside the first part of the next, so that the processor, which looks ahead over fewer operations than a part
    /// has, finds work of the next while it waits for results of the last.</summary>
    /// <param name="starts">Where each line starts.</param>
    /// <param name="split">Steps of a line before its last part.</param>
    public void Overlap(ReadOnlySpan<int> starts, int split)
    {
        var steps = new List<VectorStep>(Steps.Count);
        steps.AddRange(Steps.GetRange(starts[0], split));
        for (int line = 0; line < starts.Length; line++)
        {
            int end = line + 1 < starts.Length ? starts[line + 1] : Steps.Count;
            int last = starts[line] + split, next = end;
            int lastCount = end - last, nextCount = line + 1 < starts.Length ? split : 0;
            for (int i = 0, j = 0; i < lastCount || j < nextCount;)
            {
                bool fromLast = j == nextCount || (i < lastCount && i * nextCount <= j * lastCount);
                steps.Add(fromLast ? Steps[last + i++] : Steps[next + j++]);
            }
        }

        Steps = steps;
    }

    private VectorValue Step(VectorOperation operation, VectorValue a, VectorValue b, VectorValue c, int shift)
    {
        var target = new VectorValue(VectorValue.Source.Result, _results++);
        Steps.Add(new VectorStep(operation, a, b, c, shift, target));
        return target;
    }
}
