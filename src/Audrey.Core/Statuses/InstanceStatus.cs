using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Audrey.Core.Ids;
using Audrey.Core.Instances;

namespace Audrey.Core.Statuses;

/// <summary>The status of one instance. Times are by the cluster's clock.</summary>
public sealed record InstanceStatus
{
    /// <summary>The instance's UUID.</summary>
    [JsonConverter(typeof(StatusConverters.InstanceIdConverter))]
    public required InstanceId Id { get; init; }

    /// <summary>The assembly that it was launched from.</summary>
    public required string Assembly { get; init; }

    /// <summary>The deployable that it belongs to.</summary>
    [JsonConverter(typeof(StatusConverters.DeployableIdConverter))]
    public required DeployableId Deployable { get; init; }

    /// <summary>Counts its registrations, from 1.</summary>
    public required long Generation { get; init; }

    /// <summary><c>incomplete</c>, <c>success</c> or <c>error</c>: the worst of its services.</summary>
    [JsonConverter(typeof(StatusConverters.CompletionStatusConverter))]
    public required CompletionStatus Status { get; init; }

    /// <summary>When it was registered.</summary>
    public required DateTimeOffset Registered { get; init; }

    /// <summary>When its guest was first heard of; left out if never.</summary>
    public DateTimeOffset? FirstContact { get; init; }

    /// <summary>When its guest was last heard of; left out if never.</summary>
    public DateTimeOffset? LastContact { get; init; }

    /// <summary>When the last of its services ended; left out until all have.</summary>
    public DateTimeOffset? Completed { get; init; }

    /// <summary>Its guest's address as the server saw it.</summary>
    public string? Address { get; init; }

    /// <summary>The configuration revision that its guest applied last.</summary>
    public string? AppliedRevision { get; init; }

    /// <summary>When its guest reported that.</summary>
    public DateTimeOffset? Applied { get; init; }

    /// <summary>Facts that its guest reported about itself.</summary>
    public required IReadOnlyDictionary<string, string> Facts { get; init; }

    /// <summary>The provided parameters that its guest has not given yet.</summary>
    [JsonPropertyName("missing")]
    public required ImmutableArray<string> NotYetProvided { get; init; }

    /// <summary>Its services.</summary>
    public required ImmutableArray<ServiceStatus> Services { get; init; }

    /// <summary>Gets the missing values of all its services, the longest wait first.</summary>
    [JsonIgnore]
    public ImmutableArray<MissingValue> Waits => [.. MissingValue.OldestFirst(Services)];

    internal static InstanceStatus From(InstanceReport report, IReadOnlyDictionary<InstanceId, InstanceReport> providers)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(providers);
        return new()
        {
            Id = report.Id,
            Assembly = report.Name,
            Deployable = report.Deployable,
            Generation = report.Generation,
            Status = report.Status,
            Registered = report.Registered,
            FirstContact = report.FirstContact,
            LastContact = report.LastContact,
            Completed = report.Completed,
            Address = report.Address,
            AppliedRevision = report.Progress.Applied,
            Applied = report.Progress.AppliedAt,
            Facts = report.Progress.Facts.DistinctBy(fact => fact.Name).ToDictionary(fact => fact.Name, fact => fact.Value),
            NotYetProvided = report.PendingProvided,
            Services = [.. report.Services.Select(service => ServiceStatus.From(report, service, providers))],
        };
    }
}

/// <summary>The status of one service.</summary>
public sealed record ServiceStatus
{
    /// <summary>The service's name.</summary>
    public required string Name { get; init; }

    /// <summary><c>incomplete</c>, <c>success</c> or <c>error</c>.</summary>
    [JsonConverter(typeof(StatusConverters.CompletionStatusConverter))]
    public required CompletionStatus Status { get; init; }

    /// <summary>When its guest first got the complete configuration.</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? Ended { get; init; }

    /// <summary>Its exit status as the guest gave it.</summary>
    public string? ExitStatus { get; init; }

    /// <summary>The number of its latest run that the guest reported.</summary>
    public long? Run { get; init; }

    /// <summary>The latest progress message of that run.</summary>
    public string? Message { get; init; }

    /// <summary>When the guest sent that message.</summary>
    public DateTimeOffset? MessageAt { get; init; }

    /// <summary>How long the run took.</summary>
    [JsonPropertyName("durationSeconds"), JsonConverter(typeof(StatusConverters.SecondsConverter))]
    public TimeSpan? Duration { get; init; }

    /// <summary>The end of its output, without secrets.</summary>
    public string? Output { get; init; }

    /// <summary>The missing values that it waits for.</summary>
    public required ImmutableArray<MissingValue> Waits { get; init; }

    internal static ServiceStatus From(
        InstanceReport instance, ServiceReport service, IReadOnlyDictionary<InstanceId, InstanceReport> providers)
    {
        var run = instance.Progress.RunOf(service.Name);
        return new()
        {
            Name = service.Name,
            Status = service.Status,
            Started = service.Started,
            Ended = service.Ended,
            ExitStatus = service.ExitStatus,
            Run = run?.Run,
            Message = run?.Message,
            MessageAt = run?.MessageAt,
            Duration = run?.Duration,
            Output = run?.Output,
            Waits = [.. service.Unresolved.Select(missing => MissingValue.From(instance, service, missing, providers))],
        };
    }
}
