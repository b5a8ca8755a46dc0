using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Core.Documents;
using Orleans;

namespace Audrey.Abstractions.Instances;

/// <summary>A registration with its finished tarball.</summary>
/// <param name="Command">The conductor's command.</param>
/// <param name="Config">The instance, without the contents of its files.</param>
/// <param name="Tarball">The tarball of the services' executables and files. Empty if there are none.</param>
/// <param name="Digest">
/// The digest of everything that is registered, if the command has no mark. If the last registration of the instance had the same digest,
/// nothing changes.
/// </param>
/// <param name="Leniency">What the registration was forgiven, or null. Only registrations of versions 0 to 2 are forgiven anything.</param>
/// <param name="GzipCopy">
/// The gzip copy of the tarball, or null if the tarball is compressed with gzip. Only a new member of a group can have one: it gets the
/// tarball of another member.
/// </param>
[GenerateSerializer, Immutable, Alias("audrey.InstanceRegistration")]
public sealed record InstanceRegistration(
    [property: Id(0)] ConductorCommand Command,
    [property: Id(1)] InstanceConfig Config,
    [property: Id(2)] byte[] Tarball,
    [property: Id(3)] string? Digest = null,
    [property: Id(4)] Leniency? Leniency = null,
    [property: Id(5)] byte[]? GzipCopy = null);

/// <summary>The answer to a command that replaces an instance by a new one with another secret.</summary>
/// <param name="Answer">The outcome of the command.</param>
/// <param name="Secret">The secret of the new guest, or null if the command was refused. Never logged.</param>
[GenerateSerializer, Immutable, Alias("audrey.RenewalAnswer")]
public sealed record RenewalAnswer([property: Id(0)] ConductorAnswer Answer, [property: Id(1)] string? Secret)
{
    /// <summary>Leaves the secret out, because the string can end up in a log.</summary>
    public override string ToString() => $"{nameof(RenewalAnswer)} {Answer}";
}

/// <summary>A registration as part of a launch. The instance is among the deployable's members already.</summary>
/// <param name="Registration">The registration.</param>
/// <param name="Launch">The launch.</param>
/// <param name="Page">The instance's page among the members.</param>
/// <param name="Deadline">The deadline of the scaling that adds the instance. Null if it has none, or for a launch.</param>
[GenerateSerializer, Immutable, Alias("audrey.InstanceLaunch")]
public sealed record InstanceLaunch(
    [property: Id(0)] InstanceRegistration Registration,
    [property: Id(1)] LaunchKey Launch,
    [property: Id(2)] int Page,
    [property: Id(3)] DateTimeOffset? Deadline = null);
