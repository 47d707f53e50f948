using System.CommandLine;
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
        return root.Parse(args.Length == 0 ? ["--help"] : args).Invoke();
    }
}
