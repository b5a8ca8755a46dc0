using Audrey.Abstractions.Conductors;
using Audrey.Core.Instances;
using Orleans;
using Orleans.Concurrency;

namespace Audrey.Abstractions.Instances;

/// <summary>What conductors call on one instance. The grain is the same as that of <see cref="IGuestGrain"/>.</summary>
[Alias("audrey.IInstanceGrain")]
public interface IInstanceGrain : IGrainWithStringKey
{
    /// <summary>Registers the instance. If it is registered already, this replaces it: its statuses and values begin anew.</summary>
    [Alias("Register")]
    Task<ConductorAnswer> Register(InstanceRegistration registration);

    /// <summary>
    /// Begins a new generation with another secret and the same configuration. What the guest of the old generation gave is void.
    /// </summary>
    [Alias("Replace")]
    Task<ConductorAnswer> Replace(ConductorCommand command, string secret);

    /// <summary>Replaces the tarball by an uploaded one.</summary>
    /// <param name="command">The conductor's command.</param>
    /// <param name="tarball">The new tarball; null only checks whether the conductor may replace it.</param>
    [Alias("ReplaceTarball")]
    Task<ConductorAnswer> ReplaceTarball(ConductorCommand command, byte[]? tarball);

    /// <summary>Returns how the instance stands, or null if no such instance is registered.</summary>
    /// <param name="cancellation">Ends a wait for the instance's providers.</param>
    [AlwaysInterleave, Alias("GetReport")]
    ValueTask<InstanceReport?> GetReport(CancellationToken cancellation = default);
}
