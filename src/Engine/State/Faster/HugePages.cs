using System.Runtime.InteropServices;

namespace Tactus.Engine.State.Faster;

/// <summary>Asks the system for large pages behind long-lived memory that is read at random: each access otherwise pays for a
/// walk of the page tables, twice as long in a virtual machine. Advice only.</summary>
internal static unsafe partial class HugePages
{
    private const long PageBytes = 2 << 20;

    // Linux: MADV_HUGEPAGE, since 2.6.38; MADV_COLLAPSE, since 6.1, does at once what a kernel thread would do in minutes.
    private const int AdviceHugePage = 14;
    private const int AdviceCollapse = 25;

    /// <summary>Advises for the whole large pages within a range.</summary>
    public static void Advise(byte* start, long bytes)
    {
        if (!OperatingSystem.IsLinux() || bytes < PageBytes)
        {
            return;
        }

        long first = ((long)start + PageBytes - 1) & -PageBytes;
        long length = (((long)start + bytes) & -PageBytes) - first;
        if (length > 0)
        {
            // A system without the advice answers with an error, and nothing is lost.
            _ = Madvise((byte*)first, (nuint)length, AdviceHugePage);
            _ = Madvise((byte*)first, (nuint)length, AdviceCollapse);
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Madvise(byte* start, nuint length, int advice);
}
