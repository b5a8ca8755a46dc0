using System.Collections.Immutable;
using Audrey.Core.Ids;
using Audrey.Core.Limits;

namespace Audrey.Core.Planning;

/// <summary>What a launch plan is made with, beside the document.</summary>
public sealed record LaunchOptions
{
    /// <summary>Where guests reach the config server, as <c>http://host:port</c>; null: they need none, or it is not known yet.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>Values given at launch; they come before what the document says.</summary>
    public ImmutableArray<LaunchValue> Given { get; init; } = [];

    /// <summary>The deployable's id; null: the document's, or else one of <see cref="Identities"/>.</summary>
    public DeployableId? Id { get; init; }

    /// <summary>Where ids and secrets come from.</summary>
    public required ILaunchIdentities Identities { get; init; }

    /// <summary>Bounds that the instances are held to. Default the servers' own.</summary>
    public DocumentLimits Limits { get; init; } = new();
}

/// <summary>Makes the ids and secrets of a launch. One that repeats what an earlier launch made continues that launch.</summary>
public interface ILaunchIdentities
{
    /// <summary>Id of a deployable whose document gives none: a UUID in lower case.</summary>
    string NewDeployableId();

    /// <summary>UUID in lower case and secret (256 random bits) of an instance.</summary>
    /// <param name="assembly">The instance's assembly.</param>
    /// <param name="ordinal">Its place in its group, from 0; null: its assembly is no group.</param>
    (string Uuid, string Secret) NewInstance(string assembly, int? ordinal);
}
