using Audrey.Agent.Services;

namespace Audrey.Agent.ConfigServer;

/// <summary>
/// The config server, whatever version of the guests' protocol it speaks. Every method throws <see cref="ServerException"/> if the server
/// does not answer as it should.
/// </summary>
internal interface IConfigServer
{
    /// <summary>The protocol version in use.</summary>
    int Version { get; }

    /// <summary>Returns what this instance has to do.</summary>
    Task<InstanceAssignment> GetAssignmentAsync(CancellationToken cancellationToken);

    /// <summary>Gives values. Returns the names that the server rejected. The other values are given all the same.</summary>
    Task<IReadOnlyList<string>> GiveValuesAsync(IReadOnlyDictionary<string, byte[]> values, CancellationToken cancellationToken);

    /// <summary>Returns the configuration of a service as far as it is known.</summary>
    Task<AssignedConfiguration> GetConfigurationAsync(string service, CancellationToken cancellationToken);

    /// <summary>Returns the gzip-compressed tar file with the executables and files of all services. Null if there is none.</summary>
    Task<byte[]?> GetTarballAsync(CancellationToken cancellationToken);

    /// <summary>Reports that a run of a service starts.</summary>
    /// <exception cref="RunNumberTakenException">The server knows a later run.</exception>
    Task ReportStartAsync(string service, long run, CancellationToken cancellationToken);

    /// <summary>Reports the end of a run of a service.</summary>
    /// <exception cref="RunNumberTakenException">The server knows a later run, or another end of this run.</exception>
    Task ReportEndAsync(ServiceEnd end, CancellationToken cancellationToken);

    /// <summary>Reports that this instance is alive when there is nothing else to report.</summary>
    Task SendHeartbeatAsync(CancellationToken cancellationToken);

    /// <summary>Gives facts for people to read. No service waits for them.</summary>
    Task GiveFactsAsync(IReadOnlyDictionary<string, string> facts, CancellationToken cancellationToken);

    /// <summary>Reports that the latest configuration is applied, if it was complete.</summary>
    Task ReportAppliedAsync(CancellationToken cancellationToken);

    /// <summary>Waits until there may be a change.</summary>
    /// <param name="pollInterval">How long to wait if the server cannot tell by itself that there is a change.</param>
    /// <param name="maxWait">How long to wait at most if it can. If it is zero, the method returns at once with the changes so far.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task WaitForChangesAsync(TimeSpan pollInterval, TimeSpan maxWait, CancellationToken cancellationToken);
}
