using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Serialization.Metadata;
using Audrey.Agent.Services;
using Audrey.Agent.State;
using Audrey.Agent.Timing;
using Wire = Audrey.Protocol.Version3;

namespace Audrey.Agent.ConfigServer.Version3;

/// <summary>
/// The config server of protocol version 3. The guest keeps one configuration of all services, and waits for its changes by long polls.
/// Reports and values are numbered, so the guest can safely send them twice.
/// </summary>
internal sealed class Version3Server : IConfigServer
{
    public const int Number = 3;

    /// <summary>
    /// The maximum number of consecutive fast answers that the guest accepts as changes. More fast answers mean that the server does not
    /// wait.
    /// </summary>
    private const int MaxFastAnswers = 10;

    /// <summary>An answer to a long poll within this time is fast.</summary>
    private static readonly TimeSpan FastAnswer = TimeSpan.FromSeconds(1);

    /// <summary>The interval at which the guest requests the reasons why a service waits.</summary>
    private static readonly TimeSpan DetailInterval = TimeSpan.FromMinutes(5);

    private readonly Version3Requests _http;
    private readonly Version3Values _values;
    private readonly TimeProvider _time;
    private readonly CallPacer _pacer;
    private readonly Random _random;
    private Wire.Hello? _hello;
    private Wire.Configuration? _configuration;
    private IReadOnlyList<string> _missing = [];
    private long _fetched;
    private int _fastAnswers;

    public Version3Server(
        ServerHttp http, ServerAccess access, InstanceSecret secret, Journal journal, TimeProvider time, IPause pause, Random random)
    {
        (_time, _random) = (time, random);
        _pacer = new CallPacer(time, pause);
        _http = new Version3Requests(http, access, secret);
        _values = new Version3Values(_http, journal, access.Secret);
    }

    public int Version => Number;

    private long Generation => _hello?.Generation ?? throw new InvalidOperationException("The server has not answered hello yet.");

    public async Task<InstanceAssignment> GetAssignmentAsync(CancellationToken cancellationToken)
    {
        var hello = _hello ??= await FetchHelloAsync(cancellationToken);
        if (_configuration is null) Keep(await FetchConfigurationAsync(cancellationToken));
        if (_http.HasNewSecret) await RenewSecretAsync(cancellationToken);
        return new InstanceAssignment($"{Number}.{hello.Generation}", _missing, [.. hello.Services.Select(Assign)])
        {
            SecretNames = [.. hello.Provide.Where(provided => provided.Secret).Select(provided => provided.Name)],
            NamedFacts = hello.Provide.Where(provided => provided.Fact is not null)
                .ToDictionary(provided => provided.Name, provided => provided.Fact!),
            Files = $"{hello.Tarball?.Sha256} {_configuration!.TarballSha256}",
            Stays = _configuration.Stay,
            LeaveBy = _configuration.LeaveBy,
        };
    }

    public async Task<IReadOnlyList<string>> GiveValuesAsync(
        IReadOnlyDictionary<string, byte[]> values, CancellationToken cancellationToken)
    {
        try
        {
            var (refused, missing) = await _values.GiveAsync(Generation, _hello!.ValuesRevision, values, cancellationToken);
            if (missing is not null) _missing = missing;
            return refused;
        }
        catch (ReregisteredException)
        {
            _hello = null;
            throw;
        }
    }

    public Task<AssignedConfiguration> GetConfigurationAsync(string service, CancellationToken cancellationToken)
    {
        var found = _configuration?.Services.FirstOrDefault(candidate => candidate.Name == service);
        return Task.FromResult(
            found is null
                ? AssignedConfiguration.Incomplete(service)
                : Version3Answers.ReadService(found) ?? throw AnswerErrors.NotUnderstood("GET /configuration"));
    }

    public async Task<byte[]?> GetTarballAsync(CancellationToken cancellationToken)
    {
        if (_hello?.Tarball is not { } known) return null;
        var answer = await _http.GetTarballAsync("/tarball", cancellationToken);
        if (answer.Status != 200) throw AnswerErrors.Create("GET /tarball", answer);
        if (Convert.ToHexStringLower(SHA256.HashData(answer.Body)) == known.Sha256) return answer.Body;
        // The tarball has changed on the server, or was damaged in transit. The next hello shows which of the two is the case.
        _hello = null;
        throw new ServerException("GET /tarball: the digest differs from the announced digest");
    }

    public Task ReportStartAsync(string service, long run, CancellationToken cancellationToken) =>
        ReportAsync(service, new Wire.ServiceRequest { Generation = Generation, Run = run, State = "started" }, cancellationToken);

    public Task ReportEndAsync(ServiceEnd end, CancellationToken cancellationToken) => ReportAsync(
        end.Service,
        new Wire.ServiceRequest
        {
            Generation = Generation,
            Run = end.Run,
            State = "ended",
            ExitStatus = end.ExitStatus,
            // A repeated report must have the same duration, to the millisecond.
            DurationSeconds = Math.Round(end.Duration.TotalSeconds, 3),
            Output = end.Output,
        },
        cancellationToken);

    public async Task SendHeartbeatAsync(CancellationToken cancellationToken)
    {
        var answer = await _http.PutAsync("/heartbeat", null, cancellationToken);
        if (answer.Status != 200) throw AnswerErrors.Create("PUT /heartbeat", answer);
    }

    public Task GiveFactsAsync(IReadOnlyDictionary<string, string> facts, CancellationToken cancellationToken)
    {
        var body = new Wire.FactsRequest { Generation = Generation, Facts = facts };
        return PutAsync("/facts", "/facts", body, GuestJson.Default.FactsRequest, cancellationToken);
    }

