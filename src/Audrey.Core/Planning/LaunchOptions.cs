using System.Collections.Immutable;
using Audrey.Core.Ids;
using Audrey.Core.Limits;

namespace Audrey.Core.Planning;

/// <summary>The inputs of a launch plan other than the document.</summary>
public sealed record LaunchOptions
{
    /// <summary>
    /// The URL at which guests reach the config server, as <c>http://host:port</c>. Null if guests need no server or the URL is not known
    /// yet.
    /// </summary>
    public Uri? Endpoint { get; init; }

    /// <summary>Values given at launch. These values take precedence over the document.</summary>
    public ImmutableArray<LaunchValue> Given { get; init; } = [];

    /// <summary>
    /// The id of the deployable. If this property is null, the document provides the id. If the document has no id, <see
    /// cref="Identities"/> provides it.
    /// </summary>
    public DeployableId? Id { get; init; }

    /// <summary>The source of new ids and secrets.</summary>
    public required ILaunchIdentities Identities { get; init; }

    /// <summary>The contents of the machines' cloud-config beside the instance's own user data.</summary>
    public MachineSetup Setup { get; init; } = new();

    /// <summary>Limits for the instances. By default, they are the default limits of a server.</summary>
    public DocumentLimits Limits { get; init; } = new();
}

/// <summary>
/// Creates the ids and secrets of a launch. An implementation that repeats the ids and secrets of an earlier launch continues that launch.
/// </summary>
public interface ILaunchIdentities
{
    /// <summary>Returns the id for a deployable whose document has none: a UUID in lower case.</summary>
    string NewDeployableId();

    /// <summary>Returns the UUID (in lower case) and the secret (256 random bits) of an instance.</summary>
    /// <param name="assembly">The assembly of the instance.</param>
    /// <param name="ordinal">The number of the instance in its group, from 0. Null if the assembly is not a group, and for the
    /// prototype of an empty group, which has no secret.</param>
    (string Uuid, string Secret) NewInstance(string assembly, int? ordinal);
}
