using System.Runtime.InteropServices;

namespace Tactus.Kernels.MachineCode;

/// <summary>Puts machine code where the processor may run it: written first, then made read-only and executable, never
/// both.</summary>
internal static unsafe partial class ExecutableMemory
{
    // Linux, x86-64: sys/mman.h.
    private const int Read = 1;
    private const int Write = 2;
    private const int Execute = 4;
    private const int PrivateAnonymous = 0x22;

    /// <summary>Why there is no such memory for the calling convention that the code is written for (System V), or
    /// null.</summary>
    public static string? WhyUnsupported =>
        OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64
        ? null
        : "its machine code is for Linux on x86-64";

    /// <summary>Copies code to memory that lives as long as the process.</summary>
    /// <param name="code">Instructions that do not depend on where they lie.</param>
    /// <param name="problem">What the system said, when the answer is null.</param>
    public static void* TryPlace(ReadOnlySpan<byte> code, out string? problem)
    {
        void* memory = Map(null, (nuint)code.Length, Read | Write, PrivateAnonymous, -1, 0);
        if ((nint)memory == -1)
        {
            problem = $"the system gives no memory for machine code (mmap: error {Marshal.GetLastPInvokeError()})";
            return null;
        }

        code.CopyTo(new Span<byte>(memory, code.Length));
        if (Protect(memory, (nuint)code.Length, Read | Execute) != 0)
        {
            problem =
                $"the system refuses to run machine code made here (mprotect: error {Marshal.GetLastPInvokeError()})";
            _ = Unmap(memory, (nuint)code.Length);
            return null;
        }

        problem = null;
        return memory;
    }

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial void* Map(
        void* address, nuint bytes, int protection, int flags, int descriptor, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int Protect(void* address, nuint bytes, int protection);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static partial int Unmap(void* address, nuint bytes);
}
