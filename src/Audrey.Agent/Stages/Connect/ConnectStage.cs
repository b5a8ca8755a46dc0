using Audrey.Agent.ConfigServer;
using Audrey.Agent.ConfigServer.Version3;
using Audrey.Agent.Diagnostics;

namespace Audrey.Agent.Stages.Connect;

/// <summary>Connects to the config server: negotiates the protocol version once, and again after several consecutive failures.</summary>
internal sealed class ConnectStage(RunContext run, VersionNegotiation negotiation)
{
    /// <summary>
    /// After this number of consecutive failures the version is negotiated again, because the server may have been replaced.
    /// </summary>
    private const int FailuresToRenegotiate = 5;

    private IConfigServer? _server;
    private int _failures;

    /// <summary>Returns the server. The result is the same object as before if the version has not changed.</summary>
    /// <exception cref="AgentException">Version 3 is required, but the secret must not be sent.</exception>
    public async Task<IConfigServer> RunAsync(CancellationToken cancellationToken)
    {
        if (_server is not null) return _server;
        var server = await negotiation.ConnectAsync(cancellationToken);
        if (run.Options.HoldOnFailure == true && server.Version < Version3Server.Number)
            run.Log.Write($"Protocol version {server.Version} does not report failed services. No service is held back.");
        run.Status.Update(current => current with { Protocol = server.Version });
        return _server = server;
    }

    /// <summary>Called when the server has sent a valid answer.</summary>
    public void RecordSuccess() => _failures = 0;

    /// <summary>Called when a request has failed.</summary>
    public void RecordFailure()
    {
        if (++_failures % FailuresToRenegotiate == 0) _server = null;
    }
}