    public async Task ReportAppliedAsync(CancellationToken cancellationToken)
    {
        if (_configuration is not { Complete: true } applied || _hello?.AppliedRevision == applied.Revision) return;
        var body = new Wire.AppliedRequest { Generation = Generation, Revision = applied.Revision };
        await PutAsync("/applied", "/applied", body, GuestJson.Default.AppliedRequest, cancellationToken);
        _hello = _hello! with { AppliedRevision = applied.Revision };
    }

    public async Task WaitForChangesAsync(TimeSpan pollInterval, TimeSpan maxWait, CancellationToken cancellationToken)
    {
        if (_hello is null || _configuration is not { } known) return;
        await _pacer.WaitAsync(cancellationToken);
        var seconds = (int)Math.Ceiling(Math.Min(maxWait.TotalSeconds, _hello.MaxWaitSeconds));
        if (seconds > 0) _pacer.ReleaseMemory();
        var began = _time.GetTimestamp();
        var path = "/configuration";
        if (seconds > 0) path += string.Create(CultureInfo.InvariantCulture, $"?{Wire.Version3Routes.Wait}={seconds}s");
        var answer = await _http.GetNewerAsync(path, known.Revision, TimeSpan.FromSeconds(Math.Max(seconds, 0)), cancellationToken);
        _pacer.Postpone(answer.NextCall);
        var isFast = maxWait > TimeSpan.Zero && _time.GetElapsedTime(began) < FastAnswer;
        if (answer.Status == 304)
        {
            if (isFast) _pacer.Postpone(Backoff.Jitter(pollInterval, _random));
            if (!known.Complete && _time.GetElapsedTime(_fetched) >= DetailInterval) Keep(await FetchConfigurationAsync(cancellationToken));
            return;
        }

        Keep(ReadConfiguration(answer));
        // Another tarball is on the server. The next hello announces its digest.
        if (_configuration.TarballSha256 != known.TarballSha256) _hello = null;
        _fastAnswers = isFast ? _fastAnswers + 1 : 0;
        if (_fastAnswers > MaxFastAnswers) _pacer.Postpone(Backoff.Jitter(pollInterval, _random));
    }

    /// <summary>Gets the new secret with the old one, and stores it before it is used.</summary>
    private async Task RenewSecretAsync(CancellationToken cancellationToken)
    {
        var answer = await _http.GetAsync("/secret", cancellationToken);
        if (answer.Status != 200) throw AnswerErrors.Create("GET /secret", answer);
        var secret = Version3Answers.ReadSecret(answer.Body) ?? throw AnswerErrors.NotUnderstood("GET /secret");
        try
        {
            _http.Replace(secret);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ServerException($"GET /secret: the new secret cannot be stored: {failure.Message}", failure);
        }
    }

    /// <summary>Returns the URL and the broker of the message bus. Null if the server has none that this guest can reach.</summary>
    /// <exception cref="ServerException">The server cannot be asked now, or refuses the credential.</exception>
    public async Task<(string Url, string Broker)?> FindBusAsync(CancellationToken cancellationToken) =>
        (_hello ??= await FetchHelloAsync(cancellationToken)) is { Bus: { } url, BusBroker: { } broker } ? (url, broker) : null;

    private async Task<Wire.Hello> FetchHelloAsync(CancellationToken cancellationToken)
    {
        var answer = await _http.GetAsync("/hello", cancellationToken);
        if (answer.Status != 200) throw AnswerErrors.Create("GET /hello", answer);
        var hello = Version3Answers.ReadHello(answer.Body) ?? throw AnswerErrors.NotUnderstood("GET /hello");
        _missing = [.. hello.Provide.Where(provided => !provided.Given).Select(provided => provided.Name)];
        _configuration = null;
        _pacer.Postpone(answer.NextCall);
        return hello;
    }

    /// <summary>Fetches the current configuration, including the reasons why each service waits.</summary>
    private async Task<Wire.Configuration> FetchConfigurationAsync(CancellationToken cancellationToken)
    {
        await _pacer.WaitAsync(cancellationToken);
        var answer = await _http.GetAsync("/configuration", cancellationToken);
        _pacer.Postpone(answer.NextCall);
        return ReadConfiguration(answer);
    }

    private ServiceAssignment Assign(Wire.ServiceState service) =>
        new(service.Name, service.Run, service.State is "succeeded" or "failed")
        {
            Retry = _configuration!.Services.FirstOrDefault(candidate => candidate.Name == service.Name)?.Retry ?? 0,
        };

    private static Wire.Configuration ReadConfiguration(ServerAnswer answer)
    {
        if (answer.Status != 200) throw AnswerErrors.Create("GET /configuration", answer);
        return Version3Answers.ReadConfiguration(answer.Body) ?? throw AnswerErrors.NotUnderstood("GET /configuration");
    }

    private void Keep(Wire.Configuration configuration)
    {
        if (configuration.Generation != Generation)
        {
            _hello = null;
            throw new ReregisteredException("GET /configuration");
        }

        (_configuration, _fetched) = (configuration, _time.GetTimestamp());
    }

    private Task ReportAsync(string service, Wire.ServiceRequest report, CancellationToken cancellationToken) =>
        PutAsync("/services", $"/services/{Uri.EscapeDataString(service)}", report, GuestJson.Default.ServiceRequest, cancellationToken);

    /// <summary>Sends a body that the server acknowledges.</summary>
    private async Task PutAsync<T>(string route, string path, T body, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        var answer = await _http.PutAsync(path, body, type, cancellationToken);
        var request = "PUT " + route;
        if (answer.Status == 200)
        {
            if (Version3Answers.ReadAcknowledgement(answer.Body) is null) throw AnswerErrors.NotUnderstood(request);
            return;
        }

        var refusal = Version3Errors.Create(request, answer);
        if (refusal is ReregisteredException) _hello = null;
        throw refusal;
    }
}
