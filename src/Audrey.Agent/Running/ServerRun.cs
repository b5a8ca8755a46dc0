using System.Security.Cryptography;
using System.Text;
using Audrey.Agent.Commands;
using Audrey.Agent.Facts;
using Audrey.Agent.PhoneHome;
using Audrey.Agent.State;
using Audrey.Agent.UserData;

namespace Audrey.Agent.Running;

/// <summary>
/// Configures this instance with a config server's help: round after round it gives the values asked for, applies each service whose
/// configuration has become complete and reports how it ended, until nothing is left; or, when it stays, until it is stopped.
/// </summary>
internal sealed class ServerRun(
    ServerAccess access,
    Negotiation negotiation,
    IFactSource facts,
    InstanceFiles files,
    ServiceReporter reporter,
    WaitLog waits,
    StatusFile status,
    RunOptions options,
    IPause pause,
    Random random,
    Action<string> log)
{
    /// <summary>Troubles in a row after which it is asked anew which version the server speaks: it may be another server by now.</summary>
    private const int TroublesToAskAnew = 5;

    private readonly Dictionary<string, (string Fingerprint, int ExitStatus)> _settled = new(StringComparer.Ordinal);
    private readonly Backoff _backoff = new(options.FirstBackoff, options.LongestBackoff, random);
    private IConfigServer? _server;
    private string? _registration;
    private int _troubles;
    private bool _done;

    /// <summary>Runs until all has ended, for one round, or until it is stopped.</summary>
    /// <exception cref="OperationCanceledException">It was stopped before all had ended.</exception>
    public async Task<ExitCode> RunAsync(CancellationToken cancellationToken)
    {
        status.Change(current => current with { Phase = Phase.Waiting, Instance = access.Id, Endpoint = access.Endpoint.ToString() });
        try
        {
            while (true)
                if (await StepAsync(cancellationToken) is { } end)
                    return end;
        }
        catch (OperationCanceledException) when (_done && cancellationToken.IsCancellationRequested)
        {
            // It stayed for what might come, and nothing is left to do.
            return End();
        }
    }

    /// <summary>One round, and the wait behind it; how the run ends, if it does.</summary>
    private async Task<ExitCode?> StepAsync(CancellationToken cancellationToken)
    {
        TimeSpan wait;
        try
        {
            var server = _server ??= await ConnectAsync(cancellationToken);
            var round = await RoundAsync(server, cancellationToken);
            _troubles = 0;
            _backoff.Reset();
            _done = round == Round.Done;
            if (_done && !options.Stay) return End();
            if (_done) End();
            if (round == Round.Waiting && options.Once) return ExitCode.Incomplete;
            await WaitForNewsAsync(server, round, cancellationToken);
            return null;
        }
        catch (ServerTroubleException trouble)
        {
            status.Trouble(trouble.Message);
            if (++_troubles % TroublesToAskAnew == 0) _server = null;
            wait = _backoff.Next();
            if (trouble.RetryAfter > wait) wait = trouble.RetryAfter.Value;
        }

        if (options.Once) return ExitCode.Incomplete;
        await pause.WaitAsync(wait, cancellationToken);
        return null;
    }

    private async Task<IConfigServer> ConnectAsync(CancellationToken cancellationToken)
    {
        var server = await negotiation.ConnectAsync(cancellationToken);
        if (options.StopOnFailed && server.Version < Version3Server.Number)
            log($"Version {server.Version} of the protocol does not tell what has failed: services are run whatever has.");
        status.Change(current => current with { Protocol = server.Version });
        return server;
    }

    private async Task<Round> RoundAsync(IConfigServer server, CancellationToken cancellationToken)
    {
        var assignment = await server.GetAssignmentAsync(cancellationToken);
        if (assignment.Registration != _registration) await BeginAnewAsync(server, assignment, cancellationToken);
        var left = await GiveAsync(server, assignment.Missing, cancellationToken);

        var progress = false;
        foreach (var service in assignment.Services)
            if (options.Stay || !_settled.ContainsKey(service.Name)) progress |= await TryAsync(server, service, assignment.Secret, cancellationToken);

        status.Change(current => current with
        {
            Phase = current.Phase == Phase.Applying ? Phase.Waiting : current.Phase,
            Trouble = null,
            TroubleSince = null,
            NextAttempt = null,
        });
        if (progress) return Round.Progress;
        if (!assignment.Services.All(service => _settled.ContainsKey(service.Name))) return Round.Waiting;
        await server.TellAppliedAsync(cancellationToken);
        return left ? Round.Waiting : Round.Done;
    }

    /// <summary>The instance was registered, or registered anew: the server knows nothing of what was given and told before.</summary>
    private async Task BeginAnewAsync(IConfigServer server, Assignment assignment, CancellationToken cancellationToken)
    {
        _settled.Clear();
        files.Forget();
        _registration = assignment.Registration;
        try
        {
            await server.TellFactsAsync(BuiltInFacts.ForPeople(), cancellationToken);
        }
        catch (ServerTroubleException trouble) when (trouble is not RegisteredAnewException)
        {
            // They are for people who look; nothing waits for them.
        }
    }

    /// <summary>Gives what is known of the values; true if some are left.</summary>
    private async Task<bool> GiveAsync(IConfigServer server, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        if (names.Count == 0)
        {
            if (status.Current.Unknown.Count + status.Current.Refused.Count > 0) status.Change(current => current with { Unknown = [], Refused = [] });
            return false;
        }

        var values = await facts.FindAsync(names, cancellationToken);
        var refused = values.Count > 0 ? await server.GiveAsync(values, cancellationToken) : [];
        string[] unknown = [.. names.Where(name => !values.ContainsKey(name))];
        status.Change(current => current with { Unknown = unknown, Refused = refused });
        return unknown.Length + refused.Count > 0;
    }

    /// <summary>Applies the service if its configuration is complete and not applied; true if it was settled.</summary>
    private async Task<bool> TryAsync(IConfigServer server, ServiceAssignment service, IReadOnlyList<string> secretProvided, CancellationToken cancellationToken)
    {
        var configuration = await server.GetConfigurationAsync(service.Name, cancellationToken);
        var before = _settled.TryGetValue(service.Name, out var settled) ? settled.Fingerprint : null;
        if (!configuration.Complete)
        {
            // What has run stays as it is while a value that it ran with is gone, as when its provider was registered anew.
            if (before is null) waits.Waits(configuration);
            return false;
        }

        if (configuration.Failed.Count > 0 && options.StopOnFailed)
        {
            if (before is null) waits.Holds(configuration);
            return false;
        }

        var fingerprint = Fingerprint(configuration, await files.DigestAsync(service.Name, server, cancellationToken));
        if (fingerprint == before) return false;
        _done = false;
        var plan = new ServicePlan(service.Name, configuration.Parameters, [], files.FolderOf(service.Name), fingerprint) { RunsBefore = service.ToldRun };
        var (record, provided) = await reporter.RunAsync(server, plan, cancellationToken);

        // Values before the status: who waits for the service's end finds them there.
        if (provided.Count > 0) await server.GiveAsync(provided, cancellationToken);
        if (!service.ToldEnd || service.ToldRun != record.Run)
            await reporter.TellEndAsync(server, service.Name, record, configuration.Parameters, secretProvided, cancellationToken);
        _settled[service.Name] = (fingerprint, record.ExitStatus!.Value);
        status.Change(current => current with
        {
            Services = [.. current.Services.Select(known => known.Name == service.Name ? known with { Reported = true } : known)],
        });
        return true;
    }

    /// <summary>
    /// Keyed with the secret, so that the journal tells nothing of the values. It is of the text of version 2 whatever version is spoken: a
    /// server that learns a newer one makes no service run again.
    /// </summary>
    private string Fingerprint(ServiceConfiguration configuration, string filesDigest) => Convert.ToHexStringLower(HMACSHA256.HashData(
        Encoding.UTF8.GetBytes(access.Secret),
        (byte[])[.. Encoding.ASCII.GetBytes($"2|{filesDigest}|"), .. GuestTexts.Configuration(configuration.Service, configuration.Parameters)]));

    private Task WaitForNewsAsync(IConfigServer server, Round round, CancellationToken cancellationToken) => round switch
    {
        Round.Progress => server.WaitForNewsAsync(TimeSpan.Zero, TimeSpan.Zero, cancellationToken),
        Round.Done => server.WaitForNewsAsync(options.StayInterval, options.LongestWait, cancellationToken),
        // What nothing here knows yet is looked for again, which no server can tell.
        _ when status.Current.Unknown.Count > 0 => server.WaitForNewsAsync(options.PollInterval, options.PollInterval, cancellationToken),
        _ => server.WaitForNewsAsync(options.PollInterval, options.LongestWait, cancellationToken),
    };

    private ExitCode End()
    {
        var failed = _settled.Values.Any(settled => settled.ExitStatus != 0);
        var phase = failed ? Phase.Failed : Phase.Complete;
        if (status.Current.Phase != phase) status.Change(current => current with { Phase = phase, NextAttempt = null });
        return failed ? ExitCode.ServiceFailed : ExitCode.Success;
    }

    /// <summary>What a round came to.</summary>
    private enum Round
    {
        /// <summary>Nothing is left.</summary>
        Done = 0,

        /// <summary>A service has ended, on which another may have waited: ask again at once.</summary>
        Progress,

        /// <summary>All that is left waits for others.</summary>
        Waiting,
    }
}
