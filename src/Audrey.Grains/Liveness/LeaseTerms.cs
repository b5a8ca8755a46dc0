using Orleans.Configuration;

namespace Audrey.Grains.Liveness;

/// <summary>The times and numbers of the read lease.</summary>
/// <param name="Length">The time for which evidence counts.</param>
/// <param name="Interval">The interval at which the lease is renewed.</param>
/// <param name="Votes">The number of silos that must suspect a silo before it is declared dead.</param>
/// <param name="Clock">The clock of the lease.</param>
internal sealed record LeaseTerms(TimeSpan Length, TimeSpan Interval, int Votes, TimeProvider Clock)
{
    /// <summary>The share of the shortest time to a death that the lease lasts. The rest allows for clocks of different speeds.</summary>
    private const double Share = 0.9;

    private const int RenewalsPerLease = 4;

    private static readonly TimeSpan MinInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// Derives the lease from the settings of the cluster. The first probe can fail at the moment at which a silo is cut off, if its
    /// connections are refused. So a death takes at least one probe less than the number that may be missed.
    /// </summary>
    public static LeaseTerms Of(ClusterMembershipOptions options, TimeProvider clock)
    {
        var length = options.ProbeTimeout * (options.NumMissedProbesLimit - 1) * Share;
        var interval = length / RenewalsPerLease;
        return new(length, interval > MinInterval ? interval : MinInterval, options.NumVotesForDeathDeclaration, clock);
    }
}
