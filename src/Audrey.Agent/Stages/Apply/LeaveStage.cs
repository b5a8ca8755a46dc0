using Audrey.Agent.ConfigServer;
using Audrey.Agent.Engines;
using Audrey.Agent.Files;
using Audrey.Agent.Processes;
using Audrey.Agent.Services;

namespace Audrey.Agent.Stages.Apply;

/// <summary>
/// Hands over the work of the services before the instance is removed from its group: runs the file <c>leave</c> of each service that has
/// one, the last service first. The guest reports the configuration as applied afterwards, whether or not the files succeeded, and the
/// server then removes the instance. If the guest is stopped in between, the next run of the guest runs the files again.
/// </summary>
internal sealed class LeaveStage(RunContext run, ScriptEngine engine)
{
    private readonly HashSet<string> _left = new(StringComparer.Ordinal);

    /// <summary>Runs the files that did not run yet.</summary>
    /// <param name="server">The server.</param>
    /// <param name="assignment">The services.</param>
    /// <param name="leaveBy">The time at which the instance is removed. No file runs longer.</param>
    /// <param name="cancellationToken">Ends the file that runs.</param>
    public async Task RunAsync(
        IConfigServer server, InstanceAssignment assignment, DateTimeOffset leaveBy, CancellationToken cancellationToken)
    {
        foreach (var service in assignment.Services.Reverse())
        {
            var folder = Path.Combine(run.State.Files, service.Name);
            var rest = leaveBy - run.Time.GetUtcNow();
            if (!_left.Add($"{assignment.Registration}/{service.Name}") || !File.Exists(Path.Combine(folder, ScriptEngine.Leave))) continue;
            if (rest <= TimeSpan.Zero)
            {
                run.Log.Write($"{service.Name}: has no time left to hand over its work");
                continue;
            }

            var configuration = await server.GetConfigurationAsync(service.Name, cancellationToken);
            run.Log.Write($"{service.Name}: hands over its work, because this instance is about to be removed");
            var result = await RunAsync(configuration, folder, leaveBy, rest, cancellationToken);
            var problem = result.Problem is { } found ? $": {found}" : "";
            run.Log.Write($"{service.Name}: {ScriptEngine.Leave} ended with {result.ExitStatus}{problem}");
        }
    }

    private async Task<EngineResult> RunAsync(
        AssignedConfiguration configuration, string folder, DateTimeOffset leaveBy, TimeSpan rest, CancellationToken cancellationToken)
    {
        var (name, scratch) = (configuration.Service, run.State.NewTemporary());
        try
        {
            AgentFiles.CreateFolder(Path.Combine(scratch, "values"));
            var output = Path.Combine(run.State.ServiceOutput(name), ScriptEngine.Leave);
            AgentFiles.CreateFolder(output);
            OutputLimit.DeleteFiles(output);
            // The file is one of the service's files, which are not executable.
            var script = Path.Combine(folder, ScriptEngine.Leave);
            File.SetUnixFileMode(script, File.GetUnixFileMode(script) | UnixFileMode.UserExecute);
            return await engine.ApplyAsync(
                new EngineTask
                {
                    Name = name,
                    Parameters = configuration.Parameters,
                    Folder = folder,
                    Script = ScriptEngine.Leave,
                    LeaveBy = leaveBy,
                    OutputFolder = output,
                    DataFolder = run.State.ServiceData(name),
                    Attempt = 1,
                    ProvideFile = Path.Combine(scratch, "provide"),
                    ProvideFolder = Path.Combine(scratch, "values"),
                    MaxTime = rest < run.Options.MaxServiceTime ? rest : run.Options.MaxServiceTime,
                },
                cancellationToken);
        }
        finally
        {
            TreeRemoval.Delete(scratch);
        }
    }
}
