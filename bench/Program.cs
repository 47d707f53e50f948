namespace Tactus.Bench;

internal static class Program
{
    private static int Main(string[] args)
    {
        Console.WriteLine("bench");
        return args.Length == 0 ? 0 : 1;
    }
}
