using Audrey.Core.Ids;
using Audrey.Core.Replay;
using Orleans;

namespace Audrey.Core.Auditing;

/// <summary>
/// An entry of the audit trail: a command of a conductor, or the number of requests from one source that were refused within one minute. An
/// entry contains no secret and no value.
/// </summary>
[GenerateSerializer, Immutable, Alias("audrey.AuditEntry")]
public sealed record AuditEntry
{
    /// <summary>The number of the entry in its part of the trail, from 1.</summary>
    [Id(0)] public long Number { get; init; }

    /// <summary>The time at which the command arrived, or the beginning of the minute of the refused requests.</summary>
    [Id(1)] public required DateTimeOffset Time { get; init; }

    /// <summary>The kind of the command, such as <c>delete-deployable</c>, or <see cref="AuditActions.RefusedRequests"/>.</summary>
    [Id(2)] public required string Action { get; init; }

    /// <summary>The conductor that the command was carried out for. Null if the sender did not authenticate.</summary>
    [Id(3)] public ConductorKey? Conductor { get; init; }

    /// <summary>The key of the credential that the sender authenticated with. Null if there is none.</summary>
    [Id(4)] public ConductorKey? Credential { get; init; }

    /// <summary>The network address of the sender.</summary>
    [Id(5)] public string Address { get; init; } = "";

    /// <summary>The resource that the command changes.</summary>
    [Id(6)] public AuditTarget Target { get; init; } = AuditTarget.None;

    /// <summary>A few words about the command, such as the new size of a group. Null if there are none.</summary>
    [Id(7)] public string? Detail { get; init; }

    /// <summary>
    /// <see cref="AuditActions.Done"/>, or the kind of the refusal or failure. Null if the outcome is not known yet. If it is not known
    /// after the longest time that a command can take, the entry is served with <see cref="AuditActions.Unknown"/>.
    /// </summary>
    [Id(8)] public string? Outcome { get; init; }

    /// <summary>The time at which the outcome was known.</summary>
    [Id(9)] public DateTimeOffset? Ended { get; init; }

    /// <summary>The number of times that the same command arrived again.</summary>
    [Id(10)] public int Repetitions { get; init; }

    /// <summary>The mark that identifies the command.</summary>
    [Id(11)] public RequestMark Mark { get; init; }

    /// <summary>The number of requests that were refused. 0 for a command.</summary>
    [Id(12)] public long Count { get; init; }
}

/// <summary>The resource that a command changes. Members that do not apply are null.</summary>
/// <param name="Deployable">The id of the deployable.</param>
/// <param name="Instance">The UUID of the instance.</param>
/// <param name="Group">The assembly of the group.</param>
/// <param name="Credential">The key of the credential that is administered.</param>
[GenerateSerializer, Immutable, Alias("audrey.AuditTarget")]
public sealed record AuditTarget(
    [property: Id(0)] string? Deployable = null,
    [property: Id(1)] string? Instance = null,
    [property: Id(2)] string? Group = null,
    [property: Id(3)] string? Credential = null)
{
    /// <summary>No resource.</summary>
    public static AuditTarget None { get; } = new();
}

/// <summary>The names of actions and outcomes that the code compares.</summary>
public static class AuditActions
{
    /// <summary>The action of an entry that counts refused requests.</summary>
    public const string RefusedRequests = "refused-requests";

    /// <summary>The outcome of a command that was carried out.</summary>
    public const string Done = "done";

    /// <summary>
    /// The outcome of a command that ended without a recorded outcome: a server stopped before it recorded the outcome, or could not write
    /// it. The command was carried out or not.
    /// </summary>
    public const string Unknown = "unknown";

    /// <summary>The outcome of requests for an instance that is not registered.</summary>
    public const string NotRegistered = "not-registered";

    /// <summary>The outcome of requests that came after too many wrong secrets, and whose secret was not verified.</summary>
    public const string TooManyWrongSecrets = "too-many-wrong-secrets";

    /// <summary>The outcome of requests without a valid credential.</summary>
    public const string NotAuthorized = "not-authorized";

    /// <summary>The outcome of requests that a verified sender may not make.</summary>
    public const string Forbidden = "forbidden";
}
