using System.Diagnostics;
using Audrey.EndToEnd.Tests.Support;

namespace Audrey.EndToEnd.Tests.Commands;

/// <summary>Runs the command <c>audrey</c> in a separate process. PATH is the only environment variable that it inherits.</summary>
internal sealed class CommandProcess(string home)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(20);

    /// <summary>Runs a command line.</summary>
    /// <param name="input">The standard input.</param>
    /// <param name="args">The command line.</param>
    /// <returns>The exit code, the standard output and the standard error output.</returns>
    public async Task<(int Code, string Out, string Error)> Run(string input, params string[] args)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "audrey.dll"), .. args])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = home,
        };
        var path = start.Environment["PATH"];
        start.Environment.Clear();
        (start.Environment["PATH"], start.Environment["HOME"]) = (path, home);
        using var process = Process.Start(start)!;
        await using var guard = new ProcessGuard(process);
        await process.StandardInput.WriteLineAsync(input);
        process.StandardInput.Close();
        var output = (Out: process.StandardOutput.ReadToEndAsync(), Error: process.StandardError.ReadToEndAsync());
        try
        {
            await process.WaitForExitAsync().Within($"the end of audrey {args[0]}", Limit);
            return (process.ExitCode, await output.Out, await output.Error);
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }
}
