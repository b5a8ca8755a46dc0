using System.Collections.Immutable;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Core.Documents;
using Orleans;

namespace Audrey.Abstractions.Registration;

/// <summary>
/// Registers instances: fetches what their services name by URL, builds the tarball and hands both to the instance.
/// Stateless, so it runs where it is called; the key is always 0.
/// </summary>
[Alias("audrey.IRegistrarGrain")]
public interface IRegistrarGrain : IGrainWithIntegerKey
{
    /// <summary>Registers one instance; durable when it returns <see cref="ConductorOutcome.Done"/>.</summary>
    [ResponseTimeout("00:02:30"), Alias("Register")]
    Task<ConductorAnswer> Register(ConductorCommand command, InstanceConfig config);

    /// <summary>Registers some instances of a launch; those answered <see cref="ConductorOutcome.Done"/> are durable.</summary>
    [ResponseTimeout("00:02:30"), Alias("Launch")]
    Task<LaunchChunkAnswer> Launch(LaunchChunk chunk);
}
