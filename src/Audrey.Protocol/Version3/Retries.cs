namespace Audrey.Protocol.Version3;

/// <summary>Runs failed services of an instance again.</summary>
public sealed record RetryRequest
{
    /// <summary>The name of the service. If omitted, all failed services of the instance run again.</summary>
    public string? Service { get; init; }
}

/// <summary>The services of an instance that run again.</summary>
public sealed record RetriedServices
{
    /// <summary>The UUID of the instance.</summary>
    public required string Id { get; init; }

    /// <summary>The services, each with the number of the run that carries the command out.</summary>
    public required IReadOnlyList<RetriedService> Services { get; init; }

    /// <summary>
    /// Whether the guest is expected to learn of the command soon. If not, it has exited or is unreachable. It then runs the services when
    /// somebody runs the guest again.
    /// </summary>
    public required bool Listening { get; init; }

    /// <summary>The time of the last contact with the guest. Omitted if there was no contact.</summary>
    public DateTimeOffset? LastContact { get; init; }
}

/// <summary>A service that runs again.</summary>
/// <param name="Name">The name of the service.</param>
/// <param name="Run">The lowest number of the run that carries the command out.</param>
public sealed record RetriedService(string Name, long Run)
{
    /// <summary>
    /// The reasons why the service cannot run yet: a sentence without its subject for each missing value, and one for the failed services
    /// that hold it back. Omitted if the service can run at once.
    /// </summary>
    public IReadOnlyList<string>? WaitsFor { get; init; }
}
