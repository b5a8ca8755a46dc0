using System.Diagnostics;
using Audrey.Agent.Diagnostics;
using Audrey.Agent.Processes;

namespace Audrey.Agent.Tests.Support;

/// <summary>Runs the guest program as a process.</summary>
internal static class AgentProgram
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private static readonly string? NativeBinary =
        Environment.GetEnvironmentVariable("AUDREY_BINARY") is { Length: > 0 } binary ? binary : null;

    /// <summary>Whether the tests run the native binary that the variable AUDREY_BINARY names.</summary>
    public static bool IsNative => NativeBinary is not null;

    /// <summary>The maximum memory of the native program while it waits. The runtime of the assembly alone needs more.</summary>
    private const int MaxKiB = 22 * 1024;

    private const int MaxBytes = 10_500_000;

    /// <summary>Checks the size of the program, and its memory, if it is the native one.</summary>
    /// <param name="residentKiB">The resident memory, in KiB.</param>
    public static void CheckSize(int residentKiB)
    {
        if (NativeBinary is null) return;
        Assert.True(residentKiB <= MaxKiB, $"The program uses {residentKiB} KiB. The maximum is {MaxKiB} KiB.");
        Assert.InRange(new FileInfo(NativeBinary).Length, 1, MaxBytes);
    }

    /// <summary>The command line of the program, for a shell: the native binary, or else the assembly.</summary>
    public static string Command { get; } =
        NativeBinary ?? $"{Environment.ProcessPath} {Path.Combine(AppContext.BaseDirectory, "audrey-instance-config.dll")}";

    /// <summary>Runs a script that starts the program. Returns the exit code and the log.</summary>
    public static async Task<(AgentExitCode Code, string Log)> RunAsync(string script)
    {
        using var process = Start(script);
        var log = process.StandardError.ReadToEndAsync();
        try
        {
            await process.WaitForExitAsync().WaitAsync(Deadline, TimeProvider.System);
            return ((AgentExitCode)process.ExitCode, await log);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>
    /// Returns the processes of the program that bound the output of what services left running. They continue after the run.
    /// </summary>
    /// <param name="state">The path of the state directory.</param>
    public static IReadOnlyList<int> FindOutputKeepers(string state) =>
    [
        .. from process in ProcessTable.Read()
           let command = ReadCommandLine(process.Pid)
           where command.Contains(OutputKeeper.Command) && command.Contains(state)
           select process.Pid,
    ];

    /// <summary>Kills a process, which need not be a child of this one, and waits for its end.</summary>
    public static async Task EndAsync(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            process.Kill();
            await process.WaitForExitAsync().WaitAsync(Deadline, TimeProvider.System);
        }
        catch (Exception failure) when (failure is ArgumentException or InvalidOperationException)
        {
            // The process has ended.
        }
    }

    /// <summary>Starts a script in /bin/sh.</summary>
    public static Process Start(string script) =>
        Process.Start(new ProcessStartInfo("/bin/sh", ["-c", script]) { RedirectStandardError = true })!;

    private static string[] ReadCommandLine(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline").Split('\0');
        }
        catch (IOException)
        {
            // The process has ended.
            return [];
        }
    }
}
