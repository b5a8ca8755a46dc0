using System.Collections.Immutable;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Core.Documents;
using Orleans;

namespace Audrey.Abstractions.Launching;

/// <summary>
/// Registers instances: it fetches the files that services name by URL, builds the tarball, and passes the registration to the instance.
/// The grain is stateless and runs on the silo of the caller. The grain's key is always 0.
/// </summary>
[Alias("audrey.IRegistrarGrain")]
public interface IRegistrarGrain : IGrainWithIntegerKey
{
    /// <summary>Registers one instance. The registration is durable if the outcome is <see cref="ConductorOutcome.Done"/>.</summary>
    [ResponseTimeout("00:02:30"), Alias("Register")]
    Task<ConductorAnswer> Register(ConductorCommand command, InstanceConfig config);

    /// <summary>
    /// Registers one instance as the server of 2012 did: executables and files that cannot be fetched are left out. The problems in the
    /// answer <see cref="ConductorOutcome.Done"/> are what was forgiven, with line and column. Only versions 0 to 2 use this method.
    /// </summary>
    /// <param name="command">The conductor's command.</param>
    /// <param name="config">The configuration.</param>
    /// <param name="leniency">What was forgiven when the document was read.</param>
    [ResponseTimeout("00:02:30"), Alias("RegisterLeniently")]
    Task<ConductorAnswer> RegisterLeniently(ConductorCommand command, InstanceConfig config, Leniency leniency);

    /// <summary>
    /// Registers some instances of a launch. The registration of each instance with the answer <see cref="ConductorOutcome.Done"/> is
    /// durable.
    /// </summary>
    [ResponseTimeout("00:02:30"), Alias("Launch")]
    Task<LaunchChunkAnswer> Launch(LaunchChunk chunk);
}
