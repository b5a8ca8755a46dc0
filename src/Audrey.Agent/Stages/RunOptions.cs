using Audrey.Agent.ConfigServer;
using Audrey.Agent.Engines.Puppet;
using Audrey.Agent.Tarballs;

namespace Audrey.Agent.Stages;

/// <summary>The options of a run.</summary>
internal sealed record RunOptions
{
    /// <summary>Do what can be done now, then exit.</summary>
    public bool Once { get; init; }

    /// <summary>Run services again that failed in an earlier run.</summary>
    public bool RetryFailed { get; init; }

    /// <summary>Do not exit when every service has ended. Run a service again when its configuration changes.</summary>
    public bool Stay { get; init; }

    /// <summary>Do not run a service while a service that it waited for has failed.</summary>
    public bool HoldOnFailure { get; init; }

    /// <summary>A directory of facts. Null for none.</summary>
    public string? FactFolder { get; init; }

    /// <summary>How long to wait before the next request for what is not complete.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The same when every service has ended, for a server that cannot tell by itself that there is a change.</summary>
    public TimeSpan StayInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a long poll lasts at most.</summary>
    public TimeSpan MaxWait { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How often a heartbeat is sent while a service runs.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How often the log repeats what a service waits for.</summary>
    public TimeSpan WaitLogInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a service may run.</summary>
    public TimeSpan MaxServiceTime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The delay after the first failed request. It doubles with each further failure.</summary>
    public TimeSpan FirstBackoff { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The maximum of this delay.</summary>
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long to search for user data.</summary>
    public TimeSpan MaxDiscoveryTime { get; init; } = TimeSpan.FromMinutes(10);

    public PuppetOptions Puppet { get; init; } = new();

    public ConfigServerOptions Server { get; init; } = new();

    public TarballLimits Tarball { get; init; } = new();
}
