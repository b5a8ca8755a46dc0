namespace Audrey.Agent.Engines.Puppet;

/// <summary>The paths of Puppet and its modules.</summary>
internal sealed record PuppetOptions
{
    /// <summary>The paths to try. The first path that exists is used.</summary>
    public IReadOnlyList<string> Programs { get; init; } = ["/opt/puppetlabs/bin/puppet", "/usr/bin/puppet"];

    /// <summary>The directories to search for modules. Missing directories are skipped.</summary>
    public IReadOnlyList<string> ModulePath { get; init; } =
    [
        "/usr/share/audrey/modules",
        "/etc/puppetlabs/code/modules",
        "/etc/puppet/code/modules",
        "/opt/puppetlabs/puppet/modules",
        "/usr/share/puppet/modules",
    ];

    public string? FindProgram() => Programs.FirstOrDefault(File.Exists);
}
