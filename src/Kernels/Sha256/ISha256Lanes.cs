namespace Tactus.Kernels.Sha256;

/// <summary>What <see cref="Sha256LaneQueue{T}"/> needs of a set of lanes: one block in each, wherever it lies.</summary>
/// <remarks>The state is <see cref="Lanes"/> x 8 words; only the implementation knows their order.</remarks>
internal unsafe interface ISha256Lanes
{
    /// <summary>Messages worked on side by side.</summary>
    static abstract int Lanes { get; }

    /// <summary>Lanes of a cheaper step that works on the first lanes only; equal to <see cref="Lanes"/> if there is none.</summary>
    static abstract int LanesFew { get; }

    /// <summary>Nanoseconds of a step over all lanes, to weigh it against the platform's library.</summary>
    static abstract int StepNs { get; }

    /// <summary>Nanoseconds of a step over <see cref="LanesFew"/> lanes.</summary>
    static abstract int StepFewNs { get; }

    /// <summary>Index in the state of word 0 of a lane.</summary>
    static abstract int StateIndex(int lane);

    /// <summary>Distance in the state between the words of a lane.</summary>
    static abstract int StateStride { get; }

    /// <summary>One block into every lane, or into the first <see cref="LanesFew"/>; blocks[lane] points to 64 bytes.</summary>
    static abstract void Step(byte** blocks, uint* state, bool few);
}
