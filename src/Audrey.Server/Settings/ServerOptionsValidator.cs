using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Audrey.Gateway.Settings;
using Microsoft.Extensions.Options;

namespace Audrey.Server.Settings;

/// <summary>Holds <see cref="ServerOptions"/> to what they document.</summary>
internal sealed class ServerOptionsValidator : IValidateOptions<ServerOptions>
{
    public ValidateOptionsResult Validate(string? name, ServerOptions options)
    {
        var problems = new RangeChecks(ServerOptions.Section);
        for (var i = 0; i < options.Roles.Count; i++)
            if (!ServerOptions.IsKnown(options.Roles[i]))
                problems.Add($"Roles:{i}", $"is '{options.Roles[i]}'; roles are silo and gateway");

        problems.Check(nameof(options.ShutdownTimeout), options.ShutdownTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));
        Check(problems, options.Cluster);
        Check(problems, options.Silo);
        Check(problems, options.Secrets);
        return problems.Result;
    }

    private static void Check(RangeChecks problems, ClusterSettings cluster)
    {
        if (string.IsNullOrWhiteSpace(cluster.ClusterId)) problems.Add("Cluster:ClusterId", "is empty; give the cluster a name");
        if (string.IsNullOrWhiteSpace(cluster.ServiceId)) problems.Add("Cluster:ServiceId", "is empty; give the service a name");
        problems.Check("Cluster:ProbeTimeout", cluster.ProbeTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1));
        problems.Check("Cluster:MissedProbes", cluster.MissedProbes, 1, 100);
        problems.Check("Cluster:Votes", cluster.Votes, 1, 10);
        problems.Check("Cluster:ResponseTimeout", cluster.ResponseTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1));
        problems.Check("Cluster:ConnectTimeout", cluster.ConnectTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
    }

    private static void Check(RangeChecks problems, SecretsSettings secrets)
    {
        problems.Check("Secrets:KeyLifetime", secrets.KeyLifetime, TimeSpan.FromDays(7), TimeSpan.FromDays(3650));
        for (var i = 0; i < secrets.Certificates.Count; i++)
            if (CertificateProblem(secrets.Certificates[i]) is { } problem)
                problems.Add($"Secrets:Certificates:{i}", $"is '{secrets.Certificates[i]}', {problem}");
    }

    private static string? CertificateProblem(string path)
    {
        try
        {
            using var certificate = X509Certificate2.CreateFromPemFile(path);
            using var key = certificate.GetRSAPrivateKey();
            return key is null ? "whose key is not RSA" : null;
        }
        catch (Exception unreadable) when (unreadable is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            return "which cannot be read as a PEM file with a certificate and its key";
        }
    }

    private static void Check(RangeChecks problems, SiloSettings silo)
    {
        problems.Check("Silo:Port", silo.Port, 1, 65_535);
        problems.Check("Silo:GatewayPort", silo.GatewayPort, 1, 65_535);
        if (silo.Port == silo.GatewayPort) problems.Add("Silo:GatewayPort", $"is {silo.GatewayPort}, as Audrey:Silo:Port is; they must differ");
        if (silo.AdvertisedAddress.Length > 0 && !IPAddress.TryParse(silo.AdvertisedAddress, out _))
            problems.Add("Silo:AdvertisedAddress", $"is '{silo.AdvertisedAddress}', which is not an IP address");
        problems.Check("Silo:CollectionAge", silo.CollectionAge, TimeSpan.FromMinutes(2), TimeSpan.FromDays(7));
        problems.Check("Silo:MemoryLimitPercent", silo.MemoryLimitPercent, 10, 99);
    }
}
