using Audrey.Agent.Yaml;

namespace Audrey.Agent.Services;

/// <summary>A Puppet class with its parameters. The values have the types that Puppet receives.</summary>
/// <param name="Name">A valid class name.</param>
/// <param name="Parameters">The parameters. The values are scalars, lists and mappings.</param>
internal sealed record PuppetClass(string Name, IReadOnlyList<KeyValuePair<string, TypedNode>> Parameters);
