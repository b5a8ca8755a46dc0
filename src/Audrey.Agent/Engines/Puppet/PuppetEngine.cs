using System.Text;
using Audrey.Agent.Processes;
using Audrey.Agent.State;
using Audrey.Agent.Yaml;

namespace Audrey.Agent.Engines.Puppet;

/// <summary>
/// Applies puppet classes. They reach puppet through its external node classifier: values stay literal, an unknown parameter is an
/// error, and none is in a manifest, a report or puppet's state. The one file with them is gone when the run is over.
/// </summary>
internal sealed class PuppetEngine(PuppetOptions options, StateDirectory state, ChildProcesses processes) : IEngine
{
    /// <summary>The status of a run that found no puppet, as a shell has it for a command not found.</summary>
    private const int NotFound = 127;

    private const UnixFileMode OwnersScript = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public bool Handles(ServiceTask task) => task.Classes.Count > 0 || PuppetFile.IsIn(task.Directory);

    public async Task<EngineResult> ApplyAsync(ServiceTask task, CancellationToken cancellationToken)
    {
        if (options.FindProgram() is not { } program) return new EngineResult(NotFound, $"puppet is not installed: none of {string.Join(", ", options.Programs)} is there");
        if (state.Path.Any(char.IsWhiteSpace)) return new EngineResult(NotFound, "puppet needs a state directory without white space in its path");
        IReadOnlyList<PuppetClass> classes;
        try
        {
            classes = task.Classes.Count > 0 ? task.Classes : PuppetFile.Read(task);
        }
        catch (YamlProblemException problem)
        {
            return new EngineResult(ChildProcesses.NotStarted, $"{PuppetFile.Name}, {problem.Message}");
        }

        var scratch = state.NewTemporary();
        try
        {
            var command = Prepare(program, task, classes, scratch);
            var end = await processes.RunAsync(command, cancellationToken);
            return (end.Problem is not null ? new EngineResult(end.Status, end.Problem) : Judge(end.Status, classes, Path.Combine(scratch, "run.json"))) with { OutputMayQuote = true };
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    private ChildCommand Prepare(string program, ServiceTask task, IReadOnlyList<PuppetClass> classes, string scratch)
    {
        var document = Path.Combine(scratch, "enc.yaml");
        var script = Path.Combine(scratch, "enc.sh");
        var manifest = Path.Combine(scratch, "empty.pp");
        StateDirectory.Write(document, EncDocument.Render(classes));
        StateDirectory.Write(script, Encoding.UTF8.GetBytes($"#!/bin/sh\nexec cat '{document.Replace("'", "'\\''", StringComparison.Ordinal)}'\n"));
        File.SetUnixFileMode(script, OwnersScript);
        StateDirectory.Write(manifest, []);
        var home = state.Puppet;
        var environment = new ChildEnvironment();
        environment.Set("LANG", "C.UTF-8");
        environment.Set("LC_ALL", "C.UTF-8");
        return new ChildCommand
        {
            Program = program,
            Arguments =
            [
                "apply", "--confdir", $"{home}/conf", "--vardir", $"{home}/var", "--rundir", $"{home}/run", "--logdir", $"{home}/log",
                "--publicdir", $"{home}/public", "--modulepath", string.Join(':', options.ModulePath.Where(Directory.Exists)),
                "--node_terminus", "exec", "--external_nodes", script, "--detailed-exitcodes", "--color=false",
                "--logdest", Path.Combine(scratch, "run.json"), "--logdest", "console", manifest,
            ],
            Environment = environment,
            Output = Path.Combine(task.OutputDirectory, "stdout"),
            Errors = Path.Combine(task.OutputDirectory, "stderr"),
            Limit = task.Limit,
        };
    }

    /// <summary>0 is no change and 2 changes; all others are failures, of which 6 says that there were changes too.</summary>
    private static EngineResult Judge(int status, IReadOnlyList<PuppetClass> classes, string log)
    {
        if (status is 0 or 2) return new EngineResult(0);
        var messages = PuppetLog.Errors(log, classes);
        return new EngineResult(status, messages.Count > 0 ? string.Join("; ", messages) : "puppet failed without a message; see its output");
    }
}
