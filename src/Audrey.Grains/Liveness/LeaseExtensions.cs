using Audrey.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Audrey.Grains.Liveness;

/// <summary>Adds the read lease to a silo.</summary>
public static class LeaseExtensions
{
    /// <summary>
    /// Adds the read lease. A silo needs it if other silos can declare it dead. The lease follows from the
    /// <see cref="ClusterMembershipOptions"/>.
    /// </summary>
    public static ISiloBuilder AddReadLease(this ISiloBuilder silo)
    {
        silo.Services.AddSingleton(services =>
            LeaseTerms.Of(services.GetRequiredService<IOptions<ClusterMembershipOptions>>().Value, BootClock.Instance));
        silo.Services.AddSingleton<IOwnMembership, OwnMembership>();
        silo.Services.AddSingleton(services =>
        {
            var terms = services.GetRequiredService<LeaseTerms>();
            return new ReadLease(
                services.GetRequiredService<IOwnMembership>(), terms.Clock, terms.Length,
                services.GetRequiredService<ILogger<ReadLease>>());
        });
        silo.Services.AddSingleton<SiloWitnessClient>();
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, LeaseRenewal>();
        silo.AddGrainService<SiloWitness>();
        silo.AddIncomingGrainCallFilter<LeaseFilter>();
        return silo;
    }
}
