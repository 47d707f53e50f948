namespace Tactus.Engine.Pipeline;

/// <summary>How much of a block is checked.</summary>
public enum ValidationMode
{
    /// <summary>Everything.</summary>
    Full,

    /// <summary>Trusted producers: no transaction signatures, no authority checks; headers, roots and effects still are.</summary>
    Light,

    /// <summary>Headers only: links, slots, producers, schedules, producer signatures, finality.</summary>
    Headers,
}
