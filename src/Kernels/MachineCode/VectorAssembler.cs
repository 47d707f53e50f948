using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Tactus.Kernels.MachineCode;

/// <summary>Writes AVX2 and FMA instructions on vectors of 256 bits: Intel SDM, volume 2, with the VEX prefix of three
/// bytes (C4 | inverted R X B, opcode map | W, inverted second register, L = 1, pp = 66).</summary>
internal sealed class VectorAssembler
{
    private const int Map0F = 1;
    private const int Map0F38 = 2;

    // General registers by their numbers in ModRM.
    private const int StackPointer = 4;
    private static readonly int[] ArgumentRegisters = [7, 6, 2, 1, 8]; // System V: rdi, rsi, rdx, rcx, r8

    private readonly List<byte> _code = [];
    private int _stackBytesAt;

    public byte[] ToArray() => [.. _code];

    /// <summary>Begins a function with aligned room on the stack, of which <see cref="End"/> says how much; rax keeps
    /// the caller's stack pointer.</summary>
    public void Begin()
    {
        Bytes(0xf3, 0x0f, 0x1e, 0xfa); // endbr64
        Bytes(0x48, 0x89, 0xe0); // mov rax, rsp
        Bytes(0x48, 0x81, 0xec); // sub rsp, number
        _stackBytesAt = _code.Count;
        Bytes(0, 0, 0, 0);
        Bytes(0x48, 0x83, 0xe4, 0xe0); // and rsp, -32
    }

    /// <summary>Clears the upper halves of all vectors and returns.</summary>
    /// <param name="stackBytes">Room on the stack that the function needs, with what aligning takes of it.</param>
    public void End(int stackBytes)
    {
        Bytes(0xc5, 0xf8, 0x77); // vzeroupper
        Bytes(0x48, 0x89, 0xc4, 0xc3); // mov rsp, rax; ret
        BinaryPrimitives.WriteInt32LittleEndian(CollectionsMarshal.AsSpan(_code)[_stackBytesAt..], stackBytes);
    }

    public void Move(int to, Place from) => Write(Map0F, wide: false, from.IsRegister ? 0x28 : 0x10, to, 0, from);

    public void Store(Place to, int from) => Write(Map0F, wide: false, 0x11, from, 0, to);

    /// <summary>to = first op second.</summary>
    public void Operate(VectorOperation operation, int to, int first, Place second) =>
        Write(Map0F, wide: false, OpcodeOf(operation), to, first, second);

    public void Shift(VectorOperation operation, int to, int from, int bits)
    {
        // The operation is in the place of a register, the target in that of the second one.
        Write(Map0F, wide: false, 0x73, operation == VectorOperation.ShiftRight ? 2 : 6, to, Place.Register(from));
        Bytes((byte)bits);
    }

    /// <summary>sum += first second (vfmadd231pd).</summary>
    public void AddProduct(int sum, int first, Place second) => Write(Map0F38, wide: true, 0xb8, sum, first, second);

    /// <summary>factor = first factor + third (vfmadd213pd).</summary>
    public void MultiplyAdd(int factor, int first, Place third) =>
        Write(Map0F38, wide: true, 0xa8, factor, first, third);

    private static byte OpcodeOf(VectorOperation operation) => operation switch
    {
        VectorOperation.Add => 0x58,
        VectorOperation.Subtract => 0x5c,
        VectorOperation.AddWords => 0xd4,
        VectorOperation.And => 0xdb,
        VectorOperation.Or => 0xeb,
        _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, "it has another form"),
    };

    private void Write(int map, bool wide, int opcode, int register, int second, Place other)
    {
        int b = other.IsRegister ? other.Number : other.Base;
        Bytes(
            0xc4,
            (byte)(((register & 8) == 0 ? 0x80 : 0) | 0x40 | ((b & 8) == 0 ? 0x20 : 0) | map),
            (byte)((wide ? 0x80 : 0) | ((~second & 15) << 3) | 0b101),
            (byte)opcode);
        if (other.IsRegister)
        {
            Bytes((byte)(0xc0 | ((register & 7) << 3) | (b & 7)));
            return;
        }

        Bytes((byte)(0x80 | ((register & 7) << 3) | (b & 7)));
        if (b == StackPointer)
        {
            Bytes(0x24); // rsp needs another byte: base only
        }

        Bytes(BitConverter.GetBytes(other.Offset));
    }

    private void Bytes(params ReadOnlySpan<byte> bytes) => _code.AddRange(bytes);

    /// <summary>A vector register, or memory at a general register plus an offset; at any address.</summary>
    internal readonly record struct Place(bool IsRegister, int Number, int Base, int Offset)
    {
        public static Place Register(int number) => new(true, number, 0, 0);

        public static Place Argument(int argument, int offset) => new(false, 0, ArgumentRegisters[argument], offset);

        public static Place Stack(int offset) => new(false, 0, StackPointer, offset);
    }
}
