using System.Collections.Immutable;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Core.Documents;
using Orleans;

namespace Audrey.Abstractions.Registration;

/// <summary>
/// Registers instances: it fetches the files that services name by URL, builds the tarball, and passes the registration to the instance.
/// The grain is stateless and runs on the silo that calls it. Its key is always 0.
/// </summary>
[Alias("audrey.IRegistrarGrain")]
public interface IRegistrarGrain : IGrainWithIntegerKey
{
    /// <summary>Registers one instance. The registration is durable if this returns <see cref="ConductorOutcome.Done"/>.</summary>
    [ResponseTimeout("00:02:30"), Alias("Register")]
    Task<ConductorAnswer> Register(ConductorCommand command, InstanceConfig config);

    /// <summary>
    /// Registers some instances of a launch. Each instance with the answer <see cref="ConductorOutcome.Done"/> is durable.
    /// </summary>
    [ResponseTimeout("00:02:30"), Alias("Launch")]
    Task<LaunchChunkAnswer> Launch(LaunchChunk chunk);
}
