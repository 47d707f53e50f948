using BenchmarkDotNet.Running;
using Tactus.Bench.Gpu;
using Tactus.Bench.Peers;
using Tactus.Bench.Pipeline;

namespace Tactus.Bench;

internal static class Program
{
    private static int Main(string[] args)
    {
        switch (args.FirstOrDefault())
        {
            case "bls":
                return BlsCommand.Run(args.AsSpan(1));
            case "peers":
                return PeersCommand.Run(args.AsSpan(1));
            case "pipeline":
                return PipelineCommand.Run(args.AsSpan(1));
            case "state":
                return StateRunner.Run(args.AsSpan(1));
            case "gpu-test":
                return GpuTestCommand.Run(args.AsSpan(1));
            case "gpu":
                return GpuCommand.Run(args.AsSpan(1));
            case "gasper":
                return GasperCommand.Run(args.AsSpan(1));
            default:
                BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
                return 0;
        }
    }
}
