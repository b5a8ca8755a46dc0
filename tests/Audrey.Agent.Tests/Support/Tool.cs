using System.Diagnostics;

namespace Audrey.Agent.Tests.Support;

/// <summary>Runs a program of the repository or of the system and waits until it exits.</summary>
internal static class Tool
{
    /// <summary>The folder of the repository: the nearest parent folder that contains the solution.</summary>
    public static string Repository { get; } = Find(AppContext.BaseDirectory);

    /// <summary>Runs the program in the folder of the repository. Returns its output.</summary>
    public static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromMinutes(3), TimeProvider.System);
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Repository,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["SOURCE_DATE_EPOCH"] = "1700000000" },
        })!;
        try
        {
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(late.Token), process.StandardError.ReadToEndAsync(late.Token));
            await process.WaitForExitAsync(late.Token);
            Assert.True(process.ExitCode == 0,
                $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {await output}{await errors}");
            return await output;
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    private static string Find(string folder) =>
        File.Exists(Path.Combine(folder, "Audrey.sln")) ? folder
            : Find(Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The repository was not found."));
}
