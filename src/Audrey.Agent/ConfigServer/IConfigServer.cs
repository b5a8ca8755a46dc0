using Audrey.Agent.Services;

namespace Audrey.Agent.ConfigServer;

/// <summary>
/// The config server, with any version of the guests' protocol. Every method throws <see cref="ServerException"/> if the server does not
/// send a valid answer.
/// </summary>
internal interface IConfigServer
{
    /// <summary>The protocol version in use.</summary>
    int Version { get; }

    /// <summary>Returns the values and services that the server requests from this instance.</summary>
    Task<InstanceAssignment> GetAssignmentAsync(CancellationToken cancellationToken);

    /// <summary>Sends values. Returns the names of the values that the server rejected. The server accepts the other values.</summary>
    Task<IReadOnlyList<string>> GiveValuesAsync(IReadOnlyDictionary<string, byte[]> values, CancellationToken cancellationToken);

    /// <summary>Returns the configuration of a service, with the values that are known so far.</summary>
    Task<AssignedConfiguration> GetConfigurationAsync(string service, CancellationToken cancellationToken);

    /// <summary>
    /// Returns the gzip-compressed tar file with the executables and files of all services. Null if there is no such file.
    /// </summary>
    Task<byte[]?> GetTarballAsync(CancellationToken cancellationToken);

    /// <summary>Reports that a run of a service starts.</summary>
    /// <exception cref="RunNumberTakenException">The server already has a later run.</exception>
    Task ReportStartAsync(string service, long run, CancellationToken cancellationToken);

    /// <summary>Reports the end of a run of a service.</summary>
    /// <exception cref="RunNumberTakenException">The server already has a later run, or a different report of this run's end.</exception>
    Task ReportEndAsync(ServiceEnd end, CancellationToken cancellationToken);

    /// <summary>Reports that this instance is alive when there is nothing else to report.</summary>
    Task SendHeartbeatAsync(CancellationToken cancellationToken);

    /// <summary>Sends facts for human readers. No service waits for these facts.</summary>
    Task GiveFactsAsync(IReadOnlyDictionary<string, string> facts, CancellationToken cancellationToken);

    /// <summary>Reports that the latest configuration is applied, if it was complete.</summary>
    Task ReportAppliedAsync(CancellationToken cancellationToken);

    /// <summary>Waits until the configuration may have changed.</summary>
    /// <param name="pollInterval">The time to wait if the server cannot notify the guest of a change.</param>
    /// <param name="maxWait">
    /// The maximum wait if the server can notify the guest. If the maximum is zero, the method returns immediately with the changes so far.
    /// </param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task WaitForChangesAsync(TimeSpan pollInterval, TimeSpan maxWait, CancellationToken cancellationToken);
}
