using System.Runtime.CompilerServices;
using Place = Tactus.Kernels.MachineCode.VectorAssembler.Place;

namespace Tactus.Kernels.MachineCode;

/// <summary>Makes machine code of a <see cref="VectorProgram"/>, in the order of its steps.</summary>
/// <remarks>
/// Sixteen registers for values of which each has known uses: when there is none left, the value whose next use is
/// farthest goes (Belady 1966), those that can be read again from memory sooner than those that have to be saved. The
/// .NET compiler copies and saves a fifth more on such code.</remarks>
internal sealed class VectorCompiler
{
    private const int RegisterCount = 16;
    private const int Never = int.MaxValue;

    // A value in memory that is needed again within so many steps is loaded to a register; else read where it lies.
    private const int NearSteps = 24;

    // Saving a value costs as much as so many steps of distance.
    private const int SavingSteps = 40;

    private readonly VectorProgram _program;
    private readonly int _constants;
    private readonly VectorAssembler _code = new();
    private readonly Dictionary<VectorValue, List<int>> _uses = [];
    private readonly VectorValue[] _held = new VectorValue[RegisterCount];
    private readonly Dictionary<VectorValue, int> _registers = [];
    private readonly Dictionary<VectorValue, int> _saved = [];
    private readonly Stack<int> _freeSlots = new();
    private int _slots;
    private int _at;

    private VectorCompiler(VectorProgram program, int constants)
    {
        _program = program;
        _constants = constants;
        for (int i = 0; i < program.Steps.Count; i++)
        {
            VectorStep step = program.Steps[i];
            foreach (VectorValue value in new[] { step.A, step.B, step.C })
            {
                if (value.Kind != VectorValue.Source.None)
                {
                    (_uses.TryGetValue(value, out List<int>? uses) ? uses : _uses[value] = []).Add(i);
                }
            }
        }
    }

    /// <summary>A function of pointers that does the steps; it returns nothing and keeps no general register but those
    /// of its arguments.</summary>
    /// <param name="program">The steps.</param>
    /// <param name="constants">Which argument points to the constants, a vector each.</param>
    public static byte[] Compile(VectorProgram program, int constants)
    {
        var compiler = new VectorCompiler(program, constants);
        compiler.Run();
        return compiler._code.ToArray();
    }

