using System.Diagnostics;
using Audrey.Agent.Commands;
using Audrey.Agent.Diagnostics;
using Audrey.Agent.State;
using Audrey.Agent.Tests.Support;
using Audrey.Testing;

namespace Audrey.Agent.Tests.Program;

/// <summary>A guest program that runs as a process, with its own state directory and user data.</summary>
internal sealed class GuestProgram : IDisposable
{
    private readonly TempDirectory _directory = new();

    public string State => File("state");

    public RunStatus Status => RunStatusFile.Read(StateDirectory.At(State))!;

    /// <summary>The text that the command status prints.</summary>
    public string StatusText
    {
        get
        {
            using var output = new StringWriter();
            RunStatusText.Write(Status, output);
            return output.ToString();
        }
    }

    /// <summary>The command line of a run, for a shell. Further options can follow.</summary>
    public string Run => $"{AgentProgram.Command} run --state {State} --user-data {File("user-data")}";

    public string File(string name) => _directory.File(name);

    public string Read(string name) => System.IO.File.ReadAllText(File(name));

    public void Write(string name, string text, bool executable = false)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File(name))!);
        System.IO.File.WriteAllText(File(name), text);
        if (executable) System.IO.File.SetUnixFileMode(File(name), (UnixFileMode)0b111_101_101);
    }

    /// <summary>Writes user data without a server. Each script begins with the line of /bin/sh.</summary>
    public void UseScripts(params (string Service, string Script)[] services) => Write(
        "user-data",
        "audrey: 1\nservices:\n" + string.Concat(services.Select(service =>
            $"  - name: {service.Service}\n    executable: |\n      #!/bin/sh\n      "
            + service.Script.ReplaceLineEndings("\n      ") + "\n")));

    public void UseServer(Uri endpoint) => Write("user-data", $"1|{endpoint}|{FakeConfigServer.Id}|{FakeConfigServer.Secret}");

    /// <summary>Runs the program. Returns the exit code and the log.</summary>
    public Task<(AgentExitCode Code, string Log)> RunAsync(string options = "") => AgentProgram.RunAsync($"{Run} {options}");

    /// <summary>Runs a script in a mount namespace of its own.</summary>
    public Task<(AgentExitCode Code, string Log)> RunInNamespaceAsync(string script)
    {
        Write("script", script);
        return AgentProgram.RunAsync($"unshare -m --propagation private /bin/sh {File("script")}");
    }

    public Process Start(string options = "", string before = "") => AgentProgram.Start($"{before} exec {Run} {options}");

    public void Dispose() => _directory.Dispose();
}
