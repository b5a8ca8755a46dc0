using System.ComponentModel.DataAnnotations;
using Audrey.Core.Ids;
using Audrey.Core.Limits;
using Audrey.Hosting.Settings;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Audrey.Client;

/// <summary>
/// How to reach the cluster, and as which conductor. Exactly one of <see cref="Gateways"/> and <see cref="ConnectionString"/> is given.
/// Not a record, because its text must never show the password of the connection string.
/// </summary>
public sealed class AudreyClientOptions : IValidatableObject
{
    /// <summary>The section of the configuration that programs bind by convention.</summary>
    public const string Section = "Audrey:Client";

    private const string MinAttemptTimeout = "00:00:00.050";

    /// <summary>
    /// Gets or sets the conductor that all operations are carried out for. What belongs to other conductors is not found.
    /// </summary>
    public ConductorKey Conductor { get; set; }

    /// <summary>
    /// Gets or sets the servers' client ports, each as <c>host:port</c> or <c>[address]:port</c>. Use it with the embedded server and with
    /// fixed sets of servers.
    /// </summary>
    public IList<string> Gateways { get; set; } = [];

    /// <summary>
    /// Gets or sets the Npgsql connection string of the PostgreSQL database that holds the cluster's membership. Use it where servers come
    /// and go.
    /// </summary>
    public string? ConnectionString { get; set; }

    /// <summary>Gets or sets the cluster's id, which must be that of the servers.</summary>
    public string ClusterId { get; set; } = "audrey";

    /// <summary>Gets or sets the service's id, which must be that of the servers.</summary>
    public string ServiceId { get; set; } = "audrey";

    /// <summary>
    /// Gets or sets how long an operation, or connecting, is tried before it ends with an <see cref="UnavailableException"/>. An operation
    /// on many instances has this time for each of its requests.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan Deadline { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Gets or sets how long one attempt waits for its answer before the next one; at most <see cref="Deadline"/>. It must be longer than
    /// the time that servers give to fetching files.
    /// </summary>
    [Range(typeof(TimeSpan), MinAttemptTimeout, "01:00:00")]
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Gets or sets the maximum number of concurrent requests of one operation on many instances.</summary>
    [Range(1, 1024)]
    public int MaxConcurrency { get; set; } = 32;

    /// <summary>
    /// Gets or sets the limits that instances are checked against before they are sent. They should be those of the servers.
    /// </summary>
    public DocumentLimits Limits { get; set; } = new();

    /// <summary>Gets or sets where the connection logs; null for nowhere.</summary>
    public ILoggerFactory? LoggerFactory { get; set; }

    /// <summary>Gets or sets the clock of deadlines and delays.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Returns the broken rules that no range states.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Conductor.Value is null) yield return SettingsCheck.Broken(nameof(Conductor), "is empty; give the conductor's key");
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
                "is empty, and so is ConnectionString; give one of them to say where the cluster is");
        if (Gateways is { Count: > 0 } && hasMembership)
            yield return SettingsCheck.Broken(nameof(Gateways), "is given, and so is ConnectionString; give one of them");
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
