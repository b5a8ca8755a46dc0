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
/// configuration has become complete and reports how it ended, until nothing is left.
/// </summary>
internal sealed class ServerRun(
    ServerAccess access,
    ConfigServer server,
    IFactSource facts,
    InstanceFiles files,
    ServiceRunner runner,
    StatusFile status,
    RunOptions options,
    IPause pause,
    Random random)
{
    private readonly HashSet<string> _given = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _settled = new(StringComparer.Ordinal);
    private readonly Backoff _backoff = new(options.FirstBackoff, options.LongestBackoff, random);
    private bool _negotiated;

    /// <summary>Runs until all has ended, or for one round.</summary>
    /// <exception cref="OperationCanceledException">It was stopped before.</exception>
    public async Task<ExitCode> RunAsync(CancellationToken cancellationToken)
    {
        status.Change(current => current with { Phase = Phase.Waiting, Instance = access.Id, Endpoint = access.Endpoint.ToString() });
        while (true)
        {
            TimeSpan wait;
            try
            {
                var round = await RoundAsync(cancellationToken);
                _backoff.Reset();
                if (round == Round.Done) return End();
                if (round == Round.Progress) continue;
                wait = Backoff.Spread(options.PollInterval, random);
            }
            catch (ServerTroubleException trouble)
            {
                status.Trouble(trouble.Message);
                wait = _backoff.Next();
                if (trouble.RetryAfter > wait) wait = trouble.RetryAfter.Value;
            }

            if (options.Once) return ExitCode.Incomplete;
            status.Change(current => current with { Phase = Phase.Waiting, NextAttempt = current.Written + wait });
            await pause.WaitAsync(wait, cancellationToken);
        }
    }

    private async Task<Round> RoundAsync(CancellationToken cancellationToken)
    {
        if (!_negotiated)
        {
            await server.NegotiateAsync(cancellationToken);
            _negotiated = true;
        }

        var missing = await server.GetMissingAsync(cancellationToken);
        if (missing.Parameters.Any(_given.Contains)) BeginAnew();
        await GiveAsync(missing.Parameters, cancellationToken);

        var progress = false;
        foreach (var service in missing.Services)
            if (!_settled.ContainsKey(service)) progress |= await TryAsync(service, cancellationToken);

        status.Change(current => current with { Trouble = null, TroubleSince = null, NextAttempt = null });
        var left = missing.Parameters.Any(name => !_given.Contains(name));
        return !left && missing.Services.All(_settled.ContainsKey) ? Round.Done : progress ? Round.Progress : Round.Waiting;
    }

    /// <summary>What was given is asked for again: the instance was registered anew, and the server has forgotten what it knew.</summary>
    private void BeginAnew()
    {
        _given.Clear();
        _settled.Clear();
        files.Forget();
    }

    private async Task GiveAsync(IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        if (names.Count == 0)
        {
            status.Change(current => current with { Unknown = [], Refused = [] });
            return;
        }

        var values = await facts.FindAsync(names, cancellationToken);
        var refused = values.Count > 0 ? await server.GiveAsync(values, cancellationToken) : [];
        _given.UnionWith(values.Keys.Except(refused));
        status.Change(current => current with { Unknown = [.. names.Where(name => !values.ContainsKey(name))], Refused = refused });
    }

    /// <summary>Applies the service if its configuration is complete; true if it was settled.</summary>
    private async Task<bool> TryAsync(string service, CancellationToken cancellationToken)
    {
        var configuration = await server.GetConfigurationAsync(service, cancellationToken);
        if (configuration is null)
        {
            status.Service(new ServiceStatus { Name = service, State = ServiceState.Waiting });
            return false;
        }

        var fingerprint = Fingerprint(configuration, await files.DigestAsync(service, server, cancellationToken));
        var (record, provided) = await runner.RunAsync(
            new ServicePlan(service, configuration.Parameters, [], files.FolderOf(service), fingerprint), cancellationToken);
        var exitStatus = record.ExitStatus ?? throw new InvalidOperationException($"{service} has ended without a status.");

        // Values before the status: who waits for the service's end finds them there.
        if (provided.Count > 0) await server.GiveAsync(provided, cancellationToken);
        await server.ReportAsync(service, exitStatus, cancellationToken);
        _settled[service] = exitStatus;
        status.Change(current => current with
        {
            Services = [.. current.Services.Select(known => known.Name == service ? known with { Reported = true } : known)],
        });
        return true;
    }

    /// <summary>Keyed with the secret, so that the journal tells nothing of the values.</summary>
    private string Fingerprint(ServiceConfiguration configuration, string filesDigest) => Convert.ToHexStringLower(HMACSHA256.HashData(
        Encoding.UTF8.GetBytes(access.Secret), (byte[])[.. Encoding.ASCII.GetBytes($"2|{filesDigest}|"), .. configuration.Text]));

    private ExitCode End()
    {
        var failed = _settled.Values.Any(exitStatus => exitStatus != 0);
        status.Change(current => current with { Phase = failed ? Phase.Failed : Phase.Complete, NextAttempt = null });
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
