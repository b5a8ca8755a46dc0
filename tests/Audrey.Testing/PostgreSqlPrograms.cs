using System.Diagnostics;

namespace Audrey.Testing;

/// <summary>
/// Runs the installed PostgreSQL programs. PostgreSQL refuses to run as root. If the tests run as root, the programs run as the user
/// postgres instead.
/// </summary>
internal sealed class PostgreSqlPrograms
{
    private const string DebianRoot = "/usr/lib/postgresql";

    private readonly string _directory;

    private PostgreSqlPrograms(string directory) => _directory = directory;

    private static bool IsRoot => Environment.IsPrivilegedProcess;

    public static PostgreSqlPrograms Find()
    {
        var debian = Directory.Exists(DebianRoot)
            ? Directory.GetDirectories(DebianRoot).OrderByDescending(Version).Select(directory => Path.Combine(directory, "bin"))
            : [];
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        var directory = debian.Concat(path).FirstOrDefault(directory => File.Exists(Path.Combine(directory, "initdb")));
        return directory is null
            ? throw new InvalidOperationException(
                "PostgreSQL is not installed, and these tests need a real server. Install it with: apt-get install postgresql")
            : new PostgreSqlPrograms(directory);
    }

    /// <summary>Makes the directory belong to the user as which the programs run.</summary>
    public async Task OwnAsync(string directory)
    {
        if (IsRoot) await WaitAsync(Launch("chown", ["postgres", directory]));
    }

    public Task RunAsync(string program, params string[] arguments) => WaitAsync(Start(program, arguments));

    public Process Start(string program, params string[] arguments)
    {
        var path = Path.Combine(_directory, program);
        return IsRoot
            ? Launch("setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", path, .. arguments])
            : Launch(path, arguments);
    }

    private static int Version(string directory) => int.TryParse(Path.GetFileName(directory), out var version) ? version : 0;

    private static Process Launch(string program, string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            WorkingDirectory = "/",
        })!;

    private static async Task WaitAsync(Process process)
    {
        using (process)
        {
            var output = process.StandardOutput.ReadToEndAsync();
            var error = await process.StandardError.ReadToEndAsync();
            await output;
            await process.WaitForExitAsync();
            if (process.ExitCode != 0) throw new InvalidOperationException($"{process.StartInfo.FileName} failed: {error}");
        }
    }
}
