using ILGPU;
using Tactus.Kernels.Gpu.Device;

namespace Tactus.Kernels.Gpu.Launch;

/// <summary>Words of a device's memory.</summary>
internal readonly struct ViewWords(ArrayView<uint> view) : IWords
{
    private readonly ArrayView<uint> _view = view;

    public uint Get(long index) => _view[index];

    public void Set(long index, uint value) => _view[index] = value;

    public uint Add(long index, uint value) => Atomic.Add(ref _view[index], value);
}
