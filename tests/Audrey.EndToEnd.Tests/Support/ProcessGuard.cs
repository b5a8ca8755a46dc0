using System.Diagnostics;

namespace Audrey.EndToEnd.Tests.Support;

/// <summary>
/// Ends a process should the tests die before they could: a shell waits for the end of its input, which comes with the end of whoever
/// started it, however that ended.
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

    /// <summary>The guarded process has ended: nothing is left to be done.</summary>
    public async ValueTask DisposeAsync()
    {
        _shell.Kill();
        await _shell.WaitForExitAsync();
        _shell.Dispose();
    }
}
