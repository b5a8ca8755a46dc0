using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Core.Documents;
using Orleans;

namespace Audrey.Abstractions.Instances;

/// <summary>A registration whose tarball is built.</summary>
/// <param name="Command">The conductor's command.</param>
/// <param name="Config">The instance, without the contents of its files.</param>
/// <param name="Tarball">The tarball of the services' executables and files. Empty if there are none.</param>
[GenerateSerializer, Immutable, Alias("audrey.InstanceRegistration")]
public sealed record InstanceRegistration(
    [property: Id(0)] ConductorCommand Command,
    [property: Id(1)] InstanceConfig Config,
    [property: Id(2)] byte[] Tarball);

/// <summary>A registration as part of a launch. The instance is among the deployable's members already.</summary>
/// <param name="Registration">The registration.</param>
/// <param name="Launch">The launch.</param>
/// <param name="Page">The instance's page among the members.</param>
[GenerateSerializer, Immutable, Alias("audrey.InstanceLaunch")]
public sealed record InstanceLaunch(
    [property: Id(0)] InstanceRegistration Registration,
    [property: Id(1)] LaunchKey Launch,
    [property: Id(2)] int Page);
