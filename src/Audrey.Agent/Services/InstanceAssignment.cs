namespace Audrey.Agent.Services;

/// <summary>The values and services that the server requests from this instance.</summary>
/// <param name="Registration">Identifies the registration of the instance. After a new registration the guest starts from the
/// beginning.</param>
/// <param name="MissingValues">The names of the values that the server still needs.</param>
/// <param name="Services">The services to run, in order.</param>
internal sealed record InstanceAssignment(
    string Registration, IReadOnlyList<string> MissingValues, IReadOnlyList<ServiceAssignment> Services)
{
    /// <summary>The names of the missing values that are secret, if the server identifies them.</summary>
    public IReadOnlyList<string> SecretNames { get; init; } = [];

    /// <summary>The facts that are the values of parameters, in the form <c>CLASS.PROPERTY</c>, by parameter.</summary>
    public IReadOnlyDictionary<string, string> NamedFacts { get; init; } = new Dictionary<string, string>();

    /// <summary>Identifies the executables and files. Null if the server does not say when they change.</summary>
    public string? Files { get; init; }

    /// <summary>Whether the guest stays when all services have ended, if the server says so.</summary>
    public bool Stays { get; init; }

    /// <summary>The time at which the instance is removed from its group. Null if it does not leave.</summary>
    public DateTimeOffset? LeaveBy { get; init; }
}

/// <summary>A service to run.</summary>
/// <param name="Name">The service's name.</param>
/// <param name="LastReportedRun">The number of the last run that was reported to the server. 0 if no run was reported.</param>
/// <param name="IsEndReported">Whether the end of that run was reported.</param>
internal sealed record ServiceAssignment(string Name, long LastReportedRun = 0, bool IsEndReported = false)
{
    /// <summary>The lowest number of the run that the conductor demands. 0 if it demands none.</summary>
    public long Retry { get; init; }
}
