using Audrey.Agent.Processes;

namespace Audrey.Agent.Engines;

/// <summary>
/// Runs a service's <c>start</c> in its folder, with each parameter as <c>AUDREY_VAR_service_parameter</c> in the environment, as the
/// guests of 2012 do.
/// </summary>
internal sealed class ScriptEngine(ChildProcesses processes) : IEngine
{
    private const string Start = "start";

    /// <summary>The status of a service that has no executable, as a shell has it for a command not found.</summary>
    private const int NotFound = 127;

    public bool Handles(ServiceTask task) => true;

    public async Task<EngineResult> ApplyAsync(ServiceTask task, CancellationToken cancellationToken)
    {
        if (!File.Exists(Path.Combine(task.Directory, Start)))
            return new EngineResult(NotFound, $"the tarball has no {task.Name}/{Start}");

        ChildEnvironment environment;
        try
        {
            environment = Environment(task);
        }
        catch (ArgumentException problem)
        {
            return new EngineResult(ChildProcesses.NotStarted, problem.Message);
        }

        var end = await processes.RunAsync(
            new ChildCommand
            {
                Program = "./" + Start,
                Directory = task.Directory,
                Environment = environment,
                Output = Path.Combine(task.OutputDirectory, "stdout"),
                Errors = Path.Combine(task.OutputDirectory, "stderr"),
                Limit = task.Limit,
            },
            cancellationToken);
        return new EngineResult(end.Status, end.Problem);
    }

    private static ChildEnvironment Environment(ServiceTask task)
    {
        var environment = new ChildEnvironment();
        environment.Set("AUDREY_SERVICE", task.Name);
        environment.Set("AUDREY_PROVIDE", task.ProvideFile);
        foreach (var parameter in task.Parameters) environment.Set(Variable(task.Name, parameter.Name), parameter.Value);

        // No shell can read a variable with, say, a dash in its name: it gets a second one, where that can mean one parameter only.
        foreach (var readable in task.Parameters.GroupBy(parameter => Readable(Variable(task.Name, parameter.Name)), StringComparer.Ordinal))
            if (readable.Count() == 1 && !environment.Has(readable.Key)) environment.Set(readable.Key, readable.Single().Value);

        return environment;
    }

    private static string Variable(string service, string parameter) => $"AUDREY_VAR_{service}_{parameter}";

    private static string Readable(string name) =>
        string.Concat(name.Select(character => char.IsAsciiLetterOrDigit(character) ? character : '_'));
}
