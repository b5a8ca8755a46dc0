using Audrey.Abstractions.Conductors;
using Audrey.Core.Instances;
using Orleans;
using Orleans.Concurrency;

namespace Audrey.Abstractions.Instances;

/// <summary>The methods of an instance for conductors. The grain is the same as that of <see cref="IGuestGrain"/>.</summary>
[Alias("audrey.IInstanceGrain")]
public interface IInstanceGrain : IGrainWithStringKey
{
    /// <summary>
    /// Registers the instance. If it is already registered, this replaces the registration and resets its statuses and values.
    /// </summary>
    [Alias("Register")]
    Task<ConductorAnswer> Register(InstanceRegistration registration);

    /// <summary>
    /// Begins a new generation with another secret and the same configuration. The values and reports of the previous guest become void.
    /// </summary>
    [Alias("Replace")]
    Task<ConductorAnswer> Replace(ConductorCommand command, string secret);

    /// <summary>Replaces the tarball by an uploaded one.</summary>
    /// <param name="command">The conductor's command.</param>
    /// <param name="tarball">The new tarball. If null, the method only checks whether the conductor is allowed to replace the
    /// tarball.</param>
    [Alias("ReplaceTarball")]
    Task<ConductorAnswer> ReplaceTarball(ConductorCommand command, byte[]? tarball);

    /// <summary>Returns the instance's report, or null if no such instance is registered.</summary>
    /// <param name="cancellation">Cancels the wait for the instance's providers.</param>
    [AlwaysInterleave, Alias("GetReport")]
    ValueTask<InstanceReport?> GetReport(CancellationToken cancellation = default);
}
