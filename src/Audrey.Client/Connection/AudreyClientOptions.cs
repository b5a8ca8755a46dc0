using System.ComponentModel.DataAnnotations;
using Audrey.Core.Ids;
using Audrey.Core.Limits;
using Audrey.Hosting.Settings;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Audrey.Client;

/// <summary>
/// How to reach the cluster, and which conductor the client is. Exactly one of <see cref="Gateways"/> and <see cref="ConnectionString"/>
/// must be set. This class is not a record, because its string form must never show the secret or the password in the connection string.
/// </summary>
public sealed class AudreyClientOptions : IValidatableObject
{
    /// <summary>The section of the configuration that programs bind by convention.</summary>
    public const string Section = "Audrey:Client";

    private const string MinAttemptTimeout = "00:00:00.050";

    /// <summary>
    /// Gets or sets the key of the credential that the client connects with. Operations are carried out for the conductor of this
    /// credential. Deployables and instances of other conductors are not found. The default is the conductor that a cluster makes if its
    /// settings contain none.
    /// </summary>
    public ConductorKey Conductor { get; set; } = ConductorKey.Default;

    /// <summary>
    /// Gets or sets the secret of the credential. The client authenticates with the secret but does not send it. The secret is read for
    /// each connection, so a rotated secret can be set while the client is in use.
    /// </summary>
    public string Secret { get; set; } = "";

    /// <summary>
    /// Gets or sets the servers' client ports, each as <c>host:port</c> or <c>[address]:port</c>. Use this option with a single server or
    /// with a fixed set of servers.
    /// </summary>
    public IList<string> Gateways { get; set; } = [];

    /// <summary>
    /// Gets or sets the Npgsql connection string of the PostgreSQL database that holds the cluster's membership. Use this option if servers
    /// are added and removed.
    /// </summary>
    public string? ConnectionString { get; set; }

    /// <summary>Gets or sets the cluster's id, which must be the same as in the servers' settings.</summary>
    public string ClusterId { get; set; } = "audrey";

    /// <summary>Gets or sets the service's id, which must be the same as in the servers' settings.</summary>
    public string ServiceId { get; set; } = "audrey";

    /// <summary>
    /// Gets or sets the certificates for TLS. Null for no TLS. The servers require TLS unless their ports are on loopback.
    /// </summary>
    public AudreyClientTls? Tls { get; set; }

    /// <summary>
    /// Gets or sets the time after which an operation or an attempt to connect ends with an <see cref="UnavailableException"/>. In an
    /// operation on many instances, this time applies to each request.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan Deadline { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Gets or sets how long one attempt waits for an answer before the next attempt begins. It is at most <see cref="Deadline"/>, and must
    /// be longer than the time that servers allow for fetching files.
    /// </summary>
    [Range(typeof(TimeSpan), MinAttemptTimeout, "01:00:00")]
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Gets or sets the maximum number of concurrent requests of one operation on many instances.</summary>
    [Range(1, 1024)]
    public int MaxConcurrency { get; set; } = 32;

    /// <summary>
    /// Gets or sets the limits for the check of instances before they are sent. These limits should be the same as the servers' limits.
    /// </summary>
    public DocumentLimits Limits { get; set; } = new();

    /// <summary>Gets or sets the factory of the logger for the connection. Null for no log.</summary>
    public ILoggerFactory? LoggerFactory { get; set; }

    /// <summary>Gets or sets the clock for deadlines and delays.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Returns the broken rules that the attributes of the properties do not check.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Conductor.Value is null) yield return SettingsCheck.Broken(nameof(Conductor), "is empty; give the conductor's key");
        if (string.IsNullOrEmpty(Secret))
            yield return SettingsCheck.Broken(nameof(Secret), "is empty; give the secret of the conductor's key");
        if (string.IsNullOrWhiteSpace(ClusterId)) yield return SettingsCheck.Broken(nameof(ClusterId), "is empty; give the servers' id");
        if (string.IsNullOrWhiteSpace(ServiceId)) yield return SettingsCheck.Broken(nameof(ServiceId), "is empty; give the servers' id");
        if (AttemptTimeout > Deadline)
            yield return SettingsCheck.Broken(nameof(AttemptTimeout), $"is {AttemptTimeout}, longer than Deadline, {Deadline}");
        if (Limits is null) yield return SettingsCheck.Broken(nameof(Limits), "is null; leave it out for the servers' defaults");
        if (TimeProvider is null) yield return SettingsCheck.Broken(nameof(TimeProvider), "is null; leave it out for the system's clock");

        var hasMembership = !string.IsNullOrWhiteSpace(ConnectionString);
        if (Gateways is not { Count: > 0 } && !hasMembership)
            yield return SettingsCheck.Broken(
                nameof(Gateways),
                "is empty, and so is ConnectionString; give one of them to locate the cluster");
        if (Gateways is { Count: > 0 } && hasMembership)
            yield return SettingsCheck.Broken(nameof(Gateways), "is given, and so is ConnectionString; give only one of them");
        foreach (var (i, gateway) in (Gateways ?? []).Index())
        {
            if (!Connection.GatewayAddress.TryParse(gateway, out _))
                yield return SettingsCheck.Broken(
                    $"{nameof(Gateways)}:{i}",
                    $"is '{gateway}'; it must be host:port with a port of 1 to 65535");
        }

        if (hasMembership && !IsConnectionString(ConnectionString))
        {
            yield return SettingsCheck.Broken(
                nameof(ConnectionString), "is not an Npgsql connection string; it looks like Host=...;Database=...;Username=...");
        }
    }

    /// <exception cref="ArgumentException">The options cannot be used. The message names every problem.</exception>
    internal static void ThrowIfInvalid(AudreyClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var problems = string.Concat(
            SettingsCheck.Problems(options, nameof(AudreyClientOptions)).Select(problem => $"{Environment.NewLine}- {problem}"));
        if (problems.Length > 0) throw new ArgumentException($"These options of the client cannot be used:{problems}", nameof(options));
    }

    private static bool IsConnectionString(string? text)
    {
        try
        {
            return !string.IsNullOrEmpty(new NpgsqlConnectionStringBuilder(text).Host);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or KeyNotFoundException)
        {
            return false;
        }
    }
}
