using System.CommandLine;
using System.CommandLine.Parsing;
using Tactus.Engine.Primitives;

namespace Tactus.Host.Commands;

/// <summary>What is wrong with a command line, in the words of its user: which option, what was given, what is
/// possible. System.CommandLine's own messages name types of .NET and come with the whole help.</summary>
internal static class UsageErrors
{
    /// <summary>One line per mistake, and where to read on.</summary>
    public static IEnumerable<string> Describe(ParseResult result)
    {
        Command command = result.CommandResult.Command;
        bool unknown = result.UnmatchedTokens.Count > 0;
        foreach (string token in result.UnmatchedTokens)
        {
            IEnumerable<string> known = token.StartsWith('-')
                ? command.Options.Select(option => option.Name)
                : command.Subcommands.Select(inner => inner.Name);
            yield return $"error: '{token}' is not understood by {PathOf(result)}{Suggestion.For(token, known)}";
        }

        // What is missing is no news beside a word that was not understood.
        foreach (string line in result.Errors.Where(
            error => error.SymbolResult is not CommandResult).Select(Of).Distinct())
        {
            yield return "error: " + line;
        }

        if (!unknown && command.Subcommands.Count > 0)
        {
            yield return $"error: {PathOf(result)} needs one of: "
                + string.Join(", ", command.Subcommands.Select(inner => inner.Name));
        }

        yield return $"'{PathOf(result)} --help' shows what is possible";
    }

    private static string Of(ParseError error) => error.SymbolResult switch
    {
        OptionResult { Tokens: [var token] } option when ExpectedBy(option.Option.ValueType) is { } expected =>
            $"{option.Option.Name} {token.Value}: expected {expected}",
        OptionResult { Tokens: [var token] } option when WordsOf(error.Message) is { Length: > 0 } words =>
            $"{option.Option.Name} {token.Value}: there are: {string.Join(", ", words)}",
        OptionResult { Tokens.Count: 0 } option => $"{option.Option.Name} needs a value: {option.Option.Description}",
        OptionResult option => $"{option.Option.Name}: {error.Message}",
        ArgumentResult { Tokens: [var token] } argument when ExpectedBy(argument.Argument.ValueType) is { } expected =>
            $"{argument.Argument.Name} {token.Value}: expected {expected}",
        ArgumentResult { Tokens.Count: 0 } argument =>
            $"{argument.Argument.Name} is missing: {argument.Argument.Description}",
        _ => error.Message,
    };

    private static string? ExpectedBy(Type type) => Type.GetTypeCode(Nullable.GetUnderlyingType(type) ?? type) switch
    {
        TypeCode.Int32 => $"a whole number up to {int.MaxValue}",
        TypeCode.UInt32 => $"a whole number from 0 to {uint.MaxValue}",
        TypeCode.Int64 => $"a whole number up to {long.MaxValue}",
        TypeCode.UInt64 => $"a whole number from 0 to {ulong.MaxValue}",
        TypeCode.Boolean => "nothing, true or false",
        _ => null,
    };

    /// <summary>The words in quotation marks on lines of their own, which is how what an option accepts is
    /// listed.</summary>
    private static string[] WordsOf(string message) =>
    [
        .. message.Split('\n').Skip(1).Select(line => line.Trim().Trim('\'')).Where(word => word.Length > 0),
    ];

    private static string PathOf(ParseResult result)
    {
        var names = new List<string>();
        for (SymbolResult? at = result.CommandResult; at is CommandResult { Parent: not null } inner; at = at.Parent)
        {
            names.Insert(0, inner.Command.Name);
        }

        return string.Join(' ', ["tactus", .. names]);
    }
}
