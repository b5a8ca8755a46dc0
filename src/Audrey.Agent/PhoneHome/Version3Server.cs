using System.Globalization;
using System.Security.Cryptography;
using Audrey.Agent.Running;
using Audrey.Agent.State;
using Audrey.Agent.UserData;
using Wire = Audrey.Protocol.Version3;

namespace Audrey.Agent.PhoneHome;

/// <summary>
/// The config server as a guest of protocol version 3 asks it: one configuration of all services that is held here and waited for, and
/// numbers that make it harmless to send anything twice.
/// </summary>
internal sealed class Version3Server : IConfigServer
{
    public const int Number = 3;

    /// <summary>Answers in a row, sooner than that, that are taken for news. More of them are a server that does not wait.</summary>
    private const int MaxFastRetries = 10;

    private static readonly TimeSpan Swift = TimeSpan.FromSeconds(1);

    /// <summary>How often it is asked how a wait stands.</summary>
    private static readonly TimeSpan DetailInterval = TimeSpan.FromMinutes(5);

    private readonly Version3Requests _http;
    private readonly Version3Values _values;
    private readonly TimeProvider _time;
    private readonly CallPace _pace;
    private readonly Random _random;
    private Wire.Hello? _hello;
    private Wire.Configuration? _configuration;
    private IReadOnlyList<string> _missing = [];
    private DateTimeOffset _detailed;
    private int _swift;

    public Version3Server(ServerHttp http, ServerAccess access, Journal journal, TimeProvider time, IPause pause, Random random)
    {
        (_time, _random) = (time, random);
        _pace = new CallPace(time, pause);
        _http = new Version3Requests(http, access);
        _values = new Version3Values(_http, journal, access.Secret);
    }

    public int Version => Number;

    private long Generation => _hello?.Generation ?? throw new InvalidOperationException("Nothing can be told before hello.");

    public async Task<Assignment> GetAssignmentAsync(CancellationToken cancellationToken)
    {
        var hello = _hello ??= await HelloAsync(cancellationToken);
        if (_configuration is null) Take(await FetchAsync(cancellationToken));
        return new Assignment(
            $"{Number}.{hello.Generation}",
            _missing,
            [.. hello.Services.Select(service => new ServiceAssignment(service.Name, service.Run, service.State is "succeeded" or "failed"))])
        {
            Secret = [.. hello.Provide.Where(provided => provided.Secret).Select(provided => provided.Name)],
        };
    }

    public async Task<IReadOnlyList<string>> GiveAsync(IReadOnlyDictionary<string, byte[]> values, CancellationToken cancellationToken)
    {
        try
        {
            var (refused, missing) = await _values.GiveAsync(Generation, _hello!.ValuesRevision, values, cancellationToken);
            if (missing is not null) _missing = missing;
            return refused;
        }
        catch (RegisteredAnewException)
        {
            _hello = null;
            throw;
        }
    }

    public Task<ServiceConfiguration> GetConfigurationAsync(string service, CancellationToken cancellationToken)
    {
        var found = _configuration?.Services.FirstOrDefault(candidate => candidate.Name == service);
        return Task.FromResult(
            found is null ? ServiceConfiguration.Incomplete(service) : Version3Answers.ReadService(found) ?? throw Trouble.NotUnderstood("GET /configuration"));
    }

    public async Task<byte[]?> GetTarballAsync(CancellationToken cancellationToken)
    {
        if (_hello?.Tarball is not { } known) return null;
        var answer = await _http.GetTarballAsync("/tarball", cancellationToken);
        if (answer.Status != 200) throw Trouble.With("GET /tarball", answer);
        if (Convert.ToHexStringLower(SHA256.HashData(answer.Body)) == known.Sha256) return answer.Body;
        // Changed, or damaged on the way: hello says which.
        _hello = null;
        throw new ServerTroubleException("GET /tarball: it is not the one that was announced");
    }

    public Task TellStartAsync(string service, long run, CancellationToken cancellationToken) =>
        TellAsync(service, new Wire.ServiceRequest { Generation = Generation, Run = run, State = "started" }, cancellationToken);

    public Task TellEndAsync(ServiceEnd end, CancellationToken cancellationToken) => TellAsync(
        end.Service,
        new Wire.ServiceRequest
        {
            Generation = Generation,
            Run = end.Run,
            State = "ended",
            ExitStatus = end.ExitStatus,
            // A repetition must say the same, to the millisecond.
            DurationSeconds = Math.Round(end.Duration.TotalSeconds, 3),
            Output = end.Output,
        },
        cancellationToken);

