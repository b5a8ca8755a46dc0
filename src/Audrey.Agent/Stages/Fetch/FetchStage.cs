using System.Security.Cryptography;
using System.Text;
using Audrey.Agent.ConfigServer;
using Audrey.Agent.ConfigServer.Version2;
using Audrey.Agent.Services;

namespace Audrey.Agent.Stages.Fetch;

/// <summary>Fetches the configuration and the files of a service.</summary>
internal sealed class FetchStage(RunContext run, ServerAccess access)
{
    private readonly ServiceFiles _files = new(run);
    private readonly WaitLog _waits = new(run);

    /// <summary>Forgets the files, because the instance was registered again or has other files.</summary>
    public void Reset() => _files.Reset();

    /// <summary>Returns the plan of the service. Null if its configuration is incomplete, held back or already applied.</summary>
    /// <param name="server">The server.</param>
    /// <param name="service">The service.</param>
    /// <param name="applied">The fingerprint of the applied configuration. Null if no configuration is applied.</param>
    /// <param name="isDemanded">Whether the conductor demands a run even if the configuration is applied.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    public async Task<ServicePlan?> RunAsync(
        IConfigServer server, ServiceAssignment service, string? applied, bool isDemanded, CancellationToken cancellationToken)
    {
        var name = service.Name;
        var configuration = await server.GetConfigurationAsync(name, cancellationToken);
        if (!configuration.IsComplete)
        {
            // A service that has run is not affected if one of its values is lost, for example because the value's provider was registered
            // again.
            if (applied is null) _waits.ReportWaiting(configuration);
            return null;
        }

        string[] holding =
        [
            .. configuration.FailedServices.Where(failed => run.Options.HoldOnFailure ?? failed.Stops).Select(failed => failed.Text),
        ];
        if (holding.Length > 0)
        {
            if (applied is null) _waits.ReportHeld(name, holding);
            return null;
        }

        // The conductor may have mended the files without another registration.
        if (isDemanded) _files.Reset();
        var fingerprint = Fingerprint(configuration, await _files.FetchDigestAsync(name, server, cancellationToken));
        if (fingerprint == applied && !isDemanded) return null;
        var plan = new ServicePlan(name, configuration.Parameters, [], _files.FolderOf(name), fingerprint);
        return plan with { LastReportedRun = service.LastReportedRun, Retry = service.Retry };
    }

    /// <summary>
    /// Returns the fingerprint of a configuration. The fingerprint is keyed with the secret, so the journal does not reveal the values. The
    /// fingerprint is computed from the text format of version 2. So no service is run again when the server is upgraded to version 3.
    /// Where that text does not show where the items of a list end, the items are added in JSON.
    /// </summary>
    private string Fingerprint(AssignedConfiguration configuration, string filesDigest)
    {
        var text = Version2Texts.WriteConfiguration(configuration.Service, configuration.Parameters);
        var items = string.Concat(configuration.Parameters.Where(parameter => parameter.IsAmbiguous)
            .Select(parameter => $"{parameter.Name}&{parameter.Json}|"));
        return Convert.ToHexStringLower(HMACSHA256.HashData(
            Encoding.UTF8.GetBytes(access.Secret),
            (byte[])[.. Encoding.ASCII.GetBytes($"2|{filesDigest}|"), .. text, .. Encoding.UTF8.GetBytes(items)]));
    }
}
