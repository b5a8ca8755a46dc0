using Audrey.Agent.ConfigServer;
using Audrey.Agent.ConfigServer.Version3;
using Audrey.Agent.Diagnostics;
using Audrey.Agent.Processes;
using Audrey.Agent.Stages;
using Audrey.Agent.Stages.Connect;
using Audrey.Agent.Stages.Discover;
using Audrey.Agent.State;
using Audrey.Agent.Timing;
using Audrey.Agent.Watching.Bus;
using Audrey.Bus.Connections;

namespace Audrey.Agent.Running;

/// <summary>The bus that the watch sends to, as the command line names it.</summary>
/// <param name="Url">The URL. Null for the one that the server names.</param>
/// <param name="Profile">How the exchanges of the broker are addressed.</param>
/// <param name="UserData">Where the credential of the instance is.</param>
internal sealed record BusRequest(Uri? Url, BusProfile Profile, UserDataRequest UserData);

/// <summary>Finds the bus and the credential of this instance for it.</summary>
/// <param name="run">The objects that a run has. The state is a directory for temporary files.</param>
/// <param name="state">The state directory of the runs, which is only read.</param>
internal sealed class BusDiscovery(RunContext run, StateDirectory state)
{
    /// <summary>Nothing waits while there is no connection, and a request is small.</summary>
    private const int MaxQueuedMessages = 64, MaxMessageBytes = 64 * 1024;

    private readonly IAgentLog _once = new OnceLog(run.Log);

    /// <summary>Returns the bus. Null if there is none. The log then has the reason.</summary>
    /// <exception cref="AgentException">There is no user data, or the secret must not be sent to the bus.</exception>
    public async Task<GuestBus?> FindAsync(BusRequest request, CancellationToken cancellationToken)
    {
        var instructions = await new DiscoverStage(run, new ChildProcesses(run.Time)).RunAsync(request.UserData, cancellationToken);
        if (instructions.Server is not { } access)
        {
            run.Log.Write("The user data names no server, so there is no bus.");
            return null;
        }

        var server = run.Options.Server with { CaCertificates = instructions.CaCertificates };
        var stored = new StoredSecret(state, $"{access.Endpoint}|{access.Id}|{access.Secret}", _once);
        var named = request.Url is { } given
            ? new NamedBus(given, request.Profile)
            : await AskAsync(access, stored, server, isOnce: false, cancellationToken);
        if (named is null)
        {
            run.Log.Write("The server names no bus. Name one with --bus URL, or as AUDREY_BUS in /etc/audrey-instance-config/options.");
            return null;
        }

        var options = new BusOptions
        {
            Url = named.Url,
            Profile = named.Profile,
            User = access.Id,
            Secret = access.Secret,
            AllowsUnencryptedSecret = server.BasicWithoutTls,
            Authorities = TrustedAuthorities.Read(server),
            MaxQueuedMessages = MaxQueuedMessages,
            MaxMessageBytes = MaxMessageBytes,
        };
        try
        {
            options.Validate();
        }
        catch (ArgumentException failure)
        {
            throw new AgentException(AgentExitCode.Usage, failure.Message, failure);
        }

        return new GuestBus(options, access.Id, () => stored.Read() ?? access.Secret)
        {
            FindAgainAsync = request.Url is not null ? null : FindAgainAsync,
        };

        async Task<BusOptions?> FindAgainAsync(CancellationToken cancellation)
        {
            if (await AskAsync(access, stored, server, isOnce: true, cancellation) is not { } other) return null;
            var found = options with { Url = other.Url, Profile = other.Profile };
            try
            {
                found.Validate();
                return found;
            }
            catch (ArgumentException failure)
            {
                _once.Write(failure.Message);
                return null;
            }
        }
    }

    /// <summary>
    /// Asks the server until it answers, or once. Only version 3 can name a bus. Returns null if the server names none, or did not answer.
    /// </summary>
    private async Task<NamedBus?> AskAsync(
        ServerAccess access, StoredSecret stored, ConfigServerOptions options, bool isOnce, CancellationToken cancellationToken)
    {
        using var http = new ServerHttp(access.Endpoint, options, run.Time);
        var backoff = new Backoff(run.Options.FirstBackoff, run.Options.MaxBackoff, run.Random);
        while (true)
        {
            // The run alone replaces the stored secret and keeps the journal, so both are temporary here.
            var current = access with { Secret = stored.Read() ?? access.Secret };
            var secret = new InstanceSecret(current, new StoredSecret(run.State, "", run.Log));
            var journal = Journal.Open(run.State, "watch", run.Machine, run.Log);
            try
            {
                var server = await new VersionNegotiation(
                    run with { Log = _once, Options = run.Options with { Server = options } }, current, secret, journal, http)
                    .ConnectAsync(cancellationToken);
                return server is Version3Server version3 && await version3.FindBusAsync(cancellationToken) is (var url, var broker)
                    ? new NamedBus(
                        Uri.TryCreate(url, UriKind.Absolute, out var bus)
                            ? bus
                            : throw new ServerException("GET /hello: the bus is not a URL"),
                        FindProfile(broker))
                    : null;
            }
            catch (ServerException failure)
            {
                _once.Write(failure.Message);
            }

            if (isOnce) return null;
            await run.Pause.WaitAsync(backoff.Next(), cancellationToken);
        }
    }

    private static BusProfile FindProfile(string broker)
    {
        try
        {
            return BusProfile.Find(broker);
        }
        catch (ArgumentException)
        {
            throw new ServerException($"GET /hello: the broker {broker} is unknown; this guest program is older than the server");
        }
    }

    /// <summary>A bus that the command line or the server names.</summary>
    private sealed record NamedBus(Uri Url, BusProfile Profile);
}