    public async Task TellAliveAsync(CancellationToken cancellationToken)
    {
        var answer = await _http.PutAsync("/heartbeat", null, cancellationToken);
        if (answer.Status != 200) throw Trouble.With("PUT /heartbeat", answer);
    }

    public async Task TellFactsAsync(IReadOnlyDictionary<string, string> facts, CancellationToken cancellationToken) => Acknowledged(
        "PUT /facts",
        await _http.PutAsync("/facts", new Wire.FactsRequest { Generation = Generation, Facts = facts }, GuestJson.Default.FactsRequest, cancellationToken));

    public async Task TellAppliedAsync(CancellationToken cancellationToken)
    {
        if (_configuration is not { Complete: true } applied || _hello?.AppliedRevision == applied.Revision) return;
        Acknowledged(
            "PUT /applied",
            await _http.PutAsync(
                "/applied", new Wire.AppliedRequest { Generation = Generation, Revision = applied.Revision }, GuestJson.Default.AppliedRequest, cancellationToken));
        _hello = _hello! with { AppliedRevision = applied.Revision };
    }

    public async Task WaitForNewsAsync(TimeSpan poll, TimeSpan longest, CancellationToken cancellationToken)
    {
        if (_hello is null || _configuration is not { } known) return;
        await _pace.WaitAsync(cancellationToken);
        var seconds = (int)Math.Ceiling(Math.Min(longest.TotalSeconds, _hello.MaxWaitSeconds));
        if (seconds > 0) _pace.Rest();
        var began = _time.GetTimestamp();
        var path = seconds > 0 ? string.Create(CultureInfo.InvariantCulture, $"/configuration?{Wire.Version3Routes.Wait}={seconds}s") : "/configuration";
        var answer = await _http.GetNewerAsync(path, known.Revision, TimeSpan.FromSeconds(Math.Max(seconds, 0)), cancellationToken);
        _pace.Obey(answer.NextCall);
        var swift = longest > TimeSpan.Zero && _time.GetElapsedTime(began) < Swift;
        if (answer.Status == 304)
        {
            if (swift) _pace.Obey(Backoff.Spread(poll, _random));
            if (!known.Complete && _time.GetUtcNow() - _detailed >= DetailInterval) Take(await FetchAsync(cancellationToken));
            return;
        }

        Take(Configuration(answer));
        _swift = swift ? _swift + 1 : 0;
        if (_swift > MaxFastRetries) _pace.Obey(Backoff.Spread(poll, _random));
    }

    private async Task<Wire.Hello> HelloAsync(CancellationToken cancellationToken)
    {
        var answer = await _http.GetAsync("/hello", cancellationToken);
        if (answer.Status != 200) throw Trouble.With("GET /hello", answer);
        var hello = Version3Answers.ReadHello(answer.Body) ?? throw Trouble.NotUnderstood("GET /hello");
        _missing = [.. hello.Provide.Where(provided => !provided.Given).Select(provided => provided.Name)];
        _configuration = null;
        _pace.Obey(answer.NextCall);
        return hello;
    }

    /// <summary>The configuration as it stands, with what is waited for.</summary>
    private async Task<Wire.Configuration> FetchAsync(CancellationToken cancellationToken)
    {
        await _pace.WaitAsync(cancellationToken);
        var answer = await _http.GetAsync("/configuration", cancellationToken);
        _pace.Obey(answer.NextCall);
        return Configuration(answer);
    }

    private static Wire.Configuration Configuration(ServerAnswer answer)
    {
        if (answer.Status != 200) throw Trouble.With("GET /configuration", answer);
        return Version3Answers.ReadConfiguration(answer.Body) ?? throw Trouble.NotUnderstood("GET /configuration");
    }

    private void Take(Wire.Configuration configuration)
    {
        if (configuration.Generation != Generation)
        {
            _hello = null;
            throw new RegisteredAnewException("GET /configuration");
        }

        (_configuration, _detailed) = (configuration, _time.GetUtcNow());
    }

    private async Task TellAsync(string service, Wire.ServiceRequest news, CancellationToken cancellationToken) => Acknowledged(
        "PUT /services",
        await _http.PutAsync($"/services/{Uri.EscapeDataString(service)}", news, GuestJson.Default.ServiceRequest, cancellationToken));

    private void Acknowledged(string request, ServerAnswer answer)
    {
        if (answer.Status == 200)
        {
            if (Version3Answers.ReadAcknowledgement(answer.Body) is null) throw Trouble.NotUnderstood(request);
            return;
        }

        var refusal = Version3Refusals.Of(request, answer);
        if (refusal is RegisteredAnewException) _hello = null;
        throw refusal;
    }
}
