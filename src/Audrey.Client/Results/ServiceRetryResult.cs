using Audrey.Core.Ids;

namespace Audrey.Client;

/// <summary>The services of an instance that run again.</summary>
public sealed class ServiceRetryResult
{
    /// <summary>Gets the instance.</summary>
    public required InstanceId Id { get; init; }

    /// <summary>
    /// Gets the services by name, each with the lowest number of the run that carries the command out. The guest numbers its runs.
    /// </summary>
    public required IReadOnlyDictionary<string, long> Runs { get; init; }

    /// <summary>
    /// Gets what must happen before a service can run, by the name of the service: a sentence without its subject for each missing value,
    /// and one for the failed services that hold it back. A service that can run at once is not among them.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Waits { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>
    /// Gets whether the guest is expected to learn of the command soon. If not, it has exited or is unreachable. It then runs the services
    /// when somebody runs the guest again.
    /// </summary>
    public required bool IsListening { get; init; }

    /// <summary>Gets the time of the last contact with the guest, by the cluster's clock. Null if there was no contact.</summary>
    public DateTimeOffset? LastContact { get; init; }
}
