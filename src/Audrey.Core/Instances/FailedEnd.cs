using Audrey.Core.Ids;
using Orleans;

namespace Audrey.Core.Instances;

/// <summary>The end of a service that failed.</summary>
/// <param name="Provider">The instance of the service.</param>
/// <param name="Service">The service.</param>
/// <param name="ExitStatus">The exit status as the guest reported it.</param>
/// <param name="Holds">Whether the failure holds back the service that waited for the end.</param>
[GenerateSerializer, Immutable, Alias("audrey.FailedEnd")]
public sealed record FailedEnd(
    [property: Id(0)] InstanceId Provider, [property: Id(1)] string Service, [property: Id(2)] string ExitStatus,
    [property: Id(3)] bool Holds);
