using Audrey.Agent.Services;

namespace Audrey.Agent.Standalone;

/// <summary>A configuration that needs no server, because the user data contains the whole configuration.</summary>
/// <param name="Classes">The Puppet classes. Empty if there is no section <c>puppet</c>.</param>
/// <param name="Services">The services, in the order in which they run.</param>
internal sealed record StandaloneConfig(IReadOnlyList<PuppetClass> Classes, IReadOnlyList<StandaloneService> Services);

/// <summary>A service with its executable.</summary>
internal sealed record StandaloneService(
    string Name, string Executable, IReadOnlyList<KeyValuePair<string, string>> Files, IReadOnlyList<ServiceParameter> Parameters);
