namespace Tactus.Engine.Protocols.VmDposw.Machines;

/// <summary>Category of a virtual machine (VM) by computing power. [D] 3.3: "three types of VMs: gold (large computing
/// power), silver (medium computing power), and bronze (small computing power)".</summary>
public enum VmCategory : byte
{
    Gold = 0,
    Silver = 1,
    Bronze = 2,
}

/// <summary>Role of a VM. [D] 3.3: "Right after VMs are created, their role is initially set as witness role, and are
/// put into the queue pool as the delegate candidate."</summary>
public enum VmRole : byte
{
    Witness = 0,
    Delegate = 1,
}

/// <summary>The categories as an index range.</summary>
public static class VmCategories
{
    public const int Count = 3;
}
