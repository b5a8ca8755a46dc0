using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Serialization;
using Audrey.Core.Completion;
using Audrey.Core.Ids;
using Audrey.Core.Instances;

namespace Audrey.Core.Statuses;

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

    /// <summary>
    /// The time at which the service began the run that ended last, or if none has ended, the run under way. With a guest of versions 0 to
    /// 2, the time at which it first received the complete configuration of the service.
    /// </summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>The time at which the last run ended that has ended.</summary>
    public DateTimeOffset? Ended { get; init; }

    /// <summary>The exit status of that run as the guest reported it.</summary>
    public string? ExitStatus { get; init; }

    /// <summary>The number of the latest run that the guest reported.</summary>
    public long? Run { get; init; }

    /// <summary>The latest progress message of the latest run.</summary>
    public string? Message { get; init; }

    /// <summary>The time at which the guest sent the message.</summary>
    public DateTimeOffset? MessageAt { get; init; }

    /// <summary>The duration of the last run that has ended.</summary>
    [JsonPropertyName("durationSeconds"), JsonConverter(typeof(StatusConverters.SecondsConverter))]
    public TimeSpan? Duration { get; init; }

    /// <summary>
    /// The last part of the output of the last run that has ended: of standard output and of standard error output, without secrets.
    /// </summary>
    public string? Output { get; init; }

    /// <summary>
    /// The runs that are known, the older one first: the last run that has ended, and the run under way. Omitted if the guest does not
    /// count its runs.
    /// </summary>
    public IReadOnlyList<ServiceRunSummary>? Runs { get; init; }

    /// <summary>True if the service does not run because a service that it waited for has failed. Otherwise omitted.</summary>
    public bool? HeldBack { get; init; }

    /// <summary>
    /// The values that the service has, but that are not of the types of their parameters: a sentence for each, without the value. The
    /// service receives such a value as text.
    /// </summary>
    public ImmutableArray<string> WrongValues { get; init; } = [];

    /// <summary>The missing values that the service waits for.</summary>
    public required ImmutableArray<MissingValue> Waits { get; init; }

    /// <summary>
    /// The reasons why the service cannot run yet: a sentence without its subject for each missing value, and one for the failed services
    /// that hold it back.
    /// </summary>
    [JsonIgnore]
    public ImmutableArray<string> WaitReasons => [.. Waits.Select(missing => missing.Detail), .. Hold is null ? [] : new[] { Hold }];

    [JsonIgnore]
    private string? Hold { get; init; }

    internal static ServiceStatus From(
        InstanceReport instance, ServiceReport service, IReadOnlyDictionary<InstanceId, InstanceReport> providers)
    {
        var (run, ended) = (instance.Progress.RunOf(service.Name), instance.Progress.EndedRunOf(service.Name));
        return new()
        {
            Name = service.Name,
            Status = service.Status,
            Problem = service.ProblemOf(id => NameOf(id, providers)),
            Started = service.Started,
            Ended = service.Ended,
            ExitStatus = service.ExitStatus,
            Run = run?.Run,
            Message = run?.Message,
            MessageAt = run?.MessageAt,
            Duration = ended?.Duration,
            Output = ended?.Output,
            Runs = run is null ? null : [.. instance.Progress.RunsOf(service.Name).Select(ServiceRunSummary.From)],
            HeldBack = service.IsHeldBack ? true : null,
            Hold = service.HoldOf(id => NameOf(id, providers)),
            WrongValues = [.. service.WrongValues.Select(wrong => TextOf(wrong, providers))],
            Waits = [.. service.Unresolved.Select(missing => MissingValue.From(instance, service, missing, providers))],
        };
    }

    private static string TextOf(WrongValue wrong, IReadOnlyDictionary<InstanceId, InstanceReport> providers)
    {
        if (wrong.Reference is not { } reference) return $"'{wrong.Parameter}': {wrong.Problem}";
        return $"'{wrong.Parameter}' from '{reference.Name}' of {NameOf(reference.Provider, providers)}: {wrong.Problem}";
    }

    private static string NameOf(InstanceId id, IReadOnlyDictionary<InstanceId, InstanceReport> providers) =>
        providers.TryGetValue(id, out var known) ? InstanceLabels.Describe(known.Label, known.Name, known.Id.Value) : id.Value;
}

/// <summary>A run of a service. Times are by the cluster's clock.</summary>
public sealed record ServiceRunSummary
{
    /// <summary>The number of the run. The guest counts from 1.</summary>
    public required long Run { get; init; }

    /// <summary>The time at which the run began.</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>The time at which the run ended. Omitted until it has ended.</summary>
    public DateTimeOffset? Ended { get; init; }

    /// <summary>The exit status. Omitted until the run has ended.</summary>
    public string? ExitStatus { get; init; }

    /// <summary>The duration of the run, by the guest's clock.</summary>
    [JsonPropertyName("durationSeconds"), JsonConverter(typeof(StatusConverters.SecondsConverter))]
    public TimeSpan? Duration { get; init; }

    /// <summary>The last part of standard output and of standard error output, without secrets.</summary>
    public string? Output { get; init; }

    internal static ServiceRunSummary From(ServiceRun run) => new()
    {
        Run = run.Run,
        Started = run.Started,
        Ended = run.Ended,
        ExitStatus = run.ExitStatus?.ToString(CultureInfo.InvariantCulture),
        Duration = run.Duration,
        Output = run.Output,
    };
}
