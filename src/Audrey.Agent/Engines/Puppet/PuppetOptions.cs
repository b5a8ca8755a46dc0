namespace Audrey.Agent.Engines.Puppet;

/// <summary>Where puppet and its modules are.</summary>
internal sealed record PuppetOptions
{
    /// <summary>The program: the first of these that is there.</summary>
    public IReadOnlyList<string> Programs { get; init; } = ["/opt/puppetlabs/bin/puppet", "/usr/bin/puppet"];

    /// <summary>Where modules are looked for; those that do not exist are left out.</summary>
    public IReadOnlyList<string> ModulePath { get; init; } =
        ["/usr/share/audrey/modules", "/etc/puppetlabs/code/modules", "/etc/puppet/code/modules", "/opt/puppetlabs/puppet/modules", "/usr/share/puppet/modules"];

    public string? FindProgram() => Programs.FirstOrDefault(File.Exists);
}
