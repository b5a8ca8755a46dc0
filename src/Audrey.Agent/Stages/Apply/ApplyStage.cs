using Audrey.Agent.Diagnostics;
using Audrey.Agent.Engines;
using Audrey.Agent.Files;
using Audrey.Agent.Processes;
using Audrey.Agent.Services;
using Audrey.Agent.State;

namespace Audrey.Agent.Stages.Apply;

/// <summary>Applies services, each once for each configuration, and records the results in the journal.</summary>
internal sealed class ApplyStage(RunContext run, Journal journal, IReadOnlyList<IEngine> engines)
{
    private readonly string _boot = ProcessIdentity.ReadBoot();
    private readonly HashSet<string> _retried = new(StringComparer.Ordinal);

    /// <summary>Applies the service, unless the journal shows that the service has already run with the same configuration.</summary>
    /// <param name="plan">The service.</param>
    /// <param name="started">Called before the run starts. Null if nothing is to be called.</param>
    /// <param name="cancellationToken">Ends the service.</param>
    /// <exception cref="RebootPendingException">The service goes on after a reboot.</exception>
    public async Task<AppliedService> RunAsync(ServicePlan plan, Func<ServiceRecord, Task>? started, CancellationToken cancellationToken)
    {
        var name = plan.Name;
        var last = journal.Find(name);
        if (IsApplied(plan, last))
        {
            Show(name, last!);
            // The process that bounds the output can have been killed since the run that started it.
            if (last!.LeftRunning?.Any(left => ProcessIdentity.Find(left.Pid) == left.Start) == true) run.KeepOutput();
            return new AppliedService(last, new Dictionary<string, byte[]>());
        }

        var isSame = last is { Ended: null } && last.Fingerprint == plan.Fingerprint;
        if (isSame && last!.RebootFrom == _boot) throw new RebootPendingException(name);
        var record = new ServiceRecord
        {
            Fingerprint = plan.Fingerprint,
            // A run that the conductor demands has the number that it demands, or a higher one. So one run is always enough.
            Run = Math.Max(Math.Max(last?.Run ?? 0, plan.LastReportedRun) + 1, plan.Retry),
            Started = run.Time.GetUtcNow(),
            Attempt = isSame ? Math.Max(last!.Attempt, 1) + 1 : 1,
        };
        journal.Put(name, record);
        if (started is not null) await started(record);
        run.Status.Update(current => current with { Phase = RunPhase.Applying });
        run.Status.SetService(new ServiceRunStatus { Name = name, State = ServiceRunState.Running, Started = record.Started });
        foreach (var parameter in plan.Parameters.Where(parameter => parameter.IsAmbiguous))
            run.Log.Write(
                $"{name}: an item of {parameter.Name} has several lines, and {ScriptEngine.TextName(name, parameter)} does not show where "
                + $"it ends; read {ScriptEngine.JsonName(name, parameter)}");
        foreach (var parameter in plan.Parameters.Where(parameter => ScriptEngine.IsTooLong(name, parameter)))
            run.Log.Write(
                $"{name}: the list {parameter.Name} is too long for {ScriptEngine.JsonName(name, parameter)}, which is left out");
        run.Log.Write(record.Attempt == 1 ? $"{name}: started" : $"{name}: started, attempt {record.Attempt}");

        // The duration is measured by the monotonic clock, because the machine's time is often set during the first boot.
        var start = run.Time.GetTimestamp();
        var (result, provided, refusals) = await ApplyAsync(plan, record.Attempt, cancellationToken);
        journal.PutProvided(provided);
        if (result.LeftRunning.Count > 0) run.KeepOutput();
        if (result.IsRebooting)
        {
            journal.Put(name, record with { RebootFrom = _boot });
            throw new RebootPendingException(name);
        }

        record = record with
        {
            Duration = run.Time.GetElapsedTime(start),
            LeftRunning = result.LeftRunning.Count == 0 ? null
                : [.. result.LeftRunning.Select(process => new LeftProcess(process.Pid, $"{_boot} {process.Start}", process.Name))],
            Ended = run.Time.GetUtcNow(),
            ExitStatus = result.ExitStatus,
            Problem = Join(result.Problem, refusals),
            OutputMayQuote = result.OutputMayQuote,
        };
        journal.Put(name, record);
        run.Log.Write($"{name}: ended with {result.ExitStatus}{(result.Problem is { } problem ? $": {problem}" : "")}");
        Show(name, record);
        return new AppliedService(record, provided);
    }

    /// <summary>
    /// Records that the server did not take values that the service provided: it refused them or did not request them, for example because
    /// their names are misspelt.
    /// </summary>
    public ServiceRecord RecordRefused(ServicePlan plan, ServiceRecord record, IReadOnlyList<string> refused)
    {
        var problem = $"the server refused or did not request these values of the service: {string.Join(", ", refused)}";
        run.Log.Write($"{plan.Name}: {problem}");
        record = record with { Problem = Join(record.Problem, [problem]) };
        journal.Put(plan.Name, record);
        Show(plan.Name, record);
        return record;
    }

    private static string? Join(string? problem, IReadOnlyList<string> more) =>
        problem is null && more.Count == 0 ? null : string.Join("; ", problem is null ? more : [problem, .. more]);

    private bool IsApplied(ServicePlan plan, ServiceRecord? last)
    {
        if (last?.Ended is null || plan.Fingerprint == ServicePlan.EveryRun || last.Fingerprint != plan.Fingerprint) return false;
        if (Math.Max(last.Run, plan.LastReportedRun) < plan.Retry) return false;
        var isRetry = run.Options.RetryFailed && last.ExitStatus != 0 && _retried.Add(plan.Name);
        return !isRetry;
    }

    private async Task<(EngineResult Result, IReadOnlyDictionary<string, byte[]> Provided, IReadOnlyList<string> Refusals)> ApplyAsync(
        ServicePlan plan, int attempt, CancellationToken cancellationToken)
    {
        var scratch = run.State.NewTemporary();
        try
        {
            var output = run.State.ServiceOutput(plan.Name);
            OutputLimit.DeleteFiles(output);
            AgentFiles.CreateFolder(Path.Combine(scratch, "values"));
            var task = new EngineTask
            {
                Name = plan.Name,
                Parameters = plan.Parameters,
                Classes = plan.Classes,
                Folder = plan.Folder,
                OutputFolder = output,
                DataFolder = run.State.ServiceData(plan.Name),
                Attempt = attempt,
                ProvideFile = Path.Combine(scratch, "provide"),
                ProvideFolder = Path.Combine(scratch, "values"),
                MaxTime = run.Options.MaxServiceTime,
            };
            var engine = engines.First(candidate => candidate.Handles(task));
            var result = await engine.ApplyAsync(task, cancellationToken);
            var refusals = new CollectingLog(run.Log);
            var source = $"values provided by {plan.Name}";
            var provided = NameValueLines.ReadFile(task.ProvideFile, source, refusals);
            foreach (var (name, value) in ValueFiles.Read(task.ProvideFolder, source, refusals)) provided[name] = value;
            return (result, provided, refusals.Messages);
        }
        finally
        {
            TreeRemoval.Delete(scratch);
        }
    }

    private void Show(string name, ServiceRecord record) => run.Status.SetService(new ServiceRunStatus
    {
        Name = name,
        State = record.ExitStatus == 0 ? ServiceRunState.Succeeded : ServiceRunState.Failed,
        Started = record.Started,
        Ended = record.Ended,
        ExitStatus = record.ExitStatus,
        Problem = record.Problem,
        LeftRunning = record.LeftRunning,
    });
}
