using System.Security.Cryptography;
using System.Text;
using Audrey.Agent.PhoneHome;
using Audrey.Agent.State;
using Audrey.Agent.UserData;

namespace Audrey.Agent.Running;

/// <summary>The services of this instance, and which of them are settled: applied as they are configured now, with their ends told.</summary>
internal sealed class AssignedServices(
    ServerAccess access, InstanceFiles files, ServiceReporter reporter, WaitLog waits, StatusFile status, RunOptions options)
{
    private readonly Dictionary<string, (string Fingerprint, int ExitStatus)> _settled = new(StringComparer.Ordinal);

    /// <summary>Whether a service was begun and its end is not told yet.</summary>
    public bool UnderWay { get; private set; }

    /// <summary>Whether a settled one failed.</summary>
    public bool AnyFailed => _settled.Values.Any(settled => settled.ExitStatus != 0);

    public bool IsSettled(string service) => _settled.ContainsKey(service);

    /// <summary>Begins anew: the server knows of no end any more, and the files may be others.</summary>
    public void Forget()
    {
        _settled.Clear();
        UnderWay = false;
        files.Forget();
    }

    /// <summary>Applies the service if its configuration is complete and not applied; true if it was settled.</summary>
    /// <param name="server">The server.</param>
    /// <param name="service">The service.</param>
    /// <param name="secretProvided">Names of the secrets that its script may write.</param>
    /// <param name="cancellationToken">Ends it, and the service that runs.</param>
    public async Task<bool> TryAsync(IConfigServer server, ServiceAssignment service, IReadOnlyList<string> secretProvided, CancellationToken cancellationToken)
    {
        var name = service.Name;
        var configuration = await server.GetConfigurationAsync(name, cancellationToken);
        var before = _settled.TryGetValue(name, out var settled) ? settled.Fingerprint : null;
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

        var fingerprint = Fingerprint(configuration, await files.DigestAsync(name, server, cancellationToken));
        if (fingerprint == before) return false;
        UnderWay = true;
        var plan = new ServicePlan(name, configuration.Parameters, [], files.FolderOf(name), fingerprint) { RunsBefore = service.ToldRun };
        var (record, provided) = await reporter.RunAsync(server, plan, cancellationToken);

        // Values before the status: who waits for the service's end finds them there.
        if (provided.Count > 0) await server.GiveAsync(provided, cancellationToken);
        if (!service.ToldEnd || service.ToldRun != record.Run)
            await reporter.TellEndAsync(server, name, record, configuration.Parameters, secretProvided, cancellationToken);
        _settled[name] = (fingerprint, record.ExitStatus!.Value);
        UnderWay = false;
        status.Change(current => current with
        {
            Services = [.. current.Services.Select(known => known.Name == name ? known with { Reported = true } : known)],
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
}
