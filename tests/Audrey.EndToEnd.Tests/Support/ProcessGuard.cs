using System.Diagnostics;

namespace Audrey.EndToEnd.Tests.Support;

/// <summary>
/// Kills a process if the test run ends before the process does. For this, a shell waits for the end of its input and then kills the
/// process. The input of the shell ends when the test process exits or is killed.
/// </summary>
internal sealed class ProcessGuard : IAsyncDisposable
{
    private readonly Process _shell;

    public ProcessGuard(Process guarded) =>
        _shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "read -r _; kill -9 \"$0\"", $"{guarded.Id}"])
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
        })!;

    /// <summary>Stops the guard. Call this method when the guarded process has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        _shell.Kill();
        await _shell.WaitForExitAsync();
        _shell.Dispose();
    }
}
