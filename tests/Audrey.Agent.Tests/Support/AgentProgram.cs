using System.Diagnostics;
using Audrey.Agent.Diagnostics;

namespace Audrey.Agent.Tests.Support;

/// <summary>Runs the guest program as a process.</summary>
internal static class AgentProgram
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    /// <summary>The command line of the program, for a shell.</summary>
    public static string Command { get; } =
        $"{Environment.ProcessPath} {Path.Combine(AppContext.BaseDirectory, "audrey-instance-config.dll")}";

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

    /// <summary>Starts a script in /bin/sh.</summary>
    public static Process Start(string script) =>
        Process.Start(new ProcessStartInfo("/bin/sh", ["-c", script]) { RedirectStandardError = true })!;
}
