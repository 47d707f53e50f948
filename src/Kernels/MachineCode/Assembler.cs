namespace Tactus.Kernels.MachineCode;

/// <summary>Writes x86-64 instructions that .NET has no intrinsics for. Only the forms that a kernel uses; the
/// encodings are those of the Intel SDM, volume 2: prefix, REX where a register is 8 or above, opcode, ModRM with a
/// 32-bit displacement.</summary>
/// <remarks>Vector registers are numbers 0..15. Memory operands are at least 16-byte aligned, except for
/// <see cref="LoadAnywhere"/>.</remarks>
internal sealed class Assembler
{
    private readonly List<byte> _code = [];

    /// <summary>General registers that may be the base of an address (rsp and r12 would need another byte).</summary>
    public enum Base
    {
        Rdx = 2,
        Rsi = 6,
        Rdi = 7,
        R8 = 8,
    }

    public int Position => _code.Count;

    public byte[] ToArray() => [.. _code];

    /// <summary>endbr64: where an indirect call may land.</summary>
    public void BranchTarget() => Bytes(0xf3, 0x0f, 0x1e, 0xfa);

    /// <summary>Clears the upper halves, so that instructions of 128 bits do not wait for them.</summary>
    public void ClearUpper() => Bytes(0xc5, 0xf8, 0x77);

    public void Return() => Bytes(0xc3);

    public void Move(int to, int from) => Registers([0x66], [0x0f, 0x6f], to, from);

    public void Load(int to, Base address, int offset) => Memory([0x66], [0x0f, 0x6f], to, address, offset);

    public void LoadAnywhere(int to, Base address, int offset) => Memory([0xf3], [0x0f, 0x6f], to, address, offset);

    public void Store(Base address, int offset, int from) => Memory([0x66], [0x0f, 0x7f], from, address, offset);

    /// <summary>Sums of four 32-bit words.</summary>
    public void Add(int to, int from) => Registers([0x66], [0x0f, 0xfe], to, from);

    public void Add(int to, Base address, int offset) => Memory([0x66], [0x0f, 0xfe], to, address, offset);

    public void ShuffleBytes(int to, int order) => Registers([0x66], [0x0f, 0x38, 0x00], to, order);

    public void ShuffleWords(int to, int from, byte order)
    {
        Registers([0x66], [0x0f, 0x70], to, from);
        Bytes(order);
    }

    /// <summary>to = (to:from) shifted right by whole bytes.</summary>
    public void AlignRight(int to, int from, byte bytes)
    {
        Registers([0x66], [0x0f, 0x3a, 0x0f], to, from);
        Bytes(bytes);
    }

    /// <summary>sha256rnds2: two rounds with the words in register 0.</summary>
    public void TwoRounds(int to, int from) => Registers([], [0x0f, 0x38, 0xcb], to, from);

    /// <summary>sha256msg1.</summary>
    public void ScheduleFirst(int to, int from) => Registers([], [0x0f, 0x38, 0xcc], to, from);

    /// <summary>sha256msg2.</summary>
    public void ScheduleLast(int to, int from) => Registers([], [0x0f, 0x38, 0xcd], to, from);

    /// <summary>Adds a small number to rsi or rdx.</summary>
    public void Advance(Base register, sbyte bytes) => Bytes(0x48, 0x83, (byte)(0xc0 | (int)register), (byte)bytes);

    /// <summary>Takes one from rcx and jumps back unless that gives 0.</summary>
    public void CountDown(int target)
    {
        Bytes(0x48, 0xff, 0xc9, 0x0f, 0x85);
        Number(target - (Position + sizeof(int)));
    }

    private void Registers(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> opcode, int register, int other)
    {
        Start(prefix, opcode, register, other);
        Bytes((byte)(0xc0 | ((register & 7) << 3) | (other & 7)));
    }

    private void Memory(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> opcode, int register, Base address, int offset)
    {
        Start(prefix, opcode, register, (int)address);
        Bytes((byte)(0x80 | ((register & 7) << 3) | ((int)address & 7)));
        Number(offset);
    }

    private void Start(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> opcode, int register, int other)
    {
        Bytes(prefix);
        int extended = (register >= 8 ? 0x44 : 0) | (other >= 8 ? 0x41 : 0);
        if (extended != 0)
        {
            Bytes((byte)extended);
        }

        Bytes(opcode);
    }

    private void Number(int value) => Bytes(BitConverter.GetBytes(value));

    private void Bytes(params ReadOnlySpan<byte> bytes) => _code.AddRange(bytes);
}
