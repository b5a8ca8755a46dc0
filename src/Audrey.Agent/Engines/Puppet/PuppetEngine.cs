using System.Text;
using Audrey.Agent.Files;
using Audrey.Agent.Processes;
using Audrey.Agent.Services;
using Audrey.Agent.State;
using Audrey.Agent.Yaml;

namespace Audrey.Agent.Engines.Puppet;

/// <summary>
/// Applies Puppet classes. Puppet receives the classes from its external node classifier. So values stay literal, an unknown parameter is
/// an error, and no value is in a manifest, a report or Puppet's state. The only file with values is deleted after the run.
/// </summary>
internal sealed class PuppetEngine(PuppetOptions options, StateDirectory state, ChildProcesses processes) : IEngine
{
    public bool Handles(EngineTask task) => task.Classes.Count > 0 || PuppetFile.IsIn(task.Folder);

    public async Task<EngineResult> ApplyAsync(EngineTask task, CancellationToken cancellationToken)
    {
        if (options.FindProgram() is not { } program)
            return new EngineResult(EngineResult.NotFound, $"Puppet is not installed: no {string.Join(" or ", options.Programs)}");
        if (state.Path.Any(char.IsWhiteSpace))
            return new EngineResult(EngineResult.NotFound, "Puppet needs a state directory without white space in its path");
        IReadOnlyList<PuppetClass> classes;
        try
        {
            classes = task.Classes.Count > 0 ? task.Classes : PuppetFile.Read(task);
        }
        catch (StrictYamlException problem)
        {
            return new EngineResult(ChildProcesses.NotStarted, $"{PuppetFile.Name}, {problem.Message}");
        }

        var scratch = state.NewTemporary();
        try
        {
            var command = Prepare(program, task, classes, scratch);
            var end = await processes.RunAsync(command, cancellationToken);
            var result = end.Problem is not null
                ? new EngineResult(end.Status, end.Problem)
                : Interpret(end.Status, classes, Path.Combine(scratch, "run.json"));
            return result with { OutputMayQuote = true };
        }
        finally
        {
            TreeRemoval.Delete(scratch);
        }
    }

    private ChildCommand Prepare(string program, EngineTask task, IReadOnlyList<PuppetClass> classes, string scratch)
    {
        var document = Path.Combine(scratch, "enc.yaml");
        var script = Path.Combine(scratch, "enc.sh");
        var manifest = Path.Combine(scratch, "empty.pp");
        var quoted = document.Replace("'", "'\\''", StringComparison.Ordinal);
        AgentFiles.Write(document, ClassifierDocument.Render(classes));
        AgentFiles.WriteExecutable(script, Encoding.UTF8.GetBytes($"#!/bin/sh\nexec cat '{quoted}'\n"));
        AgentFiles.Write(manifest, []);
        var home = state.Puppet;
        TreeRemoval.Delete($"{home}/var/reports");
        foreach (var kept in (string[])["last_run_report.yaml", "transactionstore.yaml"]) TreeRemoval.Delete($"{home}/var/state/{kept}");
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
                // A report and the store of the last transaction keep values, and reports pile up.
                "--no-report", "--transactionstorefile", Path.Combine(scratch, "transactions.yaml"),
                "--node_terminus", "exec", "--external_nodes", script, "--detailed-exitcodes", "--color=false",
                "--logdest", Path.Combine(scratch, "run.json"), "--logdest", "console", manifest,
            ],
            Environment = environment,
            Output = Path.Combine(task.OutputFolder, "stdout"),
            Errors = Path.Combine(task.OutputFolder, "stderr"),
            MaxTime = task.MaxTime,
        };
    }

    /// <summary>Puppet exits with 0 if nothing changed and with 2 if it applied changes. Any other status is a failure.</summary>
    private static EngineResult Interpret(int status, IReadOnlyList<PuppetClass> classes, string log)
    {
        if (status is 0 or 2) return new EngineResult(0);
        var messages = PuppetLog.ReadErrors(log, classes);
        if (messages.Count == 0) messages = ["Puppet failed without a message; see its output"];
        return new EngineResult(status, string.Join("; ", messages));
    }
}
