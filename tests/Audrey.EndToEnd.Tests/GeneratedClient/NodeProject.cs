using System.ComponentModel;
using System.Diagnostics;
using Audrey.EndToEnd.Tests.Support;

namespace Audrey.EndToEnd.Tests.GeneratedClient;

/// <summary>The TypeScript program in a temporary directory, with the packages that tests/run installed.</summary>
internal sealed class NodeProject : IDisposable
{
    private static readonly string Sources = Path.Combine(AppContext.BaseDirectory, "GeneratedClient");

    // The script tests/run installs the packages into the directory of the test project's intermediate files.
    private static readonly string Installed = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../obj/generated-client"));

    private const string Remedy = "This test needs Node.js and packages from npm. tests/run installs both.";

    private readonly TempDirectory _directory = new();

    public NodeProject()
    {
        var lockFile = Path.Combine(Installed, "package-lock.json");
        if (!Directory.Exists(Path.Combine(Installed, "node_modules")) || !File.Exists(lockFile))
            throw new InvalidOperationException($"{Remedy} The packages are missing: {Installed}");
        if (File.ReadAllText(lockFile) != File.ReadAllText(Path.Combine(Sources, "package-lock.json")))
            throw new InvalidOperationException($"{Remedy} The packages in {Installed} differ from package-lock.json.");
        foreach (var file in Directory.GetFiles(Sources)) File.Copy(file, _directory.File(Path.GetFileName(file)));
        Directory.CreateSymbolicLink(_directory.File("node_modules"), Path.Combine(Installed, "node_modules"));
    }

    public void Write(string file, string text) => File.WriteAllText(_directory.File(file), text);

    /// <summary>Runs a program of an npm package. If its exit code is not 0, the test fails with the output of the program.</summary>
    public Task<string> Run(string program, params string[] arguments) => Start([$"node_modules/{program}", .. arguments], []);

    /// <summary>Runs a program of this directory.</summary>
    public Task<string> RunOwn(string program, Dictionary<string, string> environment) => Start([program], environment);

    public void Dispose() => _directory.Dispose();

    private static Process StartNode(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start) ?? throw new InvalidOperationException($"{Remedy} node did not start.");
        }
        catch (Win32Exception exception)
        {
            throw new InvalidOperationException($"{Remedy} node could not be started.", exception);
        }
    }

    private async Task<string> Start(string[] arguments, Dictionary<string, string> environment)
    {
        var start = new ProcessStartInfo("node", arguments)
        {
            WorkingDirectory = _directory.Path,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = StartNode(start);
        await using var guard = new ProcessGuard(process);
        try
        {
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync().Within($"the end of {arguments[0]}");
            Assert.True(process.ExitCode == 0, $"{arguments[0]} ended with {process.ExitCode}:\n{await output}{await errors}");
            return await output;
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }
}
