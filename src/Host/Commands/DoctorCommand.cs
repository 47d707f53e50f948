using System.CommandLine;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Spectre.Console;
using Tactus.Host.Configuration;
using Tactus.Kernels;
using Tactus.Kernels.Gpu;

namespace Tactus.Host.Commands;

/// <summary><c>tactus doctor</c>: what this machine can do. Read-only.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var command = new Command("doctor", "Show the machine, the kernels in use and why the others were skipped.");
        command.SetAction(_ => Run());
        return command;
    }

    private static int Run()
    {
        KernelSet kernels;
        HardwareProfile? profile;
        try
        {
            profile = HostEnvironment.ReadProfile();
            kernels = HostEnvironment.ChooseKernels(profile);
        }
        catch (KernelChoiceException error)
        {
            Console.Error.WriteLine($"error: {error.Message}");
            return ExitCodes.Usage;
        }

        AnsiConsole.WriteLine(
            $"runtime     {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier}");
        AnsiConsole.WriteLine($"processors  {Environment.ProcessorCount}");
        AnsiConsole.WriteLine($"AVX-512     {(Avx512F.IsSupported ? "yes" : "no")}");
        AnsiConsole.WriteLine($"AVX2        {(Avx2.IsSupported ? "yes" : "no")}");
        GpuSource gpu = GpuSource.Shared.Value;
        AnsiConsole.WriteLine($"GPU         {gpu.Executor?.Description ?? "none: " + gpu.WhyNone}");
        if (gpu.Executor is { } executor)
        {
            AnsiConsole.WriteLine($"watchdog    {executor.TimeoutMs} ms a batch, then the CPU takes over");
        }

        AnsiConsole.WriteLine($"profile     {Describe(profile)}");
        AnsiConsole.WriteLine();

        var table = new Table().Border(TableBorder.Simple);
        table.AddColumns("kernel", "entry", "lanes", "batch from", "state", "why");
        foreach (KernelRow row in kernels.Explain())
        {
            string state = row.State switch
            {
                KernelState.Usable => "[green]in use[/]",
                KernelState.Forced => "[green]forced[/]",
                KernelState.Wrong => "[red]wrong: disabled[/]",
                KernelState.Unsupported => "[yellow]unsupported[/]",
                _ => "[grey]not chosen[/]",
            };
            table.AddRow(
                row.Kernel.EscapeMarkup(),
                row.Entry.EscapeMarkup(),
                row.Lanes.ToString(),
                row.BatchMin == int.MaxValue ? "never" : row.BatchMin.ToString(),
                state,
                (row.Why ?? string.Empty).EscapeMarkup());
        }

        AnsiConsole.Write(table);
        return kernels.Explain().Any(row => row.State == KernelState.Wrong) ? ExitCodes.Failed : ExitCodes.Ok;
    }

    private static string Describe(HardwareProfile? profile) => profile is null
        ? $"none ({HostEnvironment.ProfileVariable} names none)"
        : !profile.IsGpu
            ? $"{profile.Path}, left out: of a stand-in, {profile.Device}"
            : $"{profile.Path}: {profile.Device}, backend {profile.Wishes.Backend ?? "auto"}, watchdog "
                + $"{profile.Wishes.TimeoutMs ?? GpuLimits.TimeoutMs} ms, batch from "
                + (profile.BatchMins.Count == 0 ? "never" : string.Join(
                    ", ", profile.BatchMins.Select(min => $"{min.Key} {min.Value}")));
}
