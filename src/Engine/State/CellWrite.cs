using System.Runtime.InteropServices;

namespace Tactus.Engine.State;

/// <summary>One record as a commit writes it: the new cell, or no record where <see cref="Present"/> is 0. 80 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct CellWrite
{
    public StateKey Key;
    public StateCell Cell;

    /// <summary>1: the record is <see cref="Cell"/> from now on; 0: there is no record.</summary>
    public uint Present;

    /// <summary>1: there was a record before. Stores count records by it; a before-image carries the two exchanged.</summary>
    public uint WasPresent;
}

/// <summary>One blob as a commit writes it: a range of the write set's blob bytes, or no record.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct BlobWrite
{
    public StateKey Key;

    /// <summary>Offset in bytes into <see cref="PartitionWrites.BlobBytes"/>.</summary>
    public int Offset;

    /// <summary>Length in bytes; -1: there is no record.</summary>
    public int Length;

    /// <summary>1: there was a record before.</summary>
    public uint WasPresent;

    private readonly uint _unused;
}
