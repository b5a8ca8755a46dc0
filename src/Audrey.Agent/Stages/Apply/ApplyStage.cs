using Audrey.Agent.Engines;
using Audrey.Agent.Files;
using Audrey.Agent.Processes;
using Audrey.Agent.Services;
using Audrey.Agent.State;

namespace Audrey.Agent.Stages.Apply;

/// <summary>Applies services, each once for each configuration, and records the results in the journal.</summary>
internal sealed class ApplyStage(RunContext run, Journal journal, IReadOnlyList<IEngine> engines)
{
    private readonly HashSet<string> _retried = new(StringComparer.Ordinal);

    /// <summary>Applies the service, unless the journal says that it has run with the same configuration.</summary>
    /// <param name="plan">The service.</param>
    /// <param name="started">Called before the run starts. Null if nothing is to be called.</param>
    /// <param name="cancellationToken">Ends the service.</param>
    public async Task<AppliedService> RunAsync(ServicePlan plan, Func<ServiceRecord, Task>? started, CancellationToken cancellationToken)
    {
        var name = plan.Name;
        var last = journal.Find(name);
        if (IsApplied(plan, last))
        {
            Show(name, last!);
            return new AppliedService(last!, new Dictionary<string, byte[]>());
        }

        var record = new ServiceRecord
        {
            Fingerprint = plan.Fingerprint,
            Run = Math.Max(last?.Run ?? 0, plan.LastReportedRun) + 1,
            Started = run.Time.GetUtcNow(),
        };
        journal.Put(name, record);
        if (started is not null) await started(record);
        run.Status.Update(current => current with { Phase = RunPhase.Applying });
        run.Status.SetService(new ServiceRunStatus { Name = name, State = ServiceRunState.Running, Started = record.Started });
        run.Log.Write($"{name}: started");

        var (result, provided) = await ApplyAsync(plan, cancellationToken);
        journal.PutProvided(provided);
        record = record with
        {
            Ended = run.Time.GetUtcNow(),
            ExitStatus = result.ExitStatus,
            Problem = result.Problem,
            OutputMayQuote = result.OutputMayQuote,
        };
        journal.Put(name, record);
        run.Log.Write($"{name}: ended with {result.ExitStatus}{(result.Problem is { } problem ? $": {problem}" : "")}");
        Show(name, record);
        return new AppliedService(record, provided);
    }

    private bool IsApplied(ServicePlan plan, ServiceRecord? last)
    {
        if (last?.Ended is null || plan.Fingerprint == ServicePlan.EveryRun || last.Fingerprint != plan.Fingerprint) return false;
        var isRetry = run.Options.RetryFailed && last.ExitStatus != 0 && _retried.Add(plan.Name);
        return !isRetry;
    }

    private async Task<(EngineResult Result, IReadOnlyDictionary<string, byte[]> Provided)> ApplyAsync(
        ServicePlan plan, CancellationToken cancellationToken)
    {
        var scratch = run.State.NewTemporary();
        try
        {
            var output = run.State.ServiceOutput(plan.Name);
            OutputLimit.DeleteFiles(output);
            var task = new EngineTask
            {
                Name = plan.Name,
                Parameters = plan.Parameters,
                Classes = plan.Classes,
                Folder = plan.Folder,
                OutputFolder = output,
                ProvideFile = Path.Combine(scratch, "provide"),
                MaxTime = run.Options.MaxServiceTime,
            };
            var engine = engines.First(candidate => candidate.Handles(task));
            var result = await engine.ApplyAsync(task, cancellationToken);
            return (result, NameValueLines.ReadFile(task.ProvideFile, $"values provided by {plan.Name}", run.Log));
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
    });
}
