using Audrey.Agent.Engines;
using Audrey.Agent.Facts;
using Audrey.Agent.PhoneHome;
using Audrey.Agent.State;

namespace Audrey.Agent.Running;

/// <summary>Applies services, each once for each configuration, and remembers how that went.</summary>
internal sealed class ServiceRunner(
    StateDirectory state, Journal journal, StatusFile status, IReadOnlyList<IEngine> engines, RunOptions options, TimeProvider time, Action<string> log)
{
    private readonly HashSet<string> _triedAgain = new(StringComparer.Ordinal);

    /// <summary>Applies it unless that was done with the same configuration; returns how it went, and the values that it wrote.</summary>
    public async Task<(ServiceRecord Record, IReadOnlyDictionary<string, byte[]> Provided)> RunAsync(
        string name, IReadOnlyList<Parameter> parameters, string folder, string fingerprint, CancellationToken cancellationToken)
    {
        if (journal.Find(name) is { Ended: not null } done && done.Fingerprint == fingerprint && !IsToBeTriedAgain(name, done))
        {
            Show(name, done);
            return (done, new Dictionary<string, byte[]>());
        }

        var record = new ServiceRecord { Fingerprint = fingerprint, Started = time.GetUtcNow() };
        journal.Put(name, record);
        status.Change(current => current with { Phase = Phase.Applying });
        status.Service(new ServiceStatus { Name = name, State = ServiceState.Running, Started = record.Started });
        log($"{name}: started");

        var (result, provided) = await ApplyAsync(name, parameters, folder, cancellationToken);
        journal.Provide(provided);
        record = record with { Ended = time.GetUtcNow(), ExitStatus = result.ExitStatus, Problem = result.Problem };
        journal.Put(name, record);
        log($"{name}: ended with {result.ExitStatus}{(result.Problem is { } problem ? $": {problem}" : "")}");
        Show(name, record);
        return (record, provided);
    }

    private async Task<(EngineResult Result, IReadOnlyDictionary<string, byte[]> Provided)> ApplyAsync(
        string name, IReadOnlyList<Parameter> parameters, string folder, CancellationToken cancellationToken)
    {
        var scratch = state.NewTemporary();
        try
        {
            var output = state.Service(name);
            foreach (var file in Directory.EnumerateFiles(output)) File.Delete(file);
            var task = new ServiceTask
            {
                Name = name,
                Parameters = parameters,
                Directory = folder,
                OutputDirectory = output,
                ProvideFile = Path.Combine(scratch, "provide"),
                Limit = options.ServiceLimit,
            };
            var engine = engines.First(candidate => candidate.Handles(task));
            var result = await engine.ApplyAsync(task, cancellationToken);
            return (result, FactLines.ReadFile(task.ProvideFile, $"what {name} provides", log));
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
