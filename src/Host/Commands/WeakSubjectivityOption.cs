using System.CommandLine;
using Tactus.Engine.Devnet;
using Tactus.Engine.Protocols.Gasper.Blocks;
using Tactus.Engine.Protocols.Gasper.ForkChoice;

namespace Tactus.Host.Commands;

/// <summary><c>--ws-checkpoint</c>: a checkpoint from a source that the user trusts, against histories that validators
/// who have left could sign.</summary>
internal static class WeakSubjectivityOption
{
    public static Option<string?> Create() => new("--ws-checkpoint")
    {
        Description =
            "ROOT:EPOCH of a checkpoint that is trusted (gasper): a chain that does not go through it, or has left it "
            + "too far behind, is refused.",
    };

    /// <exception cref="DevnetException">The text is no checkpoint.</exception>
    public static Checkpoint? Parse(string? text) =>
        text is null ? null
        : WeakSubjectivity.TryParse(text, out Checkpoint checkpoint) ? checkpoint
        : throw new DevnetException(
            $"--ws-checkpoint {text}: expected the block's root as 64 hexadecimal digits, a colon and the epoch");
}
