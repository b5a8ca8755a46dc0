using System.Globalization;
using Audrey.Agent.Running;
using Audrey.Agent.UserData;

namespace Audrey.Agent.PhoneHome;

/// <summary>The config server as a guest of protocol version 2 asks it: text forms, signed requests, and asking again and again.</summary>
internal sealed class Version2Server(ServerHttp http, ServerAccess access, TimeProvider time, IPause pause, Random random) : IConfigServer
{
    public const int Number = 2;

    private readonly SignedRequests _http = new(http, access, time);
    private readonly string _id = Uri.EscapeDataString(access.Id);
    private readonly HashSet<string> _given = new(StringComparer.Ordinal);
    private int _registrations = 1;

    public int Version => Number;

    public async Task<Assignment> GetAssignmentAsync(CancellationToken cancellationToken)
    {
        var answer = await _http.GetAsync($"/params/{Number}/{_id}", cancellationToken);
        if (answer.Status != 200) throw Trouble.With("GET /params", answer);
        var missing = GuestTexts.ReadMissing(answer.Body) ?? throw Trouble.NotUnderstood("GET /params");

        // This version does not tell one registration from the next. When what was given is asked for again, the server has forgotten it.
        if (missing.Parameters.Any(_given.Contains))
        {
            _given.Clear();
            _registrations++;
        }

        return new Assignment($"{Number}.{_registrations}", missing.Parameters, [.. missing.Services.Select(name => new ServiceAssignment(name))]);
    }

    public async Task<IReadOnlyList<string>> GiveAsync(IReadOnlyDictionary<string, byte[]> values, CancellationToken cancellationToken)
    {
        var answer = await PutAsync(GuestTexts.Values(values), cancellationToken);
        if (!IsRefusal(answer))
        {
            CheckLeft(answer);
            _given.UnionWith(values.Keys);
            return [];
        }

        if (values.Count == 1) return [values.Keys.Single()];
        var refused = new List<string>();
        foreach (var value in values)
            refused.AddRange(await GiveAsync(new Dictionary<string, byte[]> { [value.Key] = value.Value }, cancellationToken));
        return refused;
    }

    public async Task<ServiceConfiguration> GetConfigurationAsync(string service, CancellationToken cancellationToken)
    {
        var answer = await _http.GetAsync($"/configs/{Number}/{_id}/{Uri.EscapeDataString(service)}", cancellationToken);
        if (answer.Status == 202) return ServiceConfiguration.Incomplete(service);
        if (answer.Status != 200) throw Trouble.With("GET /configs", answer);
        var parameters = GuestTexts.ReadConfiguration(answer.Body, service) ?? throw Trouble.NotUnderstood("GET /configs");
        return new ServiceConfiguration(service, true, parameters, [], []);
    }

    public async Task<byte[]?> GetTarballAsync(CancellationToken cancellationToken)
    {
        var answer = await _http.GetTarballAsync($"/files/{Number}/{_id}", cancellationToken);
        return answer.Status == 200 ? answer.Body : throw Trouble.With("GET /files", answer);
    }

    /// <summary>That its configuration is fetched says it, in this version.</summary>
    public Task TellStartAsync(string service, long run, CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task TellEndAsync(ServiceEnd end, CancellationToken cancellationToken) =>
        CheckLeft(await PutAsync(GuestTexts.ExitStatus(end.Service, end.ExitStatus.ToString(CultureInfo.InvariantCulture)), cancellationToken));

    public Task TellAliveAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task TellFactsAsync(IReadOnlyDictionary<string, string> facts, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task TellAppliedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task WaitForNewsAsync(TimeSpan poll, TimeSpan longest, CancellationToken cancellationToken) =>
        longest == TimeSpan.Zero ? Task.CompletedTask : pause.WaitAsync(Backoff.Spread(poll, random), cancellationToken);

    private Task<ServerAnswer> PutAsync(byte[] field, CancellationToken cancellationToken) =>
        _http.PutFormAsync($"/params/{Number}/{_id}", field, cancellationToken);

    private static bool IsRefusal(ServerAnswer answer) => answer.Status is 400 or 413 or 422;

    private static void CheckLeft(ServerAnswer answer)
    {
        if (answer.Status is not (200 or 202)) throw Trouble.With("PUT /params", answer);
        if (GuestTexts.ReadLeft(answer.Body) is null) throw Trouble.NotUnderstood("PUT /params");
    }
}
