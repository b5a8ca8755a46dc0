using System.Globalization;
using Audrey.Agent.Services;
using Audrey.Agent.State;
using Audrey.Agent.Timing;

namespace Audrey.Agent.ConfigServer.Version2;

/// <summary>The config server of protocol version 2: text forms, signed requests and polling.</summary>
internal sealed class Version2Server(
    ServerHttp http, ServerAccess access, Journal journal, TimeProvider time, IPause pause, Random random) : IConfigServer
{
    public const int Number = 2;

    private readonly Version2Requests _http = new(http, access, time);
    private readonly string _id = Uri.EscapeDataString(access.Id);
    private readonly HashSet<string> _given = new(StringComparer.Ordinal);
    private int _registrations = 1;

    public int Version => Number;

    public async Task<InstanceAssignment> GetAssignmentAsync(CancellationToken cancellationToken)
    {
        var answer = await _http.GetAsync($"/params/{Number}/{_id}", cancellationToken);
        if (answer.Status != 200) throw AnswerErrors.Create("GET /params", answer);
        var assignment = Version2Texts.ReadAssignment(answer.Body) ?? throw AnswerErrors.NotUnderstood("GET /params");

        journal.PutRequested(assignment.MissingValues);

        // This version does not identify registrations. If the server requests a value that it has already received, the server has lost
        // the value.
        if (assignment.MissingValues.Any(_given.Contains))
        {
            _given.Clear();
            _registrations++;
        }

        return new InstanceAssignment(
            $"{Number}.{_registrations}", assignment.MissingValues, [.. assignment.Services.Select(name => new ServiceAssignment(name))]);
    }

    public async Task<IReadOnlyList<string>> GiveValuesAsync(
        IReadOnlyDictionary<string, byte[]> values, CancellationToken cancellationToken)
    {
        // The server requests a value until it has it, so the names are requested before the values are sent.
        if (!values.Keys.All(journal.IsRequested)) await GetAssignmentAsync(cancellationToken);
        var refused = await PutValuesAsync(values, cancellationToken);
        // In this version, the server ignores a value with an unknown name, and does not say so.
        return [.. refused.Union(values.Keys.Where(name => !journal.IsRequested(name)))];
    }

    private async Task<IReadOnlyList<string>> PutValuesAsync(
        IReadOnlyDictionary<string, byte[]> values, CancellationToken cancellationToken)
    {
        var answer = await PutAsync(Version2Texts.WriteValues(values), cancellationToken);
        if (!IsRefusal(answer))
        {
            CheckAnswer(answer);
            _given.UnionWith(values.Keys);
            return [];
        }

        if (values.Count == 1) return [values.Keys.Single()];
        var refused = new List<string>();
        foreach (var (name, value) in values)
            refused.AddRange(await PutValuesAsync(new Dictionary<string, byte[]> { [name] = value }, cancellationToken));
        return refused;
    }

    public async Task<AssignedConfiguration> GetConfigurationAsync(string service, CancellationToken cancellationToken)
    {
        var answer = await _http.GetAsync($"/configs/{Number}/{_id}/{Uri.EscapeDataString(service)}", cancellationToken);
        if (answer.Status == 202) return AssignedConfiguration.Incomplete(service);
        if (answer.Status != 200) throw AnswerErrors.Create("GET /configs", answer);
        var parameters = Version2Texts.ReadConfiguration(answer.Body, service) ?? throw AnswerErrors.NotUnderstood("GET /configs");
        return new AssignedConfiguration(service, true, parameters, [], []);
    }

    public async Task<byte[]?> GetTarballAsync(CancellationToken cancellationToken)
    {
        var answer = await _http.GetTarballAsync($"/files/{Number}/{_id}", cancellationToken);
        return answer.Status == 200 ? answer.Body : throw AnswerErrors.Create("GET /files", answer);
    }

    /// <summary>Version 2 has no report of a start. The server regards the fetch of the configuration as the start.</summary>
    public Task ReportStartAsync(string service, long run, CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task ReportEndAsync(ServiceEnd end, CancellationToken cancellationToken)
    {
        var status = end.ExitStatus.ToString(CultureInfo.InvariantCulture);
        CheckAnswer(await PutAsync(Version2Texts.WriteExitStatus(end.Service, status), cancellationToken));
    }

    public Task SendHeartbeatAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task GiveFactsAsync(IReadOnlyDictionary<string, string> facts, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task ReportAppliedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task WaitForChangesAsync(TimeSpan pollInterval, TimeSpan maxWait, CancellationToken cancellationToken) =>
        maxWait == TimeSpan.Zero ? Task.CompletedTask : pause.WaitAsync(Backoff.Jitter(pollInterval, random), cancellationToken);

    private Task<ServerAnswer> PutAsync(byte[] field, CancellationToken cancellationToken) =>
        _http.PutFormAsync($"/params/{Number}/{_id}", field, cancellationToken);

    private static bool IsRefusal(ServerAnswer answer) => answer.Status is 400 or 413 or 422;

    private static void CheckAnswer(ServerAnswer answer)
    {
        if (answer.Status is not (200 or 202)) throw AnswerErrors.Create("PUT /params", answer);
        if (Version2Texts.ReadMissing(answer.Body) is null) throw AnswerErrors.NotUnderstood("PUT /params");
    }
}
