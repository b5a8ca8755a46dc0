using Audrey.Agent.Engines.Puppet;
using Audrey.Agent.PhoneHome;
using Audrey.Agent.Tarballs;

namespace Audrey.Agent.Running;

/// <summary>How a run goes about it.</summary>
internal sealed record RunOptions
{
    /// <summary>Ask once, do what can be done, and leave.</summary>
    public bool Once { get; init; }

    /// <summary>Run services again that failed.</summary>
    public bool Again { get; init; }

    /// <summary>Stay when all has ended, and run services again whose configuration changes.</summary>
    public bool Stay { get; init; }

    /// <summary>Do not run a service while one that it waited for has failed.</summary>
    public bool StopOnFailed { get; init; }

    /// <summary>How long to wait before asking again for what is not complete.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The same for changes when all has ended, with a server that cannot say by itself that there are any.</summary>
    public TimeSpan StayInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long to ask the server to wait until there is something new.</summary>
    public TimeSpan MaxWait { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How often the server is told that this instance is alive while a service runs.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How often it is logged what is waited for.</summary>
    public TimeSpan WaitLogInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a service may take.</summary>
    public TimeSpan ServiceLimit { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The pause after the first trouble with the server; each further one doubles it.</summary>
    public TimeSpan FirstBackoff { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause after trouble.</summary>
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long to look for user data.</summary>
    public TimeSpan DiscoveryLimit { get; init; } = TimeSpan.FromMinutes(10);

    public PuppetOptions Puppet { get; init; } = new();

    public ServerOptions Server { get; init; } = new();

    public TarballLimits Tarball { get; init; } = new();
}
