using Audrey.Agent.ConfigServer;
using Audrey.Agent.Engines.Puppet;
using Audrey.Agent.Tarballs;

namespace Audrey.Agent.Stages;

/// <summary>The options of a run.</summary>
internal sealed record RunOptions
{
    /// <summary>Do what can be done now, then exit.</summary>
    public bool Once { get; init; }

    /// <summary>Run the services that failed in an earlier run again.</summary>
    public bool RetryFailed { get; init; }

    /// <summary>
    /// Whether the run stays when every service has ended, and runs a service again when its configuration changes. Null if the conductor
    /// decides it.
    /// </summary>
    public bool? Stay { get; init; }

    /// <summary>
    /// Whether a service must not run while a service that it waited for has failed. Null if the conductor decides it for each service.
    /// </summary>
    public bool? HoldOnFailure { get; init; }

    /// <summary>A directory of facts. Null for none.</summary>
    public string? FactFolder { get; init; }

    /// <summary>The time to wait between requests for an incomplete configuration.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The time to wait between requests when every service has ended. Used for a server that cannot notify the guest of changes.
    /// </summary>
    public TimeSpan StayInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The maximum duration of a long poll.</summary>
    public TimeSpan MaxWait { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The interval at which heartbeats are sent while a service runs.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The interval at which the log repeats the reasons why a service waits.</summary>
    public TimeSpan WaitLogInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The maximum time that a service may run.</summary>
    public TimeSpan MaxServiceTime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The delay after the first failed request. The delay doubles with each further failure.</summary>
    public TimeSpan FirstBackoff { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The maximum delay after a failed request.</summary>
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The maximum time of the search for user data.</summary>
    public TimeSpan MaxDiscoveryTime { get; init; } = TimeSpan.FromMinutes(10);

    public PuppetOptions Puppet { get; init; } = new();

    public ConfigServerOptions Server { get; init; } = new();

    public TarballLimits Tarball { get; init; } = new();
}
