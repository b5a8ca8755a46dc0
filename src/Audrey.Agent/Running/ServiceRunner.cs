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
    public async Task<(ServiceRecord Record, IReadOnlyDictionary<string, byte[]> Provided)> RunAsync(
        ServicePlan plan, CancellationToken cancellationToken)
    {
        var (name, fingerprint) = (plan.Name, plan.Fingerprint);
        if (fingerprint != ServicePlan.EveryTime && journal.Find(name) is { Ended: not null } done && done.Fingerprint == fingerprint && !IsToBeTriedAgain(name, done))
        {
            Show(name, done);
            return (done, new Dictionary<string, byte[]>());
        }

        var record = new ServiceRecord { Fingerprint = fingerprint, Started = time.GetUtcNow() };
        journal.Put(name, record);
        status.Change(current => current with { Phase = Phase.Applying });
        status.Service(new ServiceStatus { Name = name, State = ServiceState.Running, Started = record.Started });
        log($"{name}: started");

        var (result, provided) = await ApplyAsync(plan, cancellationToken);
        journal.Provide(provided);
        record = record with { Ended = time.GetUtcNow(), ExitStatus = result.ExitStatus, Problem = result.Problem };
        journal.Put(name, record);
        log($"{name}: ended with {result.ExitStatus}{(result.Problem is { } problem ? $": {problem}" : "")}");
        Show(name, record);
        return (record, provided);
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
