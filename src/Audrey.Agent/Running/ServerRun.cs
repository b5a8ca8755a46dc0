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
    AssignedServices services,
    StatusFile status,
    RunOptions options,
    IPause pause,
    Random random,
    Action<string> log)
{
    /// <summary>Troubles in a row after which it is asked anew which version the server speaks: it may be another server by now.</summary>
    private const int TroublesToAskAnew = 5;

    private readonly Backoff _backoff = new(options.FirstBackoff, options.MaxBackoff, random);
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
        catch (OperationCanceledException) when (_done && !services.UnderWay && cancellationToken.IsCancellationRequested)
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
            if (options.Stay || !services.IsSettled(service.Name)) progress |= await services.TryAsync(server, service, assignment.Secret, cancellationToken);

        status.Change(current => current with
        {
            Phase = current.Phase == Phase.Applying ? Phase.Waiting : current.Phase,
            Trouble = null,
            TroubleSince = null,
            NextAttempt = null,
        });
        if (progress) return Round.Progress;
        if (!assignment.Services.All(service => services.IsSettled(service.Name))) return Round.Waiting;
        await server.TellAppliedAsync(cancellationToken);
        return left ? Round.Waiting : Round.Done;
    }

    /// <summary>The instance was registered, or registered anew: the server knows nothing of what was given and told before.</summary>
    private async Task BeginAnewAsync(IConfigServer server, Assignment assignment, CancellationToken cancellationToken)
    {
        services.Forget();
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

    private Task WaitForNewsAsync(IConfigServer server, Round round, CancellationToken cancellationToken) => round switch
    {
        Round.Progress => server.WaitForNewsAsync(TimeSpan.Zero, TimeSpan.Zero, cancellationToken),
        Round.Done => server.WaitForNewsAsync(options.StayInterval, options.MaxWait, cancellationToken),
        // What nothing here knows yet is looked for again, which no server can tell.
        _ when status.Current.Unknown.Count > 0 => server.WaitForNewsAsync(options.PollInterval, options.PollInterval, cancellationToken),
        _ => server.WaitForNewsAsync(options.PollInterval, options.MaxWait, cancellationToken),
    };

    private ExitCode End()
    {
        var phase = services.AnyFailed ? Phase.Failed : Phase.Complete;
        if (status.Current.Phase != phase) status.Change(current => current with { Phase = phase, NextAttempt = null });
        return services.AnyFailed ? ExitCode.ServiceFailed : ExitCode.Success;
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
