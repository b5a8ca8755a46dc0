namespace Audrey.Protocol.Reports;

/// <summary>What a report on a deployable says.</summary>
/// <param name="Uuid">The deployable's id.</param>
/// <param name="Status">Its status.</param>
/// <param name="Registered">When its first instance was registered.</param>
/// <param name="Completed">When all have ended; null before.</param>
/// <param name="Instances">Its instances.</param>
public sealed record DeploymentReport(
    string Uuid, Completion Status, DateTimeOffset Registered, DateTimeOffset? Completed, IReadOnlyList<InstanceSummary> Instances);

/// <summary>An instance as the report on its deployable shows it.</summary>
/// <param name="Uuid">The instance's UUID.</param>
/// <param name="Assembly">The name of its assembly.</param>
/// <param name="Status">Its status.</param>
public sealed record InstanceSummary(string Uuid, string Assembly, Completion Status);

/// <summary>What a report on an instance says.</summary>
/// <param name="Uuid">The instance's UUID.</param>
/// <param name="Assembly">The name of its assembly.</param>
/// <param name="Status">Its status.</param>
/// <param name="Registered">When it was registered.</param>
/// <param name="FirstContacted">When its guest was heard of first; null before.</param>
/// <param name="LastContacted">When its guest was heard of last; null before.</param>
/// <param name="Completed">When its last service ended; null before.</param>
/// <param name="Services">Its services.</param>
/// <param name="PendingReturnParameters">The names of the parameters it provides that have no value yet.</param>
public sealed record InstanceReport(
    string Uuid,
    string Assembly,
    Completion Status,
    DateTimeOffset Registered,
    DateTimeOffset? FirstContacted,
    DateTimeOffset? LastContacted,
    DateTimeOffset? Completed,
    IReadOnlyList<ServiceReport> Services,
    IReadOnlyList<string> PendingReturnParameters);

/// <summary>A service in the report on its instance.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Status">Its status.</param>
/// <param name="ConfigurationStarted">When its guest got its complete configuration; null before.</param>
/// <param name="ConfigurationEnded">When its exit status came; null before.</param>
/// <param name="ExitStatus">The exit status as the guest gave it; null before.</param>
/// <param name="Unresolved">Its parameters that wait for a value.</param>
public sealed record ServiceReport(
    string Name,
    Completion Status,
    DateTimeOffset? ConfigurationStarted,
    DateTimeOffset? ConfigurationEnded,
    string? ExitStatus,
    IReadOnlyList<UnresolvedParameter> Unresolved);

/// <summary>What a parameter waits for.</summary>
public enum SourceKind
{
    /// <summary>A parameter that the other instance provides.</summary>
    ReturnParameter = 0,

    /// <summary>The exit status of a service of the other instance.</summary>
    Service,
}

/// <summary>A parameter that waits for a value from another instance.</summary>
/// <param name="Name">The parameter's name.</param>
/// <param name="SourceUuid">The instance the value is to come from.</param>
/// <param name="SourceKind">What of that instance.</param>
/// <param name="SourceName">The name of the provided parameter or of the service there.</param>
/// <param name="Problem">
/// Why the value can never come, such as a service that refers to its own end; null if it can. Written as an extra attribute,
/// <c>problem</c>, that the reports of 2012 did not have.
/// </param>
public sealed record UnresolvedParameter(string Name, string SourceUuid, SourceKind SourceKind, string SourceName, string? Problem = null);
