using Audrey.Agent.Yaml;

namespace Audrey.Agent.Engines.Puppet;

/// <summary>A class with its parameters, typed as they are to reach puppet.</summary>
/// <param name="Name">Its name, checked by <see cref="PuppetNames"/>.</param>
/// <param name="Parameters">Its parameters; values are scalars, lists and mappings.</param>
internal sealed record PuppetClass(string Name, IReadOnlyList<KeyValuePair<string, YamlNode>> Parameters);
