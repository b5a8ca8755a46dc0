using Audrey.Abstractions.Conductors;
using Audrey.Core.Documents;
using Orleans;

namespace Audrey.Abstractions.Instances;

/// <summary>A registration with its tarball built.</summary>
/// <param name="Command">Who registers.</param>
/// <param name="Config">The instance, without the contents of its files.</param>
/// <param name="Tarball">The tarball of its services' executables and files.</param>
[GenerateSerializer, Immutable, Alias("audrey.InstanceRegistration")]
public sealed record InstanceRegistration(
    [property: Id(0)] ConductorCommand Command,
    [property: Id(1)] InstanceConfig Config,
    [property: Id(2)] byte[] Tarball);
