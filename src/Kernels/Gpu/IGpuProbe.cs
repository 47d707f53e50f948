namespace Tactus.Kernels.Gpu;

/// <summary>What a device does one of in a loop, to know its bounds.</summary>
internal enum GpuOperation
{
    /// <summary>32-bit multiply-add, low half.</summary>
    Multiply = 0,

    /// <summary>32 x 32 bits to 64, added to 64.</summary>
    WideMultiply = 1,

    /// <summary>32-bit addition.</summary>
    Add = 2,

    /// <summary>Field multiplication in registers, as the programs in use do it.</summary>
    FieldMultiply = 3,

    /// <summary>The portable form of the same.</summary>
    FieldMultiplyPortable = 4,

    /// <summary>Field squaring in registers.</summary>
    FieldSquare = 5,

    /// <summary>Addition of an affine point, as the programs in use do it.</summary>
    PointAdd = 6,
}

/// <summary>A program whose launches can be timed without copies.</summary>
internal enum GpuProgram
{
    Verify = 0,
    Recover = 1,
    Batch = 2,
}

/// <summary>A measured rate.</summary>
/// <param name="Operation">Of what.</param>
/// <param name="PerSecond">Over the whole device.</param>
/// <param name="Seconds">Length of the measurement.</param>
internal sealed record GpuRate(GpuOperation Operation, double PerSecond, double Seconds);

/// <summary>A device that can be measured in parts.</summary>
internal interface IGpuProbe : IGpuDevice
{
    /// <summary>How often a second the device does an operation in registers.</summary>
    GpuRate Measure(GpuOperation operation, int rounds);

    /// <summary>A lane whose launches can be timed apart from its copies.</summary>
    IGpuTimedLane OpenTimedLane();
}

/// <summary>A lane whose launches can be timed apart from its copies.</summary>
internal interface IGpuTimedLane : IGpuLane
{
    /// <summary>Queues the copies of a batch to the device.</summary>
    void CopyIn(GpuProgram program, int count);

    /// <summary>Runs the launches of a batch on what lies on the device, and waits.</summary>
    void Launch(GpuProgram program, int count);

    /// <summary>Reduces a tree that lies on the device, and waits.</summary>
    void LaunchTree(int nodes, int levels);
}
