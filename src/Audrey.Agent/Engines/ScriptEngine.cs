using System.Globalization;
using System.Text;
using Audrey.Agent.Processes;
using Audrey.Agent.Services;

namespace Audrey.Agent.Engines;

/// <summary>
/// Runs the file <c>start</c> or <c>leave</c> of a service in the service's folder. Each parameter is in the environment as
/// <c>AUDREY_VAR_service_parameter</c>, as in the guests of 2012. A list is in the environment as text, with one item on each line, and in
/// <c>AUDREY_JSON_service_parameter</c> as a JSON array, which loses nothing. If the array is too long for a variable, it is left out.
/// </summary>
internal sealed class ScriptEngine(ChildProcesses processes) : IEngine
{
    /// <summary>The file that configures a service.</summary>
    public const string Start = "start";

    /// <summary>The file that hands over the work of a service before its instance is removed from its group.</summary>
    public const string Leave = "leave";

    /// <summary>The maximum length of a variable that Linux passes to a program: its name, the equals sign, its value and a NUL.</summary>
    private const int MaxVariableBytes = 128 * 1024;

    /// <summary>Returns the name of the variable with the text of a parameter.</summary>
    public static string TextName(string service, ServiceParameter parameter) => $"AUDREY_VAR_{service}_{parameter.Name}";

    /// <summary>Returns the name of the variable with the JSON of a list.</summary>
    public static string JsonName(string service, ServiceParameter parameter) => $"AUDREY_JSON_{service}_{parameter.Name}";

    /// <summary>Returns whether the JSON of a list is too long for a variable.</summary>
    public static bool IsTooLong(string service, ServiceParameter parameter) => parameter.Json is { } json
        && Encoding.UTF8.GetByteCount(JsonName(service, parameter)) + Encoding.UTF8.GetByteCount(json) + 2 > MaxVariableBytes;

    public bool Handles(EngineTask task) => true;

    public async Task<EngineResult> ApplyAsync(EngineTask task, CancellationToken cancellationToken)
    {
        if (!File.Exists(Path.Combine(task.Folder, task.Script)))
            return new EngineResult(EngineResult.NotFound, $"the tarball has no {task.Name}/{task.Script}");

        ChildEnvironment environment;
        try
        {
            environment = CreateEnvironment(task);
        }
        catch (ArgumentException invalid)
        {
            return new EngineResult(ChildProcesses.NotStarted, invalid.Message);
        }

        var end = await processes.RunAsync(
            new ChildCommand
            {
                Program = "./" + task.Script,
                Directory = task.Folder,
                Environment = environment,
                Output = Path.Combine(task.OutputFolder, "stdout"),
                Errors = Path.Combine(task.OutputFolder, "stderr"),
                MaxTime = task.MaxTime,
            },
            cancellationToken);
        var problem = end.Problem;
        if (end.Status is ChildProcesses.NotStarted or EngineResult.NotFound)
            problem ??= StartDiagnosis.Explain(
                $"{task.Name}/{task.Script}", Path.Combine(task.Folder, task.Script), environment.SearchPath);
        return new EngineResult(end.Status, problem)
        {
            IsRebooting = end is { Status: EngineResult.Rebooting, Problem: null },
            LeftRunning = end.LeftRunning,
        };
    }

    private static ChildEnvironment CreateEnvironment(EngineTask task)
    {
        var environment = new ChildEnvironment();
        environment.Set("AUDREY_SERVICE", task.Name);
        environment.Set(ChildProcesses.MarkVariable, task.ProvideFile);
        environment.Set("AUDREY_PROVIDE_DIR", task.ProvideFolder);
        environment.Set("AUDREY_STATE", task.DataFolder);
        environment.Set("AUDREY_ATTEMPT", task.Attempt.ToString(CultureInfo.InvariantCulture));
        if (task.LeaveBy?.ToUnixTimeSeconds() is { } leaveBy)
            environment.Set("AUDREY_LEAVE_BY", leaveBy.ToString(CultureInfo.InvariantCulture));
        (string Name, byte[] Value)[] variables =
        [
            .. task.Parameters.Select(parameter => (TextName(task.Name, parameter), parameter.Value)),
            .. from parameter in task.Parameters
               where parameter.Json is not null && !IsTooLong(task.Name, parameter)
               select (JsonName(task.Name, parameter), Encoding.UTF8.GetBytes(parameter.Json!)),
        ];
        foreach (var (name, value) in variables) environment.Set(name, value);

        // A shell cannot read a variable with, for example, a dash in its name. So the parameter gets a second variable with a readable
        // name, unless two parameters would share that name.
        foreach (var readable in variables.GroupBy(variable => Readable(variable.Name), StringComparer.Ordinal))
            if (readable.Count() == 1 && !environment.Has(readable.Key)) environment.Set(readable.Key, readable.Single().Value);

        return environment;
    }

    private static string Readable(string name) =>
        string.Concat(name.Select(character => char.IsAsciiLetterOrDigit(character) ? character : '_'));
}
