namespace Audrey.Protocol.Version3;

/// <summary>One instance as it stands, for its conductor.</summary>
public sealed record InstanceStatus
{
    /// <summary>The instance's UUID.</summary>
    public required string Id { get; init; }

    /// <summary>The assembly that it was launched from.</summary>
    public required string Assembly { get; init; }

    /// <summary>The deployable that it belongs to.</summary>
    public required string Deployable { get; init; }

    /// <summary>Raised by every registration, from 1.</summary>
    public required long Generation { get; init; }

    /// <summary><c>incomplete</c>, <c>success</c> or <c>error</c>: the worst of its services.</summary>
    public required string Status { get; init; }

    /// <summary>When it was registered.</summary>
    public required DateTimeOffset Registered { get; init; }

    /// <summary>When its guest was first heard of; left out: never.</summary>
    public DateTimeOffset? FirstContact { get; init; }

    /// <summary>When its guest was last heard of; left out: never.</summary>
    public DateTimeOffset? LastContact { get; init; }

    /// <summary>When the last of its services ended.</summary>
    public DateTimeOffset? Completed { get; init; }

    /// <summary>Its guest's address as the server saw it.</summary>
    public string? Address { get; init; }

    /// <summary>The revision that its guest applied last.</summary>
    public string? AppliedRevision { get; init; }

    /// <summary>When its guest said so.</summary>
    public DateTimeOffset? Applied { get; init; }

    /// <summary>What its guest tells of itself.</summary>
    public required IReadOnlyDictionary<string, string> Facts { get; init; }

    /// <summary>The values that its guest is still to give.</summary>
    public required IReadOnlyList<string> Missing { get; init; }

    /// <summary>Its services.</summary>
    public required IReadOnlyList<ServiceStatus> Services { get; init; }
}

/// <summary>One service as it stands.</summary>
public sealed record ServiceStatus
{
    /// <summary>The service's name.</summary>
    public required string Name { get; init; }

    /// <summary><c>incomplete</c>, <c>success</c> or <c>error</c>.</summary>
    public required string Status { get; init; }

    /// <summary>When it started.</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? Ended { get; init; }

    /// <summary>Its exit status as the guest gave it.</summary>
    public string? ExitStatus { get; init; }

    /// <summary>The latest run that was told of.</summary>
    public long? Run { get; init; }

    /// <summary>What it was last said to be doing.</summary>
    public string? Message { get; init; }

    /// <summary>When it was.</summary>
    public DateTimeOffset? MessageAt { get; init; }

    /// <summary>How long the run took.</summary>
    public double? DurationSeconds { get; init; }

    /// <summary>The end of its output, without secrets.</summary>
    public string? Output { get; init; }

    /// <summary>What it waits for.</summary>
    public required IReadOnlyList<MissingParameter> Waits { get; init; }
}

/// <summary>One deployable as it stands.</summary>
public sealed record DeployableStatus
{
    /// <summary>The deployable's id.</summary>
    public required string Id { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary><c>incomplete</c>, <c>success</c> or <c>error</c>: the worst of its instances.</summary>
    public required string Status { get; init; }

    /// <summary>When its first instance was registered.</summary>
    public required DateTimeOffset Registered { get; init; }

    /// <summary>When the last service of all ended; left out while one has not.</summary>
    public DateTimeOffset? Completed { get; init; }

    /// <summary>When this was so.</summary>
    public required DateTimeOffset AsOf { get; init; }

    /// <summary>How many instances it was registered with; left out when they were registered one by one.</summary>
    public int? Expected { get; init; }

    /// <summary>Whether its registration has begun and is not finished; the same registration again goes on with it.</summary>
    public required bool BeingRegistered { get; init; }

    /// <summary>Whether its deletion has begun.</summary>
    public required bool BeingDeleted { get; init; }

    /// <summary>The scaling that was begun and is not finished; the same again goes on with it.</summary>
    public UnfinishedScaling? Scaling { get; init; }

    /// <summary>When it should be complete; left out: whenever.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>Whether the deadline has passed while something is incomplete.</summary>
    public required bool TimedOut { get; init; }

    /// <summary>
    /// What keeps it from completing, a sentence for each cause: what is not finished, guests that were never heard of, what failed, what
    /// hangs, and who waits for what.
    /// </summary>
    public required IReadOnlyList<string> Causes { get; init; }

    /// <summary>Services that wait for one another's end, each ring as <c>web[http] -> db[mysql] -> web[http]</c>: they never start.</summary>
    public required IReadOnlyList<string> Deadlocks { get; init; }

    /// <summary>Its instances.</summary>
    public required IReadOnlyList<InstanceStatus> Instances { get; init; }
}

/// <summary>A scaling that was begun and is not finished.</summary>
/// <param name="Group">The group's assembly.</param>
/// <param name="Size">How many instances it is to have.</param>
public sealed record UnfinishedScaling(string Group, int Size);

/// <summary>A page of a conductor's deployables.</summary>
public sealed record DeployableList
{
    /// <summary>Their ids.</summary>
    public required IReadOnlyList<string> Deployables { get; init; }

    /// <summary>What to give as <c>after</c> for the next page; left out on the last.</summary>
    public string? Next { get; init; }
}
