using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Audrey.Core.Completion;
using Audrey.Core.Ids;
using Audrey.Core.Instances;

namespace Audrey.Core.Statuses;

/// <summary>The status of one instance. Times are by the cluster's clock.</summary>
public sealed record InstanceStatus : IJsonOnDeserialized
{
    private ImmutableArray<ServiceStatus> _services;

    /// <summary>The instance's UUID.</summary>
    [JsonConverter(typeof(StatusConverters.InstanceIdConverter))]
    public required InstanceId Id { get; init; }

    /// <summary>The assembly that the instance was launched from.</summary>
    public required string Assembly { get; init; }

    /// <summary>The deployable that the instance belongs to.</summary>
    [JsonConverter(typeof(StatusConverters.DeployableIdConverter))]
    public required DeployableId Deployable { get; init; }

    /// <summary>The generation, which counts the registrations of the instance, from 1.</summary>
    public required long Generation { get; init; }

    /// <summary><c>incomplete</c>, <c>success</c> or <c>error</c>: the worst status of the services.</summary>
    [JsonConverter(typeof(StatusConverters.CompletionStatusConverter))]
    public required CompletionStatus Status { get; init; }

    /// <summary>The time at which the instance was registered.</summary>
    public required DateTimeOffset Registered { get; init; }

    /// <summary>The time of the first contact with the guest. Omitted if there was no contact.</summary>
    public DateTimeOffset? FirstContact { get; init; }

    /// <summary>The time of the last contact with the guest. Omitted if there was no contact.</summary>
    public DateTimeOffset? LastContact { get; init; }

    /// <summary>The time at which the last of the services ended. Omitted until all services have ended.</summary>
    public DateTimeOffset? Completed { get; init; }

    /// <summary>The guest's address as the server saw it.</summary>
    public string? Address { get; init; }

    /// <summary>The configuration revision that the guest applied last.</summary>
    public string? AppliedRevision { get; init; }

    /// <summary>The time at which the guest reported the applied revision.</summary>
    public DateTimeOffset? Applied { get; init; }

    /// <summary>
    /// The requests that named this instance and had a wrong secret, since its last registration or replacement. Omitted if there were
    /// none.
    /// </summary>
    public WrongSecretCount? WrongSecrets { get; init; }

    /// <summary>
    /// The findings that the registration was forgiven, with line and column in its document. Omitted if nothing was forgiven, as in every
    /// registration of version 3.
    /// </summary>
    public IReadOnlyList<string>? Forgiven { get; init; }

    /// <summary>The facts that the guest reported about itself.</summary>
    public required IReadOnlyDictionary<string, string> Facts { get; init; }

    /// <summary>The provided parameters for which the guest has not given a value yet.</summary>
    [JsonPropertyName("missing")]
    public required ImmutableArray<string> NotYetProvided { get; init; }

    /// <summary>The services of the instance.</summary>
    public required ImmutableArray<ServiceStatus> Services
    {
        get => _services;
        init => _services = value;
    }

    /// <summary>Gets the missing values of all services, the longest wait first.</summary>
    [JsonIgnore]
    public ImmutableArray<MissingValue> Waits => [.. MissingValue.OldestFirst(Services)];

    /// <summary>Restores the data that the JSON does not repeat in each missing value.</summary>
    void IJsonOnDeserialized.OnDeserialized() => _services =
        [.. _services.Select(service => service with { Waits = [.. service.Waits.Select(wait => wait.Of(this, service))] })];

    /// <summary>Returns the status with the data of the providers that are among these instances.</summary>
    internal InstanceStatus WithProviders(IReadOnlyDictionary<InstanceId, InstanceStatus> instances) => this with
    {
        Services =
        [
            .. _services.Select(service => service.Waits.IsEmpty ? service : service with
            {
                Waits = [.. service.Waits.Select(wait => instances.TryGetValue(wait.Provider.Id, out var provider)
                    ? wait with { Provider = ProviderStatus.From(provider) }
                    : wait)],
            }),
        ],
    };

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
            WrongSecrets = report.WrongSecrets,
            Forgiven = report.Forgiven.IsEmpty ? null : [.. report.Forgiven.Select(finding => finding.ToString())],
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

    /// <summary>
    /// The reason why the service lacks its executable or some of its files, which were left out when the instance was registered. Or the
    /// failed services that hold the service back, or the lists that guests of versions 0 to 2 cannot tell apart from others. Omitted if
    /// there is no such problem.
    /// </summary>
    public string? Problem { get; init; }

    /// <summary>The time at which the guest first received the complete configuration of the service.</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>The time at which the service ended.</summary>
    public DateTimeOffset? Ended { get; init; }

    /// <summary>The exit status of the service as the guest reported it.</summary>
    public string? ExitStatus { get; init; }

    /// <summary>The number of the latest run that the guest reported.</summary>
    public long? Run { get; init; }

    /// <summary>The latest progress message of that run.</summary>
    public string? Message { get; init; }

    /// <summary>The time at which the guest sent the message.</summary>
    public DateTimeOffset? MessageAt { get; init; }

    /// <summary>The duration of the run.</summary>
    [JsonPropertyName("durationSeconds"), JsonConverter(typeof(StatusConverters.SecondsConverter))]
    public TimeSpan? Duration { get; init; }

    /// <summary>The last part of the service's output, without secrets.</summary>
    public string? Output { get; init; }

    /// <summary>The missing values that the service waits for.</summary>
    public required ImmutableArray<MissingValue> Waits { get; init; }

    internal static ServiceStatus From(
        InstanceReport instance, ServiceReport service, IReadOnlyDictionary<InstanceId, InstanceReport> providers)
    {
        var run = instance.Progress.RunOf(service.Name);
        return new()
        {
            Name = service.Name,
            Status = service.Status,
            Problem = service.Problem,
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
