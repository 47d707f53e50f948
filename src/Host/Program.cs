using System.CommandLine;
using System.CommandLine.Invocation;
using Tactus.Host.Commands;

namespace Tactus.Host;

internal static class Program
{
    private static int Main(string[] args)
    {
        Console.OutputEncoding = System.Text.Encoding.UTF8;
        var root = new RootCommand(
            "Tactus validates blocks on a beat of half a second.\n\n" +
            "First steps:\n" +
            "  tactus devnet              a local half-second chain of 21 producers\n" +
            "  tactus replay blocks.log   check a real chain from end to end\n" +
            "  tactus doctor              what this machine can do")
        {
            DevnetCommand.Create(),
            ReplayCommand.Create(),
            InspectCommand.Create(),
            SimulateCommand.Create(),
            DoctorCommand.Create(),
        };
        ParseResult result = root.Parse(args.Length == 0 ? ["--help"] : args);
        if (result.Action is not ParseErrorAction)
        {
            return result.Invoke();
        }

        foreach (string line in UsageErrors.Describe(result))
        {
            Console.Error.WriteLine(line);
        }

        return ExitCodes.Usage;
    }
}
