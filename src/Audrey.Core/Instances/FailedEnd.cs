using Audrey.Core.Ids;

namespace Audrey.Core.Instances;

/// <summary>The end of a service that failed.</summary>
/// <param name="Provider">The instance of the service.</param>
/// <param name="Service">The service.</param>
/// <param name="ExitStatus">The exit status as the guest reported it.</param>
/// <param name="Holds">Whether the failure holds back the service that waited for the end.</param>
public sealed record FailedEnd(InstanceId Provider, string Service, string ExitStatus, bool Holds);
