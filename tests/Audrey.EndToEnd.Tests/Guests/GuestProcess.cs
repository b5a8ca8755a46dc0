using System.Diagnostics;
using System.Text;
using Audrey.EndToEnd.Tests.Support;

namespace Audrey.EndToEnd.Tests.Guests;

/// <summary>The guest program in its own process, with user data and a state directory in a temporary directory.</summary>
internal sealed class GuestProcess : IDisposable
{
    private readonly TempDirectory _directory = new();
    private int _pid;

    public GuestProcess(Uri endpoint, string uuid, string secret) =>
        System.IO.File.WriteAllText(UserData, Convert.ToBase64String(Encoding.UTF8.GetBytes($"1|{endpoint}|{uuid}|{secret}")));

    public string StateDirectory => _directory.File("state");

    public string Facts => _directory.File("facts");

    /// <summary>Returns a path in the temporary directory.</summary>
    public string File(string name) => _directory.File(name);

    private string UserData => _directory.File("user-data");

    public string Output(string service) => System.IO.File.ReadAllText(Path.Combine(StateDirectory, "services", service, "stdout"));

    public Task<(int ExitCode, string Output, string Log)> Run(params string[] arguments) =>
        Start("run", ["--user-data", UserData, "--state", StateDirectory, "--poll", "0.2", .. arguments]);

    public Task<(int ExitCode, string Output, string Log)> Status(params string[] arguments) =>
        Start("status", ["--state", StateDirectory, .. arguments]);

    /// <summary>Sends SIGTERM to the running guest program, as systemd does.</summary>
    public async Task Terminate()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_pid}"]);
        await kill.WaitForExitAsync().Within("the end of kill");
    }

    public void Dispose() => _directory.Dispose();

    private async Task<(int, string, string)> Start(string command, params string[] arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "audrey-instance-config.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [program, command, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        await using var guard = new ProcessGuard(process);
        if (command == "run") _pid = process.Id;
        var (output, log) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().Within($"the end of audrey-instance-config {command}");
        return (process.ExitCode, await output, await log);
    }
}
