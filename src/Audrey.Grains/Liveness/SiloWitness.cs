using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Runtime;
using Orleans.Runtime.Services;
using Orleans.Services;

namespace Audrey.Grains.Liveness;

/// <summary>Tells other silos what this silo knows about them. Each silo has one such service.</summary>
[Alias("audrey.ISiloWitness")]
public interface ISiloWitness : IGrainService
{
    /// <summary>Returns the status of a silo, as this silo knows it.</summary>
    [Alias("StatusOf")]
    Task<SiloStatus> StatusOf(SiloAddress silo);
}

/// <inheritdoc cref="ISiloWitness"/>
[Reentrant]
internal sealed class SiloWitness(GrainId id, Silo silo, ILoggerFactory loggers, ISiloStatusOracle oracle)
    : GrainService(id, silo, loggers), ISiloWitness
{
    public Task<SiloStatus> StatusOf(SiloAddress silo) => Task.FromResult(oracle.GetApproximateSiloStatus(silo));
}

/// <summary>Calls the services of other silos.</summary>
internal sealed class SiloWitnessClient(IServiceProvider services) : GrainServiceClient<ISiloWitness>(services)
{
    public Task<SiloStatus> Ask(SiloAddress witness, SiloAddress about) => GetGrainService(witness).StatusOf(about);
}
