using Tactus.Engine.Primitives;
using Tactus.Engine.Production;

namespace Tactus.Engine.Protocols.VmDposw;

/// <summary>Keys of the VMs of this node: they sign, and they reveal the one-time keys.</summary>
public interface IMachineKeys : IProducerKeys
{
    /// <summary>K_j of a VM.</summary>
    /// <param name="machine">VM id.</param>
    /// <param name="index">j, from 1.</param>
    /// <param name="key">The key, whose hash must be <c>K_(j-1)</c>.</param>
    /// <returns>False where the chain of keys is used up: the owner registers another.</returns>
    bool TryReveal(uint machine, uint index, out Hash256 key);
}
