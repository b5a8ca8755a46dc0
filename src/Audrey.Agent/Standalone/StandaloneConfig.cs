using Audrey.Agent.Engines.Puppet;
using Audrey.Agent.PhoneHome;

namespace Audrey.Agent.Standalone;

/// <summary>A configuration that needs no server: it stands whole in the user data.</summary>
/// <param name="Classes">The puppet classes; empty if there is no puppet section.</param>
/// <param name="Services">The services, in the order in which they run.</param>
internal sealed record StandaloneConfig(IReadOnlyList<PuppetClass> Classes, IReadOnlyList<StandaloneService> Services);

/// <summary>A service with its executable.</summary>
internal sealed record StandaloneService(string Name, string Executable, IReadOnlyList<KeyValuePair<string, string>> Files, IReadOnlyList<Parameter> Parameters);
