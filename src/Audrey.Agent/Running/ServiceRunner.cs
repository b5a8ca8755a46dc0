using Audrey.Agent.Engines;
using Audrey.Agent.Facts;
using Audrey.Agent.State;

namespace Audrey.Agent.Running;

/// <summary>Applies services, each once for each configuration, and remembers how that went.</summary>
internal sealed class ServiceRunner(
    StateDirectory state, Journal journal, StatusFile status, IReadOnlyList<IEngine> engines, RunOptions options, TimeProvider time, Action<string> log)
{
    private readonly HashSet<string> _triedAgain = new(StringComparer.Ordinal);

    /// <summary>Applies it unless that was done with the same configuration; returns how it went, and the values that it wrote.</summary>
    /// <param name="plan">The service.</param>
    /// <param name="started">Told which run begins, before it does; null: nobody is.</param>
    /// <param name="cancellationToken">Ends the service.</param>
    public async Task<(ServiceRecord Record, IReadOnlyDictionary<string, byte[]> Provided)> RunAsync(
        ServicePlan plan, Func<ServiceRecord, Task>? started, CancellationToken cancellationToken)
    {
        var (name, fingerprint) = (plan.Name, plan.Fingerprint);
        if (fingerprint != ServicePlan.EveryTime && journal.Find(name) is { Ended: not null } done && done.Fingerprint == fingerprint && !IsToBeTriedAgain(name, done))
        {
            Show(name, done);
            return (done, new Dictionary<string, byte[]>());
        }

        var record = new ServiceRecord
        {
            Fingerprint = fingerprint,
            Run = Math.Max(journal.Find(name)?.Run ?? 0, plan.RunsBefore) + 1,
            Started = time.GetUtcNow(),
        };
        journal.Put(name, record);
        if (started is not null) await started(record);
        status.Change(current => current with { Phase = Phase.Applying });
        status.Service(new ServiceStatus { Name = name, State = ServiceState.Running, Started = record.Started });
        log($"{name}: started");

        var (result, provided) = await ApplyAsync(plan, cancellationToken);
        journal.Provide(provided);
        record = record with { Ended = time.GetUtcNow(), ExitStatus = result.ExitStatus, Problem = result.Problem, OutputMayQuote = result.OutputMayQuote };
        journal.Put(name, record);
        log($"{name}: ended with {result.ExitStatus}{(result.Problem is { } problem ? $": {problem}" : "")}");
        Show(name, record);
        return (record, provided);
    }

    /// <summary>Gives a run that has ended another number: the server knows of a run with its own.</summary>
    public ServiceRecord Renumber(string name, ServiceRecord record, long last)
    {
        var renumbered = record with { Run = last + 1 };
        journal.Put(name, renumbered);
        return renumbered;
    }

    private async Task<(EngineResult Result, IReadOnlyDictionary<string, byte[]> Provided)> ApplyAsync(
        ServicePlan plan, CancellationToken cancellationToken)
    {
        var scratch = state.NewTemporary();
        try
        {
            var output = state.Service(plan.Name);
            foreach (var file in Directory.EnumerateFiles(output)) File.Delete(file);
            var task = new ServiceTask
            {
                Name = plan.Name,
                Parameters = plan.Parameters,
                Classes = plan.Classes,
                Directory = plan.Folder,
                OutputDirectory = output,
                ProvideFile = Path.Combine(scratch, "provide"),
                Limit = options.ServiceLimit,
            };
            var engine = engines.First(candidate => candidate.Handles(task));
            var result = await engine.ApplyAsync(task, cancellationToken);
            return (result, FactLines.ReadFile(task.ProvideFile, $"what {plan.Name} provides", log));
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    private bool IsToBeTriedAgain(string name, ServiceRecord done) => options.Again && done.ExitStatus != 0 && _triedAgain.Add(name);

    private void Show(string name, ServiceRecord record) => status.Service(new ServiceStatus
    {
        Name = name,
        State = record.ExitStatus == 0 ? ServiceState.Succeeded : ServiceState.Failed,
        Started = record.Started,
        Ended = record.Ended,
        ExitStatus = record.ExitStatus,
        Problem = record.Problem,
    });
}
