using System.Globalization;
using Audrey.Core.Ids;
using Orleans;

namespace Audrey.Core.Limits;

/// <summary>The kinds of quotas of a conductor, each named for the things that it limits.</summary>
public enum QuotaKind
{
    /// <summary>Deployables.</summary>
    Deployables,

    /// <summary>Instances of all deployables together.</summary>
    Instances,

    /// <summary>Event streams, and calls that wait for events, at one server.</summary>
    Streams,
}

/// <summary>A quota of a conductor that a command would exceed. Nothing was changed.</summary>
/// <param name="Conductor">The conductor.</param>
/// <param name="Quota">The quota.</param>
/// <param name="Limit">The maximum number.</param>
/// <param name="Present">The number before the command.</param>
/// <param name="Requested">The number by which the command would raise it.</param>
[GenerateSerializer, Immutable, Alias("audrey.QuotaExcess")]
public sealed record QuotaExcess(
    [property: Id(0)] ConductorKey Conductor,
    [property: Id(1)] QuotaKind Quota,
    [property: Id(2)] int Limit,
    [property: Id(3)] int Present,
    [property: Id(4)] int Requested)
{
    /// <summary>Gets the name of the quota on the wire.</summary>
    public string Name => Quota switch
    {
        QuotaKind.Deployables => "deployables",
        QuotaKind.Instances => "instances",
        _ => "streams",
    };

    /// <summary>Returns the sentence about the excess, with its remedy.</summary>
    public string Describe() => string.Create(
        CultureInfo.InvariantCulture,
        $"the quota of conductor '{Conductor}' is {Limit} {What}: it has {Present}, and this needs {Requested} more; {Remedy}");

    private string What => Quota == QuotaKind.Streams ? "event streams at one server" : Name;

    private string Remedy => Quota switch
    {
        QuotaKind.Deployables => "delete a deployable, or ask the servers' operator for a larger quota (Audrey:Quotas:MaxDeployables)",
        QuotaKind.Instances =>
            "delete instances or deployables, or ask the servers' operator for a larger quota (Audrey:Quotas:MaxInstances)",
        _ => "close one of them, or ask the servers' operator for a larger quota (Audrey:Gateway:MaxEventStreams)",
    };
}
