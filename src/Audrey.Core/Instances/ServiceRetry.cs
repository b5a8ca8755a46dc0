using Audrey.Core.Replay;
using Orleans;

namespace Audrey.Core.Instances;

/// <summary>A conductor's command to run a failed service again.</summary>
/// <param name="Service">The name of the service.</param>
/// <param name="Run">The lowest number of the run that carries the command out. The guest numbers its runs.</param>
/// <param name="Mark">The mark of the command.</param>
[GenerateSerializer, Immutable, Alias("audrey.ServiceRetry")]
public sealed record ServiceRetry([property: Id(0)] string Service, [property: Id(1)] long Run, [property: Id(2)] RequestMark Mark);
