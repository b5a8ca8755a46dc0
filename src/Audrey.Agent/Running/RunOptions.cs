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

    /// <summary>How long to wait before asking again for what is not complete.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a service may take.</summary>
    public TimeSpan ServiceLimit { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The pause after the first trouble with the server; each further one doubles it.</summary>
    public TimeSpan FirstBackoff { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause after trouble.</summary>
    public TimeSpan LongestBackoff { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long to look for user data.</summary>
    public TimeSpan DiscoveryLimit { get; init; } = TimeSpan.FromMinutes(10);

    public PuppetOptions Puppet { get; init; } = new();

    public ServerOptions Server { get; init; } = new();

    public TarballLimits Tarball { get; init; } = new();
}
