namespace Tactus.Host;

internal static class Program
{
    private static int Main(string[] args)
    {
        Console.WriteLine("tactus");
        return args.Length == 0 ? 0 : 1;
    }
}
