using Audrey.Core.Ids;
using Audrey.Core.Limits;
using Microsoft.Extensions.Logging;

namespace Audrey.Client;

/// <summary>
/// How to reach the cluster, and as whom. Exactly one of <see cref="Gateways"/> and <see cref="ConnectionString"/> is given.
/// Not a record: its text must never show the connection string's password.
/// </summary>
public sealed class AudreyClientOptions
{
    /// <summary>The conductor that all operations are carried out for. What belongs to others is not found.</summary>
    public required ConductorKey Conductor { get; init; }

    /// <summary>The servers' client ports, each as <c>host:port</c> or <c>[address]:port</c>. For the embedded server and fixed sets of servers.</summary>
    public IReadOnlyList<string> Gateways { get; init; } = [];

    /// <summary>An Npgsql connection string of the PostgreSQL database that holds the cluster's membership; servers may come and go.</summary>
    public string? ConnectionString { get; init; }

    /// <summary>The cluster's id, as its servers have it. Default <c>audrey</c>.</summary>
    public string ClusterId { get; init; } = "audrey";

    /// <summary>The service's id, as its servers have it. Default <c>audrey</c>.</summary>
    public string ServiceId { get; init; } = "audrey";

    /// <summary>
    /// How long an operation, or connecting, is tried before it ends in <see cref="UnavailableException"/>. Operations on many
    /// instances have it for each request that they are made of. Default 60 s, range 100 ms to 1 hour.
    /// </summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long one attempt waits for an answer before the next one; above the time that servers give to fetching files. Default 15 s,
    /// range 50 ms to <see cref="Deadline"/>.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Most requests under way at once in one operation on many instances. Default 32, range 1 to 1,024.</summary>
    public int MaxConcurrency { get; init; } = 32;

    /// <summary>Bounds that instances are held to before they are sent. Default the servers' own defaults; give those that the servers have.</summary>
    public DocumentLimits Limits { get; init; } = new();

    /// <summary>Where the connection logs; null: nowhere.</summary>
    public ILoggerFactory? LoggerFactory { get; init; }

    /// <summary>The clock of deadlines and pauses. Default the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
