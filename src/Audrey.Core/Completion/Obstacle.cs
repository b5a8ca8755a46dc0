using System.Text.Json.Serialization;

namespace Audrey.Core.Completion;

/// <summary>The kinds of <see cref="Obstacle"/>.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ObstacleKind>))]
public enum ObstacleKind
{
    /// <summary>The registration of the deployable is not finished.</summary>
    [JsonStringEnumMemberName("registration-unfinished")]
    RegistrationUnfinished,

    /// <summary>The scaling of a group is not finished.</summary>
    [JsonStringEnumMemberName("scaling-unfinished")]
    ScalingUnfinished,

    /// <summary>No instance of the deployable is registered.</summary>
    [JsonStringEnumMemberName("no-instances")]
    NoInstances,

    /// <summary>The guest was never heard from.</summary>
    [JsonStringEnumMemberName("never-heard-from")]
    NeverHeardFrom,

    /// <summary>The guest has not given a value that its instance provides.</summary>
    [JsonStringEnumMemberName("value-not-given")]
    ValueNotGiven,

    /// <summary>A service has not ended.</summary>
    [JsonStringEnumMemberName("service-not-ended")]
    ServiceNotEnded,

    /// <summary>A service ended with an exit status other than 0.</summary>
    [JsonStringEnumMemberName("service-failed")]
    ServiceFailed,

    /// <summary>The guest stays and has not applied the newest configuration.</summary>
    [JsonStringEnumMemberName("out-of-date")]
    OutOfDate,
}

/// <summary>A reason why an instance or a deployable is not complete.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Name">The name of the provided parameter, the service or the group. Null if the kind needs no name.</param>
public readonly record struct Obstacle([property: JsonRequired] ObstacleKind Kind, string? Name = null)
{
    /// <summary>Gets whether something has not happened yet. A failed service has ended.</summary>
    [JsonIgnore]
    public bool IsUnfinished => Kind != ObstacleKind.ServiceFailed;

    /// <summary>
    /// Gets whether the obstacle makes a deadline pass. A configuration that changes later belongs to no operation that has a deadline.
    /// </summary>
    [JsonIgnore]
    public bool IsOfDeadline => IsUnfinished && Kind != ObstacleKind.OutOfDate;
}