    private void Run()
    {
        _code.Begin();
        for (_at = 0; _at < _program.Steps.Count; _at++)
        {
            VectorStep step = _program.Steps[_at];
            switch (step.Operation)
            {
                case VectorOperation.Store:
                    _code.Store(PlaceOf(step.Target), InRegister(step.A, step));
                    break;
                case VectorOperation.MultiplyAdd:
                    Hold(step.Target, MultiplyAdd(step));
                    break;
                case VectorOperation.ShiftRight or VectorOperation.ShiftLeft:
                    Shift(step);
                    break;
                default:
                    Operate(step);
                    break;
            }

            ForgetUnused(step.A);
            ForgetUnused(step.B);
            ForgetUnused(step.C);
        }

        // Aligning takes less than a vector.
        _code.End((_slots + 1) * VectorProgram.VectorBytes);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Operate(in VectorStep step)
    {
        (VectorValue a, VectorValue b) = (step.A, step.B);
        bool commutes = step.Operation != VectorOperation.Subtract;
        if (commutes && !_registers.ContainsKey(a) && _registers.ContainsKey(b))
        {
            (a, b) = (b, a);
        }

        int first = InRegister(a, step);
        Place second = Anywhere(b, step);
        Release(a);
        Release(b);
        int target = FreeRegister(step);
        _code.Operate(step.Operation, target, first, second);
        Hold(step.Target, target);
    }

    private void Shift(in VectorStep step)
    {
        int from = InRegister(step.A, step);
        Release(step.A);
        int target = FreeRegister(step);
        _code.Shift(step.Operation, target, from, step.Shift);
        Hold(step.Target, target);
    }

    // The instruction overwrites one of its sources: the sum or a factor that is not needed again, else a copy.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int MultiplyAdd(in VectorStep step)
    {
        (VectorValue a, VectorValue b, VectorValue c) = (step.A, step.B, step.C);
        if (_registers.TryGetValue(c, out int target) && NextUse(c) == Never)
        {
            if (!_registers.ContainsKey(a) && _registers.ContainsKey(b))
            {
                (a, b) = (b, a);
            }

            int first = InRegister(a, step);
            _code.AddProduct(target, first, Anywhere(b, step));
            Forget(c);
            return target;
        }

        if (!_registers.ContainsKey(a) || NextUse(a) != Never)
        {
            (a, b) = (b, a);
        }

        if (a != b && _registers.TryGetValue(a, out target) && NextUse(a) == Never)
        {
            int first = InRegister(b, step);
            _code.MultiplyAdd(target, first, Anywhere(c, step));
            Forget(a);
            return target;
        }

        // A factor that lies in memory is loaded where the result goes; else the sum is copied there.
        if (!_registers.ContainsKey(a))
        {
            (a, b) = (b, a);
        }

        if (!_registers.ContainsKey(b) && NextUse(b) - _at > NearSteps)
        {
            int first = InRegister(a, step);
            target = FreeRegister(step);
            _code.Move(target, PlaceOf(b));
            _code.MultiplyAdd(
                target, first, _registers.TryGetValue(c, out int third) ? Place.Register(third) : PlaceOf(c));
            return target;
        }

        int one = InRegister(a, step), other = InRegister(b, step);
        target = FreeRegister(step);
        _code.Move(target, _registers.TryGetValue(c, out int sum) ? Place.Register(sum) : PlaceOf(c));
        _code.AddProduct(target, one, Place.Register(other));
        return target;
    }

    private Place Anywhere(VectorValue value, in VectorStep step)
    {
        if (_registers.TryGetValue(value, out int register))
        {
            return Place.Register(register);
        }

        bool isFar = NextUse(value) - (long)_at > NearSteps;
        return isFar || _registers.Count == RegisterCount ? PlaceOf(value) : Place.Register(InRegister(value, step));
    }

    private int InRegister(VectorValue value, in VectorStep step)
    {
        if (!_registers.TryGetValue(value, out int register))
        {
            register = FreeRegister(step);
            _code.Move(register, PlaceOf(value));
            Hold(value, register);
        }

        return register;
    }

    // A register that holds nothing, or what is needed last and not by this step.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int FreeRegister(in VectorStep step)
    {
        int best = -1;
        long bestCost = -1;
        for (int register = 0; register < RegisterCount; register++)
        {
            VectorValue value = _held[register];
            if (value.Kind == VectorValue.Source.None)
            {
                return register;
            }

            if (value != step.A && value != step.B && value != step.C)
            {
                long cost = (long)NextUse(value) + (value.IsInMemory || _saved.ContainsKey(value) ? SavingSteps : 0);
                (best, bestCost) = cost > bestCost ? (register, cost) : (best, bestCost);
            }
        }

        VectorValue gone = _held[best];
        if (!gone.IsInMemory && !_saved.ContainsKey(gone))
        {
            _saved[gone] = _freeSlots.TryPop(out int slot) ? slot : _slots++;
            _code.Store(PlaceOf(gone), best);
        }

        Forget(gone);
        return best;
    }

    private Place PlaceOf(VectorValue value) => value.Kind switch
    {
        VectorValue.Source.Constant => Place.Argument(_constants, value.Index * VectorProgram.VectorBytes),
        VectorValue.Source.Argument => Place.Argument(value.Index, value.Offset),
        _ => Place.Stack(_saved[value] * VectorProgram.VectorBytes),
    };

    private void Hold(VectorValue value, int register)
    {
        _held[register] = value;
        _registers[value] = register;
    }

    private void Forget(VectorValue value)
    {
        if (_registers.Remove(value, out int register))
        {
            _held[register] = default;
        }
    }

    // Its register may be the target of the step that used it last.
    private void Release(VectorValue value)
    {
        if (NextUse(value) == Never)
        {
            Forget(value);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ForgetUnused(VectorValue value)
    {
        if (value.Kind != VectorValue.Source.None && NextUse(value) == Never)
        {
            Forget(value);
            if (_saved.Remove(value, out int slot))
            {
                _freeSlots.Push(slot);
            }
        }
    }

    // The first step after this one that reads it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int NextUse(VectorValue value)
    {
        if (!_uses.TryGetValue(value, out List<int>? uses))
        {
            return Never;
        }

        int place = uses.BinarySearch(_at + 1);
        place = place < 0 ? ~place : place;
        return place < uses.Count ? uses[place] : Never;
    }
}
