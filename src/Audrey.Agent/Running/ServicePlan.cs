using Audrey.Agent.Engines.Puppet;
using Audrey.Agent.PhoneHome;

namespace Audrey.Agent.Running;

/// <summary>A service whose configuration is complete.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Parameters">Its parameters.</param>
/// <param name="Classes">Its puppet classes; empty if it has an executable.</param>
/// <param name="Folder">The folder of its executable and files.</param>
/// <param name="Fingerprint">What tells this configuration from any other.</param>
internal sealed record ServicePlan(string Name, IReadOnlyList<Parameter> Parameters, IReadOnlyList<PuppetClass> Classes, string Folder, string Fingerprint)
{
    /// <summary>The fingerprint of what is applied in every run.</summary>
    public const string EveryTime = "";

    /// <summary>Runs that are known of from elsewhere: the next one has a higher number.</summary>
    public long RunsBefore { get; init; }
}
